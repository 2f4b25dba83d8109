import {describe, expect, it} from 'vitest';
import type {Pod, ReplicaSet} from '../../../src/engine/api/types.ts';
import {createWorld, deployment, podTemplate, type World} from './world.ts';

const counts = (world: World) => ['deployments', 'replicasets', 'pods'].map(resource => world.list(resource, 'default').length);

function withDeployment(): World {
  const world = createWorld();
  world.create(deployment('web', 2));
  world.play();
  expect(counts(world)).toEqual([1, 1, 2]);
  return world;
}

describe('garbage collector', () => {
  it('in the background: the owner at once, what it owned after it', () => {
    const world = withDeployment();
    world.remove('deployments', 'default', 'web', {propagationPolicy: 'Background'});
    expect(counts(world)).toEqual([0, 1, 2]);
    world.play();
    expect(counts(world)).toEqual([0, 0, 0]);
  });

  it('in the foreground: the owner stays until nothing is left that blocks it', () => {
    const world = withDeployment();
    world.remove('deployments', 'default', 'web', {propagationPolicy: 'Foreground'});
    world.wait(1);
    expect(counts(world)).toEqual([1, 1, 2]);
    const [rs] = world.list<ReplicaSet>('replicasets', 'default');
    expect(rs!.metadata.finalizers).toEqual(['foregroundDeletion']);
    expect(world.list<Pod>('pods', 'default').every(({metadata}) => metadata.deletionTimestamp)).toBe(true);
    world.play();
    expect(counts(world)).toEqual([0, 0, 0]);
  });

  it('orphaning: what it owned stays, without an owner', () => {
    const world = withDeployment();
    world.remove('deployments', 'default', 'web', {propagationPolicy: 'Orphan'});
    world.play();
    expect(counts(world)).toEqual([0, 1, 2]);
    expect(world.list<ReplicaSet>('replicasets', 'default')[0]!.metadata.ownerReferences ?? []).toEqual([]);
  });

  it('deletes what claims an owner that never was', () => {
    const world = createWorld();
    const ownerReferences = [{apiVersion: 'v1', kind: 'ConfigMap', name: 'ghost', uid: '00000000-0000-0000-0000-000000000000'}];
    world.create({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'haunted', namespace: 'default', ownerReferences}});
    world.wait(1);
    expect(world.get('configmaps', 'default', 'haunted')).toBeUndefined();
  });

  it('keeps what has another owner left, and strikes the missing one off', () => {
    const world = createWorld();
    const owner = (name: string) => world.create({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name, namespace: 'default'}});
    const ref = (o: ReturnType<typeof owner>) => ({apiVersion: 'v1', kind: 'ConfigMap', name: o.metadata.name, uid: o.metadata.uid});
    const [left, right] = [owner('left'), owner('right')];
    world.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'child', namespace: 'default', ownerReferences: [ref(left), ref(right)]},
      spec: podTemplate('x').spec,
    });
    world.wait(1);
    world.remove('configmaps', 'default', 'left');
    world.wait(1);
    expect(world.get('pods', 'default', 'child')!.metadata.ownerReferences).toEqual([ref(right)]);
  });
});
