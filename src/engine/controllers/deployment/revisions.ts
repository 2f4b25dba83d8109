/** The annotations by which a deployment remembers its rollouts. upstream: pkg/controller/deployment/util/deployment_util.go */

import type {Deployment, ReplicaSet} from '../../api/types.ts';
import {
  DEPLOYMENT_REVISION_ANNOTATION,
  DESIRED_REPLICAS_ANNOTATION,
  LAST_APPLIED_ANNOTATION,
  MAX_REPLICAS_ANNOTATION,
  REVISION_HISTORY_ANNOTATION,
} from '../../api/well-known.ts';
import {desiredReplicas, maxSurge} from './fenceposts.ts';

/** Only kubectl of apps/v1beta1 and before asked for a rollback with it; still honoured. */
export const DEPRECATED_ROLLBACK_TO = 'deprecated.deployment.rollback.to';

const MAX_HISTORY_LENGTH_IN_CHARS = 2000;

const notCopied = new Set([
  LAST_APPLIED_ANNOTATION,
  DEPLOYMENT_REVISION_ANNOTATION,
  REVISION_HISTORY_ANNOTATION,
  DESIRED_REPLICAS_ANNOTATION,
  MAX_REPLICAS_ANNOTATION,
  DEPRECATED_ROLLBACK_TO,
]);

type Annotations = Readonly<Record<string, string>> | undefined;
interface Annotated {
  metadata: {annotations?: Record<string, string>};
}

const integer = (text: string | undefined): number | undefined => (text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined);

/** The revision an object carries; 0 for none. */
export const revisionOf = ({metadata}: Annotated): number => integer(metadata.annotations?.[DEPLOYMENT_REVISION_ANNOTATION]) ?? 0;

/** The highest revision among them; 0 for none. */
export const maxRevision = (sets: readonly ReplicaSet[]): number => sets.reduce((max, rs) => Math.max(max, revisionOf(rs)), 0);

/** The second highest revision: where an undo without a number leads. */
export function lastRevision(sets: readonly ReplicaSet[]): number {
  const revisions = sets.map(revisionOf).sort((a, b) => b - a);
  return revisions[1] ?? 0;
}

/** The deployment's size when it last set the replica set's; and with its surge. */
export const desiredReplicasAnnotation = (rs: ReplicaSet): number | undefined =>
  integer(rs.metadata.annotations?.[DESIRED_REPLICAS_ANNOTATION]);
export const maxReplicasAnnotation = (rs: ReplicaSet): number | undefined => integer(rs.metadata.annotations?.[MAX_REPLICAS_ANNOTATION]);

/** Whether a replica set remembers other sizes than these. */
export const replicasAnnotationsNeedUpdate = (rs: ReplicaSet, desired: number, max: number): boolean =>
  rs.metadata.annotations?.[DESIRED_REPLICAS_ANNOTATION] !== String(desired) ||
  rs.metadata.annotations?.[MAX_REPLICAS_ANNOTATION] !== String(max);

/** The sizes the deployment had when it last set this replica set's: how a scaling is told from a rollout, and what proportions are taken of. */
export const withReplicasAnnotations = (annotations: Annotations, deployment: Deployment): Record<string, string> => ({
  ...annotations,
  [DESIRED_REPLICAS_ANNOTATION]: String(desiredReplicas(deployment)),
  [MAX_REPLICAS_ANNOTATION]: String(desiredReplicas(deployment) + maxSurge(deployment)),
});

/**
 * The annotations of the new replica set: the deployment's own, its revision, and every revision it was before (a rollback gives it a new one).
 * Undefined when they are so already.
 */
export function newReplicaSetAnnotations(
  deployment: Deployment,
  current: Annotations,
  revision: number,
): Record<string, string> | undefined {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([key, value]) => !notCopied.has(key) && current?.[key] !== value,
  );
  const before = current?.[DEPLOYMENT_REVISION_ANNOTATION];
  const outdated = (integer(before) ?? 0) < revision;
  if (copied.length === 0 && !outdated) return undefined;
  return {
    ...current,
    ...Object.fromEntries(copied),
    ...(outdated && {[DEPLOYMENT_REVISION_ANNOTATION]: String(revision)}),
    ...(outdated &&
      before !== undefined && {[REVISION_HISTORY_ANNOTATION]: appendToHistory(current?.[REVISION_HISTORY_ANNOTATION], before)}),
  };
}

/** The list of old revisions, shortened from the front where it grows too long. */
function appendToHistory(history: string | undefined, revision: string): string {
  const all = [...(history ? history.split(',') : []), revision];
  while (all.join(',').length > MAX_HISTORY_LENGTH_IN_CHARS) all.shift();
  return all.join(',');
}

/** The deployment's annotations after a rollback: the old replica set's, but for those that are never copied. */
export const rolledBackAnnotations = (deployment: Deployment, rs: ReplicaSet): Record<string, string> =>
  Object.fromEntries([
    ...Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => notCopied.has(key)),
    ...Object.entries(rs.metadata.annotations ?? {}).filter(([key]) => !notCopied.has(key)),
  ]);
