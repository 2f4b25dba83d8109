import {describe, expect, test} from 'vitest';
import type {Deployment, ReplicaSet} from '../../../src/engine/api/types.ts';
import {newReplicaSetSize} from '../../../src/engine/controllers/deployment/scaling.ts';

const web: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'web'},
  spec: {
    replicas: 6,
    strategy: {type: 'RollingUpdate', rollingUpdate: {maxSurge: 0, maxUnavailable: 1}},
    podReplacementPolicy: 'TerminationComplete',
  } as unknown as NonNullable<Deployment['spec']>,
};

const set = (name: string, replicas: number, status: object): ReplicaSet =>
  ({apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: {name, generation: 1}, spec: {replicas}, status}) as ReplicaSet;

describe('a deployment that replaces pods when they are gone', () => {
  const old = set('web-1', 3, {replicas: 3, terminatingReplicas: 1, observedGeneration: 1});

  test('counts pods that are on their way out against the ceiling', () => {
    const fresh = set('web-2', 0, {replicas: 0, terminatingReplicas: 0, observedGeneration: 1});
    expect(newReplicaSetSize(web, [old, fresh], fresh)).toBe(2);
  });

  test('takes a replica set that its controller has not seen yet for one without such pods', () => {
    const unseen = set('web-2', 0, {replicas: 0});
    expect(newReplicaSetSize(web, [old, unseen], unseen)).toBe(2);
  });

  test('does not guess where a replica set that was seen does not tell', () => {
    const silent = set('web-2', 0, {replicas: 0, observedGeneration: 1});
    expect(() => newReplicaSetSize(web, [old, silent], silent)).toThrow('web-2 is not known');
  });
});
