/** Which pod of a workload logs, exec, attach and port-forward take. upstream: staging/src/k8s.io/kubectl/pkg/util/podutils/podutils.go */
import {timeOf} from '../../engine/api/clock.ts';
import {compareRestarts, compareStages, newerFirst, readySince} from '../../engine/api/pod-activity.ts';
import type {Pod} from '../../engine/api/types.ts';

/** Those being deleted before the others, and among them whose time comes sooner. */
function compareDeletions(a: Pod, b: Pod): number {
  const [left, right] = [a, b].map(({metadata}) => timeOf(metadata.deletionTimestamp));
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || left! - right! || 0;
}

/** Orders pods from the least to the most active: unassigned, pending, not ready, being deleted, newly ready, often restarted, young come first. */
export const compareActivity = (a: Pod, b: Pod): number =>
  compareStages(a, b) ||
  compareDeletions(a, b) ||
  newerFirst(readySince(a), readySince(b)) ||
  compareRestarts(a, b) ||
  newerFirst(timeOf(a.metadata.creationTimestamp), timeOf(b.metadata.creationTimestamp));
