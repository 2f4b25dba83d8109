/** Who is spared first, and on which node the least is lost. upstream: pkg/scheduler/util/utils.go, pkg/scheduler/framework/preemption/preemption.go */
import {parseRfc3339} from '../../api/time.ts';
import type {Pod} from '../../api/types.ts';
import type {Listers, PodInfo, Victims} from '../framework/types.ts';

/** Milliseconds since 1970 at which a pod started; one that has not counts as starting now, after all others. */
function startTime(pod: PodInfo, listers: Listers): number {
  const text = listers<Pod>('pods').get(pod.namespace, pod.name)?.status?.startTime as string | undefined;
  return (text === undefined ? undefined : parseRfc3339(text)) ?? Number.POSITIVE_INFINITY;
}

/** The higher priority, then the longer running. */
export const byImportance =
  (listers: Listers) =>
  (a: PodInfo, b: PodInfo): number =>
    b.priority - a.priority || compare(startTime(a, listers), startTime(b, listers));

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

/** When the first of the node's most important victims started. */
function earliestStart(victims: Victims, listers: Listers): number {
  const top = Math.max(...victims.pods.map(p => p.priority));
  return Math.min(...victims.pods.filter(p => p.priority === top).map(p => startTime(p, listers)));
}

/** Makes every priority positive, so that more victims are never the lesser loss. */
const PRIORITY_SHIFT = 2 ** 31;

type Measure = (victims: Victims, listers: Listers) => number;

/** Asked in this order while several nodes are level; the highest answer stays. */
const MEASURES: readonly Measure[] = [
  v => -v.pdbViolations,
  v => -v.pods[0]!.priority,
  v => -v.pods.reduce((sum, p) => sum + p.priority + PRIORITY_SHIFT, 0),
  v => -v.pods.length,
  earliestStart,
];

/** The candidate that costs least; the first of those that stay level to the end. */
export function bestCandidate(candidates: readonly Victims[], listers: Listers): Victims | undefined {
  let left = candidates;
  for (const measure of MEASURES) {
    if (left.length <= 1) break;
    const scores = left.map(c => measure(c, listers));
    const best = Math.max(...scores);
    left = left.filter((_, i) => scores[i] === best);
  }
  return left[0];
}
