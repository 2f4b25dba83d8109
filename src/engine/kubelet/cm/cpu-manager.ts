/**
 * Which CPUs a container may run on. With the static policy a Guaranteed pod's container that asks for whole CPUs gets them for itself; all others share the rest.
 * upstream: pkg/kubelet/cm/cpumanager/{policy_static,cpu_manager}.go
 */
import {initAndRegularContainers, isRestartableInitContainer} from '../../api/pods.ts';
import {getPodQos} from '../../api/qos.ts';
import {quantityMilli} from '../../api/quantity.ts';
import type {Container, Pod} from '../../api/types.ts';
import type {Host} from '../../client/hosts.ts';
import type {Rejection} from '../admission/admit.ts';
import {runtimeContainerId} from '../runtime-status.ts';
import {type Kubelet, NODE, type PodWorker, subjectOf} from '../types.ts';
import {listWorkers} from '../workers.ts';
import {formatCpuSet, parseCpuSet} from './cpu-set.ts';

/** The checkpoint file /var/lib/kubelet/cpu_manager_state: exclusive CPUs by pod, then by container. */
interface CpuState {
  readonly entries: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

const STATE = 'cpu_manager_state';

const isStatic = ({kubelet}: Host): boolean => kubelet?.cpuManagerPolicy === 'static';

const allCpus = ({capacity}: Host): number[] => Array.from({length: Math.floor(quantityMilli(capacity['cpu'] ?? '0') / 1000)}, (_, i) => i);

const entriesOf = ({ctx}: Kubelet): CpuState['entries'] => ctx.memory.get<CpuState>(NODE, STATE)?.entries ?? {};

/** CPUs that belong to no container alone. upstream: GetDefaultCPUSet */
function sharedCpus(kubelet: Kubelet): number[] {
  const taken = new Set(Object.values(entriesOf(kubelet)).flatMap(containers => Object.values(containers).flat()));
  return allCpus(kubelet.host).filter(cpu => !taken.has(cpu));
}

/** How many CPUs a container is to have for itself; 0: none. upstream: guaranteedCPUs */
function exclusiveCpus(pod: Pod, container: Container): number {
  if (getPodQos(pod) !== 'Guaranteed') return 0;
  const milli = quantityMilli(container.resources?.requests?.['cpu'] ?? container.resources?.limits?.['cpu'] ?? '0');
  return milli % 1000 === 0 ? milli / 1000 : 0;
}

/** Takes the CPUs of a pod that is being admitted, or says why it cannot run. What ordinary init containers had, those after them may have again. */
export function allocateCpus(kubelet: Kubelet, pod: Pod): Rejection | undefined {
  const {ctx, host} = kubelet;
  if (!isStatic(host)) return undefined;
  forgetStale(kubelet);
  const uid = pod.metadata.uid!;
  if (entriesOf(kubelet)[uid]) return undefined;
  const reserved = new Set(parseCpuSet(host.kubelet?.reservedSystemCPUs ?? ''));
  let free = sharedCpus(kubelet).filter(cpu => !reserved.has(cpu));
  let reusable: number[] = [];
  const chosen: Record<string, readonly number[]> = {};
  for (const container of initAndRegularContainers(pod.spec)) {
    const wanted = exclusiveCpus(pod, container);
    if (wanted === 0) continue;
    const available = [...reusable, ...free];
    if (wanted > available.length)
      return {
        reason: 'UnexpectedAdmissionError',
        message: `Allocate failed due to not enough cpus available to satisfy request: requested=${wanted}, available=${available.length}, which is unexpected`,
      };
    const cpus = available.slice(0, wanted);
    chosen[container.name] = cpus;
    free = free.filter(cpu => !cpus.includes(cpu));
    const passing = pod.spec?.initContainers?.includes(container) && !isRestartableInitContainer(container);
    reusable = passing ? [...new Set([...reusable, ...cpus])] : reusable.filter(cpu => !cpus.includes(cpu));
  }
  if (Object.keys(chosen).length === 0) return undefined;
  ctx.memory.put<CpuState>(NODE, STATE, {entries: {...entriesOf(kubelet), [uid]: chosen}});
  const told = Object.entries(chosen).map(([name, cpus]) => `${name}: ${formatCpuSet(cpus)}`);
  ctx.trace('CPUManager', subjectOf({namespace: pod.metadata.namespace!, name: pod.metadata.name!}), `exclusive CPUs ${told.join('; ')}`);
  return undefined;
}

/** The cpuset.cpus of a container; undefined where all may use all. */
export function cpusetOf(kubelet: Kubelet, uid: string, container: string): string | undefined {
  if (!isStatic(kubelet.host)) return undefined;
  return formatCpuSet(entriesOf(kubelet)[uid]?.[container] ?? sharedCpus(kubelet));
}

/** Gives back what pods had that are through. upstream: removeStaleState */
function forgetStale(kubelet: Kubelet): void {
  const entries = entriesOf(kubelet);
  const alive = new Set(listWorkers(kubelet.ctx).flatMap(w => (w.state === 'finished' ? [] : [w.uid])));
  const kept = Object.entries(entries).filter(([uid]) => alive.has(uid));
  if (kept.length < Object.keys(entries).length) kubelet.ctx.memory.put<CpuState>(NODE, STATE, {entries: Object.fromEntries(kept)});
}

/** Every ten seconds: containers that run elsewhere than they should are moved. upstream: reconcileState */
export function reconcileCpus(kubelet: Kubelet): void {
  const {ctx, cri, host} = kubelet;
  if (!cri || !isStatic(host)) return;
  forgetStale(kubelet);
  for (const worker of listWorkers(ctx)) for (const container of runningOf(worker)) moveContainer(kubelet, worker, container);
}

const runningOf = ({status}: PodWorker): {name: string; id: string}[] =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].flatMap(({name, containerID, state}) =>
    state?.running && containerID ? [{name, id: runtimeContainerId(containerID)}] : [],
  );

function moveContainer(kubelet: Kubelet, worker: PodWorker, {name, id}: {name: string; id: string}): void {
  const cpusetCpus = cpusetOf(kubelet, worker.uid, name)!;
  const current = kubelet.cri!.listContainers({podUid: worker.uid}).find(c => c.id === id);
  if (current?.state !== 'CONTAINER_RUNNING' || current.cpusetCpus === cpusetCpus) return;
  kubelet.cri!.updateContainerResources(id, {cpusetCpus});
  kubelet.ctx.trace('CPUManager', subjectOf(worker), `${name} moves to CPUs ${cpusetCpus}`);
}
