/** Which pods go first when there are too many. upstream: pkg/controller/controller_utils.go ActivePods, ActivePodsWithRanks */

import {timeOf} from '../../api/clock.ts';
import {MAX_INT32} from '../../api/int32.ts';
import {byText} from '../../api/order.ts';
import {compareRestarts, compareStages, newerFirst, readySince} from '../../api/pod-activity.ts';
import {isPodReady} from '../../api/pods.ts';
import type {Pod} from '../../api/types.ts';
import {POD_DELETION_COST_ANNOTATION} from '../../api/well-known.ts';

type Compare<T> = (a: T, b: T) => number;

/** A pod and how many active pods of the same family share its node. */
export interface RankedPod {
  pod: Pod;
  rank: number;
}

const createdAt = (pod: Pod): number => timeOf(pod.metadata.creationTimestamp);

/** Powers of two of an age in nanoseconds: pods of about one age are equals. */
const magnitude = (ageMs: number): number => (ageMs <= 0 ? -1 : Math.floor(Math.log2(ageMs * 1e6)));

/** The annotation's value; 0 where it is absent or no 32-bit integer. upstream: pkg/apis/core/helper GetDeletionCostFromPodAnnotations */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[POD_DELETION_COST_ANNOTATION] ?? '';
  const cost = /^(0|-\d+|[1-9]\d*)$/.test(text) ? Number(text) : 0;
  return Math.abs(cost) <= MAX_INT32 || cost === -(2 ** 31) ? cost : 0;
}

/** The pod to be deleted first comes first: by stage, shorter readiness, restarts, later creation. */
export const compareActivePods: Compare<Pod> = (a, b) =>
  compareStages(a, b) || newerFirst(readySince(a), readySince(b)) || compareRestarts(a, b) || newerFirst(createdAt(a), createdAt(b));

/**
 * As compareActivePods, but lower deletion costs and pods doubled up on a node go before, and times are compared by orders of magnitude:
 * within one the UID decides, which is as good as chance. `now` is in virtual milliseconds.
 */
export const compareActivePodsWithRanks =
  (now: number, {podDeletionCost = true, logarithmicScaleDown = true} = {}): Compare<RankedPod> =>
  ({pod: a, rank: rankA}, {pod: b, rank: rankB}) => {
    const compareTimes: Compare<number> = (timeA, timeB) => {
      const difference = newerFirst(timeA, timeB);
      if (!logarithmicScaleDown || Number.isNaN(timeA) || Number.isNaN(timeB) || difference === 0) return difference;
      return magnitude(now - timeA) - magnitude(now - timeB) || byText(a.metadata.uid ?? '', b.metadata.uid ?? '');
    };
    const stage = compareStages(a, b) || (podDeletionCost ? deletionCost(a) - deletionCost(b) : 0) || rankB - rankA;
    if (stage) return stage;
    if (isPodReady(a) && newerFirst(readySince(a), readySince(b)) !== 0) return compareTimes(readySince(a), readySince(b));
    return compareRestarts(a, b) || compareTimes(createdAt(a), createdAt(b));
  };
