/** Which replica set gets how many pods. Pure: the controller carries the plans out. upstream: pkg/controller/deployment/{rolling,sync}.go, util/deployment_util.go */
import type {Deployment, ReplicaSet} from '../../api/types.ts';
import {scaledValueFromIntOrPercent} from '../common/int-or-string.ts';
import type {ReplicaSetStatus} from '../replicaset/status.ts';
import {desiredReplicas, isRollingUpdate, maxSurge, maxUnavailable} from './fenceposts.ts';
import {
  availableReplicaCount,
  byCreation,
  bySizeNewer,
  bySizeOlder,
  findActiveOrLatest,
  isActive,
  isSaturated,
  replicaCount,
  replicasOf,
} from './replica-sets.ts';
import {maxReplicasAnnotation} from './revisions.ts';

/** One replica set, and the size it is to have. */
export interface Scaling {
  name: string;
  replicas: number;
}

const scaling = (rs: ReplicaSet, replicas: number): Scaling => ({name: rs.metadata.name!, replicas});

/** How many replicas the new replica set should have. Throws on a malformed surge or an unknown strategy. */
export function newReplicaSetSize(deployment: Deployment, allSets: readonly ReplicaSet[], newSet: ReplicaSet): number {
  const {type, rollingUpdate} = deployment.spec!.strategy ?? {};
  const desired = desiredReplicas(deployment);
  if (type === 'Recreate') return desired;
  if (type !== 'RollingUpdate') throw new Error(`deployment type ${type} isn't supported`);
  // 1. Is there room under the ceiling?
  const ceiling = desired + scaledValueFromIntOrPercent(rollingUpdate?.maxSurge, desired, true);
  const current = podCount(deployment, allSets);
  if (current >= ceiling) return replicasOf(newSet);
  // 2. Fill it, but do not go beyond what is wanted.
  return replicasOf(newSet) + Math.min(ceiling - current, desired - replicasOf(newSet));
}

/** Pods that count against the ceiling; with podReplacementPolicy TerminationComplete those that are still terminating count too. */
function podCount(deployment: Deployment, sets: readonly ReplicaSet[]): number {
  const policy = (deployment.spec as {podReplacementPolicy?: string}).podReplacementPolicy;
  if (policy !== 'TerminationComplete') return replicaCount(sets);
  return sets.reduce((total, rs) => total + Math.max(replicasOf(rs), rs.status?.replicas ?? 0) + terminatingPods(rs), 0);
}

/** A replica set that was never looked at has no pods yet; one that was, and does not tell how many are terminating, cannot be counted. */
function terminatingPods({metadata, status}: ReplicaSet): number {
  const {terminatingReplicas, observedGeneration} = (status ?? {}) as Partial<ReplicaSetStatus>;
  if (terminatingReplicas === undefined && observedGeneration)
    throw new Error(`the number of terminating pods of replica set ${metadata.name} is not known`);
  return terminatingReplicas ?? 0;
}

/** The new replica set's next size in a rolling update; undefined where it stays. */
export function reconcileNewReplicaSet(deployment: Deployment, allSets: readonly ReplicaSet[], newSet: ReplicaSet): Scaling | undefined {
  const desired = desiredReplicas(deployment);
  const size = replicasOf(newSet) > desired ? desired : newReplicaSetSize(deployment, allSets, newSet);
  return size === replicasOf(newSet) ? undefined : scaling(newSet, size);
}

/**
 * What a rolling update takes from the old replica sets, in order. Pods of theirs that are not available go first: they hold nothing up.
 * `allSets` includes the new one.
 */
export function reconcileOldReplicaSets(
  deployment: Deployment,
  allSets: readonly ReplicaSet[],
  oldSets: readonly ReplicaSet[],
  newSet: ReplicaSet,
): Scaling[] {
  if (replicaCount(oldSets) === 0) return [];
  // 1. At most this many may go: what is there, less what must be available, less the new pods that are not.
  const minimum = desiredReplicas(deployment) - maxUnavailable(deployment);
  const newUnavailable = replicasOf(newSet) - (newSet.status?.availableReplicas ?? 0);
  const maxScaledDown = replicaCount(allSets) - minimum - newUnavailable;
  if (maxScaledDown <= 0) return [];
  // 2. The unhealthy ones.
  const cleaned = cleanupUnhealthyReplicas(oldSets, maxScaledDown);
  // 3. Healthy ones, as far as availability allows.
  const remaining = applied(oldSets, cleaned);
  return [...cleaned, ...scaleDownOldReplicaSets(deployment, [...remaining, newSet], remaining)];
}

const applied = (sets: readonly ReplicaSet[], plan: readonly Scaling[]): ReplicaSet[] =>
  sets.map(rs => {
    const step = plan.findLast(({name}) => name === rs.metadata.name);
    return step ? {...rs, spec: {...rs.spec!, replicas: step.replicas}} : rs;
  });

/** At most `maxCount` unavailable pods of old replica sets, oldest set first. */
export function cleanupUnhealthyReplicas(oldSets: readonly ReplicaSet[], maxCount: number): Scaling[] {
  const plan: Scaling[] = [];
  let left = maxCount;
  for (const rs of [...oldSets].sort(byCreation)) {
    const available = rs.status?.availableReplicas ?? 0;
    if (left <= 0) break;
    if (replicasOf(rs) === 0 || replicasOf(rs) === available) continue;
    const count = Math.min(left, replicasOf(rs) - available);
    // The status is behind the spec: come back when it has caught up.
    if (count < 0)
      throw new Error(
        `when cleaning up unhealthy replicas, got invalid request to scale down ${rs.metadata.namespace}/${rs.metadata.name}`,
      );
    plan.push(scaling(rs, replicasOf(rs) - count));
    left -= count;
  }
  return plan;
}

/** As many pods of old replica sets, oldest set first, as are available beyond the minimum. */
export function scaleDownOldReplicaSets(deployment: Deployment, allSets: readonly ReplicaSet[], oldSets: readonly ReplicaSet[]): Scaling[] {
  const plan: Scaling[] = [];
  let left = availableReplicaCount(allSets) - (desiredReplicas(deployment) - maxUnavailable(deployment));
  for (const rs of [...oldSets].sort(byCreation)) {
    const count = Math.min(replicasOf(rs), left);
    if (count <= 0) continue;
    plan.push(scaling(rs, replicasOf(rs) - count));
    left -= count;
  }
  return plan;
}

/** Sizes after the deployment's own size changed, or while it is paused: in proportion where several replica sets are active. */
export function scale(deployment: Deployment, newSet: ReplicaSet | undefined, oldSets: readonly ReplicaSet[]): Scaling[] {
  const desired = desiredReplicas(deployment);
  // 1. One active replica set takes it all.
  const only = findActiveOrLatest(newSet, oldSets);
  if (only) return replicasOf(only) === desired ? [] : [scaling(only, desired)];
  // 2. The new one is saturated: the old ones have had their day.
  if (isSaturated(deployment, newSet)) return oldSets.filter(isActive).map(rs => scaling(rs, 0));
  // 3. In the midst of a rolling update: share among them.
  return isRollingUpdate(deployment) ? scaleProportionally(deployment, [...oldSets, ...(newSet ? [newSet] : [])].filter(isActive)) : [];
}

function scaleProportionally(deployment: Deployment, active: readonly ReplicaSet[]): Scaling[] {
  const desired = desiredReplicas(deployment);
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const toAdd = allowed - replicaCount(active);
  // The larger first; among equals the newer when growing, the older when shrinking.
  const sets = toAdd === 0 ? active : [...active].sort(toAdd > 0 ? bySizeNewer : bySizeOlder);
  let added = 0;
  const plan = sets.map(rs => {
    const share = proportion(deployment, rs, toAdd, added);
    added += share;
    return scaling(rs, replicasOf(rs) + share);
  });
  // What rounding left over goes to the largest.
  return plan.map((step, i) => (i === 0 ? {...step, replicas: Math.max(0, step.replicas + toAdd - added)} : step));
}

/** A replica set's share of the replicas to add (or, below zero, to remove). */
function proportion(deployment: Deployment, rs: ReplicaSet, toAdd: number, added: number): number {
  if (replicasOf(rs) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = replicaSetFraction(deployment, rs);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

/** How a replica set grows or shrinks when its deployment does, by the size the deployment had before. */
export function replicaSetFraction(deployment: Deployment, rs: ReplicaSet): number {
  if (desiredReplicas(deployment) === 0) return -replicasOf(rs);
  const before = maxReplicasAnnotation(rs) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  const size = (replicasOf(rs) * (desiredReplicas(deployment) + maxSurge(deployment))) / before;
  return Math.trunc(size < 0 ? size - 0.5 : size + 0.5) - replicasOf(rs);
}
