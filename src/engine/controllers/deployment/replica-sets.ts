/** Questions about a deployment's replica sets. upstream: pkg/controller/deployment/util/deployment_util.go, pkg/controller/controller_utils.go */

import {timeOf} from '../../api/clock.ts';
import {equalJson} from '../../api/clone.ts';
import type {core, Deployment, ReplicaSet} from '../../api/types.ts';
import {POD_TEMPLATE_HASH_LABEL} from '../../api/well-known.ts';
import {desiredReplicas} from './fenceposts.ts';
import {desiredReplicasAnnotation} from './revisions.ts';

/** Wanted replicas of one. */
export const replicasOf = (rs: ReplicaSet): number => rs.spec?.replicas ?? 0;

const sum = (sets: readonly ReplicaSet[], count: (rs: ReplicaSet) => number | undefined): number =>
  sets.reduce((total, rs) => total + (count(rs) ?? 0), 0);

/** Wanted replicas of all. */
export const replicaCount = (sets: readonly ReplicaSet[]): number => sum(sets, replicasOf);
/** Pods there are, of all. */
export const actualReplicaCount = (sets: readonly ReplicaSet[]): number => sum(sets, rs => rs.status?.replicas);
/** Pods that are ready, of all. */
export const readyReplicaCount = (sets: readonly ReplicaSet[]): number => sum(sets, rs => rs.status?.readyReplicas);
/** Pods that have been ready for long enough, of all. */
export const availableReplicaCount = (sets: readonly ReplicaSet[]): number => sum(sets, rs => rs.status?.availableReplicas);

/** Pods on their way out; undefined while one of the sets has not counted its own. */
export function terminatingReplicaCount(sets: readonly ReplicaSet[]): number | undefined {
  const counts = sets.map(rs => (rs.status as {terminatingReplicas?: number} | undefined)?.terminatingReplicas);
  return counts.includes(undefined) ? undefined : counts.reduce<number>((total, n) => total + n!, 0);
}

/** It is to have pods. */
export const isActive = (rs: ReplicaSet): boolean => replicasOf(rs) > 0;

const created = (rs: ReplicaSet): number => timeOf(rs.metadata.creationTimestamp) || 0;
const byName = (a: ReplicaSet, b: ReplicaSet): number =>
  a.metadata.name! < b.metadata.name! ? -1 : Number(a.metadata.name! > b.metadata.name!);

/** Orders: the older first; the larger first and then the newer; the larger first and then the older. */
export const byCreation = (a: ReplicaSet, b: ReplicaSet): number => created(a) - created(b) || byName(a, b);
export const bySizeNewer = (a: ReplicaSet, b: ReplicaSet): number =>
  replicasOf(b) - replicasOf(a) || created(b) - created(a) || byName(b, a);
export const bySizeOlder = (a: ReplicaSet, b: ReplicaSet): number =>
  replicasOf(b) - replicasOf(a) || created(a) - created(b) || byName(a, b);

const withoutHash = ({metadata, spec}: core.PodTemplateSpec): unknown => {
  const {[POD_TEMPLATE_HASH_LABEL]: _hash, ...labels} = metadata?.labels ?? {};
  const {creationTimestamp: _creationTimestamp, ...rest} = metadata ?? {};
  return {metadata: {...rest, labels}, spec};
};

/** Equal but for the label that tells a deployment's replica sets apart. */
export const equalIgnoringHash = (a: core.PodTemplateSpec, b: core.PodTemplateSpec): boolean => equalJson(withoutHash(a), withoutHash(b));

/** The replica set with the deployment's present template; the oldest, should there be several. */
export const findNewReplicaSet = <T extends ReplicaSet>(deployment: Deployment, sets: readonly T[]): T | undefined =>
  [...sets].sort(byCreation).find(rs => equalIgnoringHash(rs.spec!.template!, deployment.spec!.template));

/** All but the new one. */
export const findOldReplicaSets = <T extends ReplicaSet>(sets: readonly T[], newSet: T | undefined): T[] =>
  sets.filter(rs => rs.metadata.uid !== newSet?.metadata.uid);

/** The only active replica set, or the newest where none is active; undefined where several are: those have to be scaled in proportion. */
export function findActiveOrLatest<T extends ReplicaSet>(newSet: T | undefined, oldSets: readonly T[]): T | undefined {
  const newestFirst = [...oldSets].sort((a, b) => byCreation(b, a));
  const active = [...newestFirst, ...(newSet ? [newSet] : [])].filter(isActive);
  if (active.length === 0) return newSet ?? newestFirst[0];
  return active.length === 1 ? active[0] : undefined;
}

/** The new replica set is all the deployment wants, and available. */
export const isSaturated = (deployment: Deployment, rs: ReplicaSet | undefined): boolean =>
  rs !== undefined &&
  replicasOf(rs) === desiredReplicas(deployment) &&
  desiredReplicasAnnotation(rs) === desiredReplicas(deployment) &&
  (rs.status?.availableReplicas ?? 0) === desiredReplicas(deployment);
