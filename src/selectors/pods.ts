import type {ContainerStatus, KubeObject, Pod, Stored} from '../engine/api/types.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {ContainerFacts, PodFacts} from './facts.ts';
import {isSystem, objectsOf, refOf} from './objects.ts';

/** The learner's pods with their containers, the youngest first. */
export function podFacts(machine: Machine): PodFacts[] {
  return objectsOf(machine, 'pods')
    .filter(pod => !isSystem(pod))
    .toSorted((one, other) => Number(other.metadata.resourceVersion) - Number(one.metadata.resourceVersion))
    .map(factsOf);
}

function factsOf(pod: Stored<Pod>): PodFacts {
  const {spec, status} = pod;
  const waiting = new Map([...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(each => [each.name, each]));
  const container = (init: boolean) => (each: {name: string; image?: string}) =>
    containerFacts(each.name, each.image ?? '', waiting.get(each.name), init);
  return {
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    node: spec?.nodeName ?? '',
    phase: podState(pod).state,
    ip: status?.podIP ?? '',
    sandbox: conditionOf(pod, 'PodReadyToStartContainers') === 'True' ? 'ready' : '',
    containers: [...(spec?.initContainers ?? []).map(container(true)), ...(spec?.containers ?? []).map(container(false))],
    ref: refOf(pod),
  };
}

function containerFacts(name: string, image: string, status: ContainerStatus | undefined, init: boolean): ContainerFacts {
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
