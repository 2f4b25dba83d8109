/** How little would be lost with a pod: the steps by which controllers and kubectl rank pods. upstream: pkg/controller/controller_utils.go, kubectl/pkg/util/podutils */
import {timeOf} from './clock.ts';
import {isPodReady, isRestartableInitContainer, podCondition} from './pods.ts';
import type {Pod} from './types.ts';

const PHASES: Readonly<Record<string, number>> = {Pending: 0, Unknown: 1, Running: 2};
const phase = (pod: Pod): number => PHASES[pod.status?.phase ?? ''] ?? 0;

/** 1. Unassigned before assigned  2. Pending, Unknown, Running  3. not ready before ready */
export const compareStages = (a: Pod, b: Pod): number =>
  Number(Boolean(a.spec?.nodeName)) - Number(Boolean(b.spec?.nodeName)) ||
  phase(a) - phase(b) ||
  Number(isPodReady(a)) - Number(isPodReady(b));

/** Virtual milliseconds since which it is ready; NaN where it is not. upstream: podReadyTime */
export const readySince = (pod: Pod): number => (isPodReady(pod) ? timeOf(podCondition(pod, 'Ready')!.lastTransitionTime) : Number.NaN);

/** Times: what has none comes first; then newer before older. */
export const newerFirst = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(b)) - Number(Number.isNaN(a)) : b - a;

/** The two highest counts of restarts: of sidecars and of regular containers. */
function maxContainerRestarts(pod: Pod): {regular: number; sidecar: number} {
  const sidecars = new Set(pod.spec?.initContainers?.filter(isRestartableInitContainer).map(c => c.name));
  const most = (counts: readonly number[]): number => Math.max(0, ...counts);
  return {
    regular: most((pod.status?.containerStatuses ?? []).map(s => s.restartCount)),
    sidecar: most((pod.status?.initContainerStatuses ?? []).filter(s => sidecars.has(s.name)).map(s => s.restartCount)),
  };
}

/** More restarts come first; those of regular containers weigh before those of sidecars. */
export function compareRestarts(a: Pod, b: Pod): number {
  const [left, right] = [maxContainerRestarts(a), maxContainerRestarts(b)];
  return right.regular - left.regular || right.sidecar - left.sidecar;
}
