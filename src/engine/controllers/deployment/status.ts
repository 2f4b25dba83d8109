/** What a deployment reports of itself. upstream: pkg/controller/deployment/{progress,sync}.go, util/deployment_util.go */

import {timeOf} from '../../api/clock.ts';
import {findCondition, removeCondition} from '../../api/conditions.ts';
import {MAX_INT32} from '../../api/int32.ts';
import type {apps, Deployment, ReplicaSet} from '../../api/types.ts';
import {withCondition} from '../common/conditions.ts';
import {omitEmpty} from '../common/json.ts';
import {desiredReplicas, maxUnavailable} from './fenceposts.ts';
import {actualReplicaCount, availableReplicaCount, readyReplicaCount, replicaCount, terminatingReplicaCount} from './replica-sets.ts';

export type DeploymentStatus = apps.DeploymentStatus & {terminatingReplicas?: number};
export type DeploymentCondition = apps.DeploymentCondition;

const REPLICA_SET_UPDATED = 'ReplicaSetUpdated';
export const REPLICA_SET_CREATE_ERROR = 'ReplicaSetCreateError';
export const NEW_REPLICA_SET_CREATED = 'NewReplicaSetCreated';
export const FOUND_NEW_REPLICA_SET = 'FoundNewReplicaSet';
const NEW_REPLICA_SET_AVAILABLE = 'NewReplicaSetAvailable';
export const PROGRESS_DEADLINE_EXCEEDED = 'ProgressDeadlineExceeded';
export const DEPLOYMENT_PAUSED = 'DeploymentPaused';
export const DEPLOYMENT_RESUMED = 'DeploymentResumed';
const MINIMUM_REPLICAS_AVAILABLE = 'MinimumReplicasAvailable';
const MINIMUM_REPLICAS_UNAVAILABLE = 'MinimumReplicasUnavailable';

const NO_DEADLINE = MAX_INT32;

/** The largest number there is means: none. */
export const hasProgressDeadline = (deployment: Deployment): boolean =>
  (deployment.spec?.progressDeadlineSeconds ?? NO_DEADLINE) !== NO_DEADLINE;

/** `time` is the present as RFC 3339. */
export const newCondition = (type: string, status: string, reason: string, message: string, time: string): DeploymentCondition => ({
  type,
  status,
  lastUpdateTime: time,
  lastTransitionTime: time,
  reason,
  message,
});

/** The counts, and whether enough pods are available. Other conditions are kept. */
export function calculateStatus(
  deployment: Deployment,
  allSets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  time: string,
): DeploymentStatus {
  const available = availableReplicaCount(allSets);
  const enough = available >= desiredReplicas(deployment) - maxUnavailable(deployment);
  const availability = enough
    ? newCondition('Available', 'True', MINIMUM_REPLICAS_AVAILABLE, 'Deployment has minimum availability.', time)
    : newCondition('Available', 'False', MINIMUM_REPLICAS_UNAVAILABLE, 'Deployment does not have minimum availability.', time);
  const terminatingReplicas = terminatingReplicaCount(allSets);
  return {
    ...omitEmpty({
      observedGeneration: deployment.metadata.generation,
      replicas: actualReplicaCount(allSets),
      updatedReplicas: newSet ? actualReplicaCount([newSet]) : 0,
      readyReplicas: readyReplicaCount(allSets),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, replicaCount(allSets) - available),
    }),
    ...(terminatingReplicas !== undefined && {terminatingReplicas}),
    ...(deployment.status?.collisionCount !== undefined && {collisionCount: deployment.status.collisionCount}),
    conditions: withCondition(deployment.status?.conditions, availability),
  };
}

/** All pods are new, available, and no old one is left. */
export const deploymentComplete = (deployment: Deployment, status: DeploymentStatus = {}): boolean =>
  (status.updatedReplicas ?? 0) === desiredReplicas(deployment) &&
  (status.replicas ?? 0) === desiredReplicas(deployment) &&
  (status.availableReplicas ?? 0) === desiredReplicas(deployment) &&
  (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);

/** More new pods, fewer old ones, or more ready or available ones than the last status told of. */
export function deploymentProgressing(deployment: Deployment, status: DeploymentStatus): boolean {
  const before = deployment.status ?? {};
  const old = (s: DeploymentStatus) => (s.replicas ?? 0) - (s.updatedReplicas ?? 0);
  return (
    (status.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(status) < old(before) ||
    (status.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** No progress since the Progressing condition was last updated, for longer than the deadline. `now` in virtual milliseconds. */
export function deploymentTimedOut(deployment: Deployment, status: DeploymentStatus, now: number): boolean {
  const condition = findCondition(status.conditions, 'Progressing');
  if (!hasProgressDeadline(deployment) || !condition || condition.reason === NEW_REPLICA_SET_AVAILABLE) return false;
  if (condition.reason === PROGRESS_DEADLINE_EXCEEDED) return true;
  return timeOf(condition.lastUpdateTime) + deployment.spec!.progressDeadlineSeconds! * 1000 < now;
}

/** calculateStatus with the rollout's progress and its replica sets' failures. */
export function calculateRolloutStatus(
  deployment: Deployment,
  allSets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  {time, now}: {time: string; now: number},
): DeploymentStatus {
  const status = calculateStatus(deployment, allSets, newSet, time);
  return {...status, conditions: withFailures(withProgress(deployment, status, newSet, {time, now}), allSets, newSet)};
}

function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  newSet: ReplicaSet | undefined,
  {time, now}: {time: string; now: number},
): DeploymentCondition[] {
  const conditions = status.conditions ?? [];
  if (!hasProgressDeadline(deployment)) return removeCondition(conditions, 'Progressing');
  const current = findCondition(deployment.status?.conditions, 'Progressing');
  const subject = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  // 1. A rollout that has completed is not measured again: this is a resync.
  if ((status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === NEW_REPLICA_SET_AVAILABLE) return conditions;
  // 2. Complete.
  if (deploymentComplete(deployment, status))
    return withCondition(
      conditions,
      newCondition('Progressing', 'True', NEW_REPLICA_SET_AVAILABLE, `${subject} has successfully progressed.`, time),
    );
  // 3. Progressing: even with the same reason the update time moves, for the deadline counts from it.
  if (deploymentProgressing(deployment, status)) {
    const progressing = newCondition('Progressing', 'True', REPLICA_SET_UPDATED, `${subject} is progressing.`, time);
    const since = current?.status === 'True' ? current.lastTransitionTime : progressing.lastTransitionTime;
    return [...removeCondition(conditions, 'Progressing'), {...progressing, lastTransitionTime: since}];
  }
  // 4. Stuck.
  if (deploymentTimedOut(deployment, status, now))
    return withCondition(
      conditions,
      newCondition('Progressing', 'False', PROGRESS_DEADLINE_EXCEEDED, `${subject} has timed out progressing.`, time),
    );
  return conditions;
}

/** A replica set's failure becomes the deployment's; the new set's before any other. */
function withFailures(
  conditions: DeploymentCondition[],
  allSets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
): DeploymentCondition[] {
  const failure = [...(newSet ? [newSet] : []), ...allSets]
    .map(rs => findCondition(rs.status?.conditions, 'ReplicaFailure'))
    .find(condition => condition !== undefined);
  if (!failure) return removeCondition(conditions, 'ReplicaFailure');
  const {type, status, lastTransitionTime, reason, message} = failure;
  return withCondition(conditions, {type, status, lastUpdateTime: lastTransitionTime, lastTransitionTime, reason, message});
}
