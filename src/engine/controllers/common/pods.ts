/** What controllers ask of a pod. upstream: pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go */
import {timeOf} from '../../api/clock.ts';
import type {core, Pod} from '../../api/types.ts';

/** The condition of a type, if the pod has it. */
export const podCondition = (pod: Pod, type: string): core.PodCondition | undefined => pod.status?.conditions?.find(c => c.type === type);

/** Its Ready condition is true. */
export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';

/** Ready for at least `minReadySeconds` at virtual millisecond `now`. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  if (!isPodReady(pod)) return false;
  return minReadySeconds === 0 || timeOf(podCondition(pod, 'Ready')!.lastTransitionTime) + minReadySeconds * 1000 <= now;
}

/** It has ended, for good or ill. */
export const isPodTerminal = (pod: Pod): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';

/** It has not ended and is not to end. */
export const isPodActive = (pod: Pod): boolean => !isPodTerminal(pod) && !pod.metadata.deletionTimestamp;

/** Deleted, but its containers may still run. */
export const isPodTerminating = (pod: Pod): boolean => !isPodTerminal(pod) && Boolean(pod.metadata.deletionTimestamp);
