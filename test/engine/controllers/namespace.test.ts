import {describe, expect, it} from 'vitest';
import type {ConfigMap, Namespace} from '../../../src/engine/api/types.ts';
import {createWorld, deployment} from './world.ts';

const withoutHurry = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'team'}};

describe('namespace', () => {
  it('gets a service account and the root certificate', () => {
    const world = createWorld({nodes: 0});
    world.create(withoutHurry);
    world.wait(1);
    expect(world.get('serviceaccounts', 'team', 'default')).toBeDefined();
    expect(world.get<ConfigMap>('configmaps', 'team', 'kube-root-ca.crt')!.data!['ca.crt']).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });

  it('gets them again when somebody takes them away', () => {
    const world = createWorld({nodes: 0});
    world.remove('serviceaccounts', 'default', 'default');
    world.patch('configmaps', 'default', 'kube-root-ca.crt', {data: {'ca.crt': 'forged'}});
    world.wait(1);
    expect(world.get('serviceaccounts', 'default', 'default')).toBeDefined();
    expect(world.get<ConfigMap>('configmaps', 'default', 'kube-root-ca.crt')!.data!['ca.crt']).not.toBe('forged');
  });

  it('is emptied before it goes: pods first, and it says what is left', () => {
    const world = createWorld();
    world.create(withoutHurry);
    world.wait(1);
    const web = deployment('web', 2);
    world.create({...web, metadata: {name: 'web', namespace: 'team'}});
    world.play();
    world.remove('namespaces', '', 'team');
    world.wait(6);
    const team = world.get<Namespace>('namespaces', '', 'team')!;
    expect(team.status!.phase).toBe('Terminating');
    expect(world.list('pods', 'team').every(({metadata}) => metadata.deletionTimestamp)).toBe(true);
    expect(team.status!.conditions!.find(({type}) => type === 'NamespaceContentRemaining')).toMatchObject({
      status: 'True',
      reason: 'SomeResourcesRemain',
      message: 'Some resources are remaining: pods. has 2 resource instances',
    });
    expect(world.get('deployments', 'team', 'web')).toBeDefined();
    world.play();
    world.wait(40);
    expect(world.get('namespaces', '', 'team')).toBeUndefined();
    expect(world.list('configmaps', 'team')).toEqual([]);
  });

  it('stays while something in it has a finalizer', () => {
    const world = createWorld({nodes: 0});
    world.create(withoutHurry);
    world.wait(1);
    world.create({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'stuck', namespace: 'team', finalizers: ['example.com/hold']}});
    world.remove('namespaces', '', 'team');
    world.wait(30);
    const conditions = world.get<Namespace>('namespaces', '', 'team')!.status!.conditions!;
    expect(conditions.find(({type}) => type === 'NamespaceFinalizersRemaining')!.message).toBe(
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    );
    world.patch('configmaps', 'team', 'stuck', {metadata: {finalizers: null}});
    world.wait(30);
    expect(world.get('namespaces', '', 'team')).toBeUndefined();
  });
});
