/** How far a rolling update may stray from the wanted number of pods. upstream: pkg/controller/deployment/util/deployment_util.go */
import type {Deployment} from '../../api/types.ts';
import {type IntOrString, scaledValueFromIntOrPercent} from '../common/int-or-string.ts';

export interface Fenceposts {
  surge: number;
  unavailable: number;
}

/** Surge rounds up, unavailability down; where both come out as zero, one pod may be missing, or nothing would ever move. Throws on a malformed value. */
export function resolveFenceposts(maxSurge: IntOrString | undefined, maxUnavailable: IntOrString | undefined, desired: number): Fenceposts {
  const surge = scaledValueFromIntOrPercent(maxSurge ?? 0, desired, true);
  const unavailable = scaledValueFromIntOrPercent(maxUnavailable ?? 0, desired, false);
  return {surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable};
}

/** How many pods are wanted; one where nothing is said. */
export const desiredReplicas = (deployment: Deployment): number => deployment.spec?.replicas ?? 1;

/** Old pods go as new ones come. */
export const isRollingUpdate = (deployment: Deployment): boolean => deployment.spec?.strategy?.type === 'RollingUpdate';

function fencepostsOf(deployment: Deployment): Fenceposts {
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  try {
    return resolveFenceposts(rolling?.maxSurge, rolling?.maxUnavailable, desiredReplicas(deployment));
  } catch {
    return {surge: 0, unavailable: 0};
  }
}

/** Pods that may exist beyond the wanted number. */
export const maxSurge = (deployment: Deployment): number => (isRollingUpdate(deployment) ? fencepostsOf(deployment).surge : 0);

/** Pods that may be missing. */
export const maxUnavailable = (deployment: Deployment): number =>
  isRollingUpdate(deployment) && desiredReplicas(deployment) > 0
    ? Math.min(fencepostsOf(deployment).unavailable, desiredReplicas(deployment))
    : 0;

/** Pods that have to be available all the while. */
export const minAvailable = (deployment: Deployment): number =>
  isRollingUpdate(deployment) ? desiredReplicas(deployment) - maxUnavailable(deployment) : 0;
