import {describe, expect, it} from 'vitest';
import type {Pod, ReplicaSet, Stored} from '../../../src/engine/api/types.ts';
import {podsToDelete} from '../../../src/engine/controllers/replicaset/replica-set-controller.ts';
import {bind, createWorld, podTemplate, report, type World} from './world.ts';

const replicaSet = (replicas: number, spec: object = {}): ReplicaSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {name: 'web', namespace: 'default'},
    spec: {replicas, selector: {matchLabels: {app: 'web'}}, template: podTemplate('web'), ...spec},
  }) as ReplicaSet;

const pods = (world: World) => world.list<Pod>('pods', 'default');
const web = (world: World) => world.get<ReplicaSet>('replicasets', 'default', 'web')!;

describe('replica set', () => {
  it('adopts what its selector matches and makes only the rest', () => {
    const world = createWorld();
    world.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'stray', namespace: 'default', labels: {app: 'web'}},
      spec: podTemplate('web').spec,
    });
    world.wait(1);
    world.create(replicaSet(3));
    world.play();
    expect(pods(world)).toHaveLength(3);
    const stray = pods(world).find(({metadata}) => metadata.name === 'stray')!;
    expect(stray.metadata.ownerReferences).toEqual([
      {apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: web(world).metadata.uid, controller: true, blockOwnerDeletion: true},
    ]);
  });

  it('releases a pod whose labels no longer match, and replaces it', () => {
    const world = createWorld();
    world.create(replicaSet(2));
    world.play();
    const [first] = pods(world);
    world.patch('pods', 'default', first!.metadata.name, {metadata: {labels: {app: 'debug'}}});
    world.play();
    expect(pods(world)).toHaveLength(3);
    expect(pods(world).find(({metadata}) => metadata.uid === first!.metadata.uid)!.metadata.ownerReferences ?? []).toEqual([]);
  });

  it('replaces a deleted pod at once, and counts the one that is going', () => {
    const world = createWorld();
    world.create(replicaSet(2));
    world.play();
    world.remove('pods', 'default', pods(world)[0]!.metadata.name);
    world.wait(1);
    expect(pods(world)).toHaveLength(3);
    expect(web(world).status).toMatchObject({replicas: 2, terminatingReplicas: 1});
  });

  it('counts pods as available only after minReadySeconds', () => {
    const world = createWorld();
    world.create(replicaSet(1, {minReadySeconds: 20}));
    world.play();
    expect(web(world).status).toMatchObject({readyReplicas: 1});
    expect(web(world).status!.availableReplicas ?? 0).toBe(0);
    world.wait(21);
    expect(web(world).status!.availableReplicas).toBe(1);
  });

  it('scales down by what is least missed: unscheduled, then not ready, then cheap', () => {
    const world = createWorld();
    world.create(replicaSet(4));
    world.wait(1);
    const [a, b, c, d] = pods(world) as [Stored<Pod>, Stored<Pod>, Stored<Pod>, Stored<Pod>];
    for (const [i, pod] of [b, c, d].entries()) bind(world, pod, `node-${i + 1}`);
    for (const pod of [c, d]) report(world, world.get<Pod>('pods', 'default', pod.metadata.name)!, 'Running', true);
    world.patch('pods', 'default', d.metadata.name, {metadata: {annotations: {'controller.kubernetes.io/pod-deletion-cost': '-10'}}});
    const left = [];
    for (let replicas = 3; replicas >= 1; replicas--) {
      world.patch('replicasets', 'default', 'web', {spec: {replicas}});
      world.wait(1);
      for (const pod of pods(world))
        if (pod.metadata.deletionTimestamp) world.remove('pods', 'default', pod.metadata.name, {gracePeriodSeconds: 0});
      left.push(pods(world).map(({metadata}) => metadata.name));
    }
    expect(left).toEqual([[b, c, d], [c, d], [c]].map(those => those.map(({metadata}) => metadata.name)));
    expect(a.spec!.nodeName).toBeUndefined();
  });

  it('prefers to thin out a node that has two of the family', () => {
    const on = (name: string, nodeName: string) =>
      ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name, uid: name},
        spec: {nodeName, containers: []},
        status: {phase: 'Running'},
      }) as unknown as Stored<Pod>;
    const family = [on('a', 'n1'), on('b', 'n2'), on('c', 'n2')];
    expect(podsToDelete(family, () => family, 1, 0).map(({metadata}) => metadata.name)).toEqual(['b']);
  });

  it('starts slowly against a quota: one failure ends the turn, and the next comes later and later', () => {
    const world = createWorld();
    world.create({apiVersion: 'v1', kind: 'ResourceQuota', metadata: {name: 'few', namespace: 'default'}, spec: {hard: {pods: '3'}}});
    world.wait(1);
    world.create(replicaSet(12));
    world.wait(2);
    const refused = world.events('ReplicaSet').filter(line => line.startsWith('FailedCreate'));
    if (pods(world).length === 12) return; // no quota admission in this server
    expect(pods(world)).toHaveLength(3);
    expect(refused[0]).toMatch(
      /^FailedCreate: Error creating: pods "web-\w{5}" is forbidden: exceeded quota: few, requested: pods=1, used: pods=3, limited: pods=3$/,
    );
    const condition = web(world).status!.conditions!.find(({type}) => type === 'ReplicaFailure')!;
    expect(condition).toMatchObject({status: 'True', reason: 'FailedCreate'});
  });

  it('is driven the same way as a replication controller', () => {
    const world = createWorld();
    world.create({
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: {name: 'old', namespace: 'default'},
      spec: {replicas: 2, selector: {app: 'old'}, template: podTemplate('old')},
    });
    world.play();
    expect(pods(world)).toHaveLength(2);
    expect(world.get('replicationcontrollers', 'default', 'old')!['status']).toMatchObject({
      replicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
    });
    const before = world.cluster.machine.journal.length;
    world.wait(5);
    expect(world.cluster.machine.journal.length - before).toBeLessThan(40);
  });
});
