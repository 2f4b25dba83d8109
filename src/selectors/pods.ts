import type {ContainerStatus, KubeObject, Pod, Stored} from '../engine/api/types.ts';
import {readMemory} from '../engine/client/memory.ts';
import {MIRROR_ANNOTATION} from '../engine/kubelet/config/static-pods.ts';
import {CRASH_LOOP_BACK_OFF} from '../engine/kubelet/start-container.ts';
import {KUBELET, type PodWorker, WORKERS} from '../engine/kubelet/types.ts';
import type {Machine} from '../engine/machine/machine.ts';
import {runtimeOwner} from '../engine/runtime/node.ts';
import {type ContainerRecord, LOGS, type LogRecord, PODS, type PodRecord} from '../engine/runtime/types.ts';
import {workingSet} from '../engine/runtime/usage.ts';
import type {BackoffFacts, CgroupFacts, ContainerFacts, PodFacts} from './facts/kubelet.ts';
import {isSystem, objectsOf, refOf} from './objects.ts';

/** The learner's pods with their containers, the youngest first. */
export function podFacts(machine: Machine): PodFacts[] {
  return objectsOf(machine, 'pods')
    .filter(pod => !isSystem(pod))
    .toSorted((one, other) => Number(other.metadata.resourceVersion) - Number(one.metadata.resourceVersion))
    .map(pod => factsOf(machine, pod));
}

function factsOf(machine: Machine, pod: Stored<Pod>): PodFacts {
  const {spec, status} = pod;
  const runtime = readMemory(machine, runtimeOwner(spec?.nodeName ?? ''));
  const record = runtime.get<PodRecord>(PODS, pod.metadata.annotations?.[MIRROR_ANNOTATION] ?? pod.metadata.uid);
  const sandbox = record?.sandboxes.find(each => each.state === 'SANDBOX_READY');
  const waiting = new Map([...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(each => [each.name, each]));
  const worker = readMemory(machine, `${KUBELET}/${spec?.nodeName ?? ''}`).get<PodWorker>(
    WORKERS,
    pod.metadata.annotations?.[MIRROR_ANNOTATION] ?? pod.metadata.uid,
  );
  const container =
    (init: boolean) =>
    ({name, image = ''}: {name: string; image?: string}): ContainerFacts => {
      const running = record?.containers.find(each => each.config.metadata.name === name);
      const log = running && runtime.get<LogRecord>(LOGS, running.id)?.lines.at(-1)?.text;
      const backoff = backoffOf(worker, {name, image}, waiting.get(name), running, machine.now);
      return {
        ...containerFacts(name, image, waiting.get(name), running, init),
        log: log ?? '',
        ...(running && {cgroup: cgroupOf(running, machine.now)}),
        ...(backoff && {backoff}),
      };
    };
  return {
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    node: spec?.nodeName ?? '',
    phase: podState(pod).state,
    ip: status?.podIP ?? sandbox?.ip ?? '',
    sandbox: sandbox?.id ?? '',
    namespaces: sandbox?.config.linux.namespaces ?? {network: '', ipc: '', pid: ''},
    qosClass: status?.qosClass ?? '',
    cgroupPath: worker?.cgroup ?? '',
    containers: [...(spec?.initContainers ?? []).map(container(true)), ...(spec?.containers ?? []).map(container(false))],
    ref: refOf(pod),
  };
}

function containerFacts(
  name: string,
  image: string,
  status: ContainerStatus | undefined,
  record: ContainerRecord | undefined,
  init: boolean,
): Omit<ContainerFacts, 'log'> {
  const {running, terminated, waiting} = status?.state ?? {};
  const exit =
    terminated && terminated.exitCode !== 0 ? `${terminated.reason ?? ''} (exit code ${terminated.exitCode})`.trim() : terminated?.reason;
  return {
    name,
    image,
    init,
    state: running ? 'Running' : terminated ? 'Terminated' : 'Waiting',
    reason: (exit ?? waiting?.reason ?? '').trim(),
    ready: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
    ...(record?.pid !== undefined && record.state === 'CONTAINER_RUNNING' && {pid: record.pid}),
  };
}

function cgroupOf(container: ContainerRecord, now: number): CgroupFacts {
  const {cpuShares = 2, cpuQuota, cpuPeriod, memoryLimitInBytes, oomScoreAdj = 0, cpusetCpus} = container.config.linux?.resources ?? {};
  return {
    cpuShares,
    oomScoreAdj,
    memory: container.state === 'CONTAINER_RUNNING' ? workingSet(container, now) : 0,
    ...(cpuQuota !== undefined && {cpuQuota, cpuPeriod: cpuPeriod!}),
    ...(memoryLimitInBytes && {memoryLimit: memoryLimitInBytes}),
    ...(cpusetCpus !== undefined && {cpuset: cpusetCpus}),
  };
}

/** The clock of a container that waits for its next start or its next pull. */
function backoffOf(
  worker: PodWorker | undefined,
  {name, image}: {name: string; image: string},
  status: ContainerStatus | undefined,
  record: ContainerRecord | undefined,
  now: number,
): BackoffFacts | undefined {
  const reason = status?.state?.waiting?.reason ?? '';
  const clock = (delay: number, since: number): BackoffFacts => ({reason, delayMs: delay, leftMs: Math.max(0, since + delay - now)});
  if (reason === CRASH_LOOP_BACK_OFF) {
    const entry = Object.entries(worker?.crashes ?? {}).find(([key]) => key.startsWith(`${name}_`))?.[1];
    return entry && record?.finishedAt !== undefined ? clock(entry.delay, record.finishedAt) : undefined;
  }
  const pull = /^(ErrImagePull|ImagePullBackOff)$/.test(reason) ? worker?.pulls[image]?.entry : undefined;
  return pull && clock(pull.delay, pull.lastUpdate);
}

/** The status of a pod's condition (`True`), or undefined where it has none of that type. */
export function conditionOf(pod: Pod, type: string): string | undefined {
  return pod.status?.conditions?.find(condition => condition.type === type)?.status;
}

/** One word for a pod, as kubectl's STATUS column puts it: a container's trouble goes before the phase. */
export function podState(object: KubeObject): {state: string; healthy: boolean} {
  const pod = object as Pod;
  const phase = pod.status?.phase ?? 'Pending';
  const trouble = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
    .map(status => status.state?.waiting?.reason ?? (status.state?.terminated?.exitCode ? status.state.terminated.reason : undefined))
    .find(reason => reason !== undefined && reason !== 'PodInitializing');
  if (pod.metadata.deletionTimestamp !== undefined) return {state: 'Terminating', healthy: false};
  if (phase === 'Running' && trouble === undefined) {
    const ready = conditionOf(pod, 'Ready') === 'True';
    return {state: ready ? 'Running' : 'Running, not ready', healthy: ready};
  }
  return {state: pod.status?.reason ?? trouble ?? phase, healthy: phase === 'Succeeded'};
}
