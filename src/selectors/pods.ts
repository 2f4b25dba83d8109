import type {ContainerStatus, Pod, Stored} from '../engine/api/types.ts';
import {MIRROR_POD_ANNOTATION} from '../engine/api/well-known.ts';
import {readMemory} from '../engine/client/memory.ts';
import {CRASH_LOOP_BACK_OFF} from '../engine/kubelet/start-container.ts';
import {KUBELET, type PodWorker, WORKERS} from '../engine/kubelet/types.ts';
import type {Machine} from '../engine/machine/machine.ts';
import {runtimeOwner} from '../engine/runtime/node.ts';
import {type ContainerRecord, LOGS, type LogRecord, PODS, type PodRecord} from '../engine/runtime/types.ts';
import {workingSet} from '../engine/runtime/usage.ts';
import {CAPS} from './caps.ts';
import {noteworthy, podCrowds, podsOf} from './crowds.ts';
import type {BackoffFacts, CgroupFacts, ContainerFacts, PodCensusFacts, PodFacts} from './facts/kubelet.ts';
import {isSystem, objectsOf, refOf} from './objects.ts';
import {podState} from './pod-state.ts';
import type {Ref} from './styled.ts';

/** How many pods the learner has. */
export function podCensus(machine: Machine): PodCensusFacts {
  const {all, running} = podCrowds(machine).all;
  return {all: all.size, running};
}

/** The learner's pods with their containers, those that changed last first; of many those that are looked at, are not well or have changed. */
export function podsSeen(machine: Machine, selected: Ref | undefined): PodFacts[] {
  return noteworthy(podCrowds(machine).all, CAPS.pods, podsOf(machine, selected))
    .toSorted((one, other) => other.modRevision - one.modRevision)
    .map(({value}) => factsOf(machine, value));
}

/** All of the learner's pods with their containers, those that changed last first. */
export function podFacts(machine: Machine): PodFacts[] {
  return objectsOf(machine, 'pods')
    .filter(pod => !isSystem(pod))
    .toSorted((one, other) => Number(other.metadata.resourceVersion) - Number(one.metadata.resourceVersion))
    .map(pod => factsOf(machine, pod));
}

/** What is told of a pod, beside the pod itself. */
interface Sources {
  readonly worker: PodWorker | undefined;
  readonly record: PodRecord | undefined;
  /** The youngest instance of each of its containers in the runtime, by name, and its log. */
  readonly instances: ReadonlyMap<string, {readonly record: ContainerRecord; readonly log: LogRecord | undefined}>;
  readonly now: number;
}

function sourcesOf(machine: Machine, pod: Stored<Pod>): Sources {
  const node = pod.spec?.nodeName ?? '';
  const uid = pod.metadata.annotations?.[MIRROR_POD_ANNOTATION] ?? pod.metadata.uid;
  const runtime = readMemory(machine, runtimeOwner(node));
  const record = runtime.get<PodRecord>(PODS, uid);
  const instances: [string, {record: ContainerRecord; log: LogRecord | undefined}][] = (record?.containers ?? []).map(container => [
    container.config.metadata.name,
    {record: container, log: runtime.get<LogRecord>(LOGS, container.id)},
  ]);
  return {
    worker: readMemory(machine, `${KUBELET}/${node}`).get<PodWorker>(WORKERS, uid),
    record,
    // Of several of one name, the first is told of.
    instances: new Map(instances.toReversed()),
    now: machine.now,
  };
}

const told = new WeakMap<Stored<Pod>, {readonly sources: Sources; readonly facts: PodFacts}>();

/** Made anew only where something has changed, or changes with time. */
function factsOf(machine: Machine, pod: Stored<Pod>): PodFacts {
  const sources = sourcesOf(machine, pod);
  const known = told.get(pod);
  if (known && same(known.sources, sources) && (known.sources.now === sources.now || isStill(known))) return known.facts;
  const facts = madeOf(pod, sources);
  told.set(pod, {sources, facts});
  return facts;
}

const same = (one: Sources, other: Sources): boolean =>
  one.worker === other.worker &&
  one.record === other.record &&
  [...one.instances].every(([name, {log}]) => other.instances.get(name)?.log === log);

/** No clock runs in it, and no memory grows. */
const isStill = ({sources, facts}: {readonly sources: Sources; readonly facts: PodFacts}): boolean =>
  facts.containers.every(({backoff}) => !backoff) &&
  [...sources.instances.values()].every(({record}) => (record.process?.memory.perSecond ?? 0) === 0);

function madeOf(pod: Stored<Pod>, {worker, record, instances, now}: Sources): PodFacts {
  const {spec, status} = pod;
  const sandbox = record?.sandboxes.find(each => each.state === 'SANDBOX_READY');
  const statuses = new Map([...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(each => [each.name, each]));
  const container =
    (init: boolean) =>
    ({name, image = ''}: {name: string; image?: string}): ContainerFacts => {
      const instance = instances.get(name);
      const backoff = backoffOf(worker, {name, image}, statuses.get(name), instance?.record, now);
      return {
        ...containerFacts(name, image, statuses.get(name), instance?.record, init),
        log: instance?.log?.lines.at(-1)?.text ?? '',
        ...(instance && {cgroup: cgroupOf(instance.record, now)}),
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
