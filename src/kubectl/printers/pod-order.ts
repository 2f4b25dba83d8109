/** Which pod of a workload logs, exec, attach and port-forward take. upstream: staging/src/k8s.io/kubectl/pkg/util/podutils/podutils.go */
import type {core, Pod} from '../../engine/api/types.ts';

const PHASES: Readonly<Record<string, number>> = {Pending: 0, Unknown: 1, Running: 2};

const readyCondition = (pod: core.Pod): core.PodCondition | undefined =>
  pod.status?.conditions?.find(c => c.type === 'Ready' && c.status === 'True');

const time = (timestamp: string | null | undefined): number => (timestamp ? Date.parse(timestamp) : 0);

/** Newer (or unknown) before older. */
const newerFirst = (a: number, b: number): number => {
  if (a === b) return 0;
  if (!a || !b) return a ? 1 : -1;
  return b - a;
};

/** Readiness at one moment: how long it has been ready, or never. upstream: podReadyTime */
const readySince = (pod: core.Pod): number => time(readyCondition(pod)?.lastTransitionTime);

/** Restarts of ordinary containers and of sidecars, the most of any one. upstream: maxContainerRestarts */
function restarts(pod: core.Pod): [containers: number, sidecars: number] {
  const sidecars = new Set((pod.spec?.initContainers ?? []).filter(c => c.restartPolicy === 'Always').map(c => c.name));
  const most = (statuses: readonly core.ContainerStatus[]): number => Math.max(0, ...statuses.map(s => s.restartCount));
  return [most(pod.status?.containerStatuses ?? []), most((pod.status?.initContainerStatuses ?? []).filter(s => sidecars.has(s.name)))];
}

/** Orders pods from the least to the most active: unassigned, pending, not ready, being deleted, newly ready, often restarted, young come first. */
export function compareActivity(a: Pod, b: Pod): number {
  const assigned = Number(Boolean(a.spec?.nodeName)) - Number(Boolean(b.spec?.nodeName));
  if (assigned !== 0) return assigned;
  const phase = (PHASES[a.status?.phase ?? ''] ?? 0) - (PHASES[b.status?.phase ?? ''] ?? 0);
  if (phase !== 0) return phase;
  const ready = Number(Boolean(readyCondition(a))) - Number(Boolean(readyCondition(b)));
  if (ready !== 0) return ready;
  const [da, db] = [time(a.metadata.deletionTimestamp), time(b.metadata.deletionTimestamp)];
  if (Boolean(da) !== Boolean(db)) return da ? -1 : 1;
  if (da !== db) return da - db;
  if (readyCondition(a) && readyCondition(b) && readySince(a) !== readySince(b)) return newerFirst(readySince(a), readySince(b));
  const [[ca, sa], [cb, sb]] = [restarts(a), restarts(b)];
  if (ca !== cb) return cb - ca;
  if (sa !== sb) return sb - sa;
  return newerFirst(time(a.metadata.creationTimestamp), time(b.metadata.creationTimestamp));
}
