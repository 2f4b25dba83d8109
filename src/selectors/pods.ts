import type {ContainerStatus, KubeObject, Pod, Stored} from '../engine/api/types.ts';
import {readMemory} from '../engine/client/memory.ts';
import type {Machine} from '../engine/machine/machine.ts';
import {runtimeOwner} from '../engine/runtime/node.ts';
import {type ContainerRecord, LOGS, type LogRecord, PODS, type PodRecord} from '../engine/runtime/types.ts';
import type {ContainerFacts, PodFacts} from './facts.ts';
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
  const record = runtime.get<PodRecord>(PODS, pod.metadata.uid);
  const sandbox = record?.sandboxes.find(each => each.state === 'SANDBOX_READY');
  const waiting = new Map([...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(each => [each.name, each]));
  const container =
    (init: boolean) =>
    ({name, image = ''}: {name: string; image?: string}): ContainerFacts => {
      const running = record?.containers.find(each => each.config.metadata.name === name);
      const log = running && runtime.get<LogRecord>(LOGS, running.id)?.lines.at(-1)?.text;
      return {...containerFacts(name, image, waiting.get(name), running, init), log: log ?? ''};
    };
  return {
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    node: spec?.nodeName ?? '',
    phase: podState(pod).state,
    ip: status?.podIP ?? sandbox?.ip ?? '',
    sandbox: sandbox?.id ?? '',
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
