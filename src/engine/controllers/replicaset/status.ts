/** What a replica set reports of itself. upstream: pkg/controller/replicaset/replica_set_utils.go */

import {timeOf} from '../../api/clock.ts';
import {findCondition, removeCondition} from '../../api/conditions.ts';
import {isPodAvailable, isPodReady, podCondition} from '../../api/pods.ts';
import type {apps, Pod, ReplicaSet} from '../../api/types.ts';
import {withCondition} from '../common/conditions.ts';
import {messageOf} from '../common/errors.ts';
import {omitEmpty} from '../common/json.ts';

export type ReplicaSetStatus = apps.ReplicaSetStatus & {terminatingReplicas?: number};

export interface PodsOfReplicaSet {
  active: readonly Pod[];
  /** Undefined where they are not counted. */
  terminating: readonly Pod[] | undefined;
}

export interface StatusInputs extends PodsOfReplicaSet {
  /** What creating or deleting pods came to, if it failed. */
  failure: unknown;
  /** Virtual milliseconds, and the same as RFC 3339. */
  now: number;
  time: string;
}

/** The counts, and the ReplicaFailure condition. */
export function calculateStatus(rs: ReplicaSet, {active, terminating, failure, now, time}: StatusInputs): ReplicaSetStatus {
  const templateLabels = Object.entries(rs.spec?.template?.metadata?.labels ?? {});
  const ready = active.filter(isPodReady);
  return {
    replicas: active.length,
    ...omitEmpty({
      fullyLabeledReplicas: active.filter(pod => templateLabels.every(([key, value]) => pod.metadata.labels?.[key] === value)).length,
      readyReplicas: ready.length,
      availableReplicas: ready.filter(pod => isPodAvailable(pod, rs.spec?.minReadySeconds ?? 0, now)).length,
      observedGeneration: rs.status?.observedGeneration,
      conditions: withFailure(rs, active.length, failure, time),
    }),
    ...(terminating && {terminatingReplicas: terminating.length}),
  };
}

function withFailure(rs: ReplicaSet, count: number, failure: unknown, time: string): apps.ReplicaSetCondition[] {
  const current = findCondition(rs.status?.conditions, 'ReplicaFailure');
  if (!failure) return removeCondition(rs.status?.conditions, 'ReplicaFailure');
  if (current) return rs.status!.conditions!;
  const missing = count - (rs.spec?.replicas ?? 0);
  const reason = missing < 0 ? 'FailedCreate' : missing > 0 ? 'FailedDelete' : '';
  return withCondition(rs.status?.conditions, {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: time,
    ...(reason && {reason}),
    message: messageOf(failure),
  });
}

/** Milliseconds until the next ready pod will have been ready for long enough; undefined when none is waiting. */
export function nextAvailability(pods: readonly Pod[], minReadySeconds: number, now: number): number | undefined {
  const waits = pods
    .filter(pod => isPodReady(pod) && !isPodAvailable(pod, minReadySeconds, now))
    .map(pod => timeOf(podCondition(pod, 'Ready')!.lastTransitionTime) + minReadySeconds * 1000 - now);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}
