/** What the runtime says of a pod, as the kubelet's functions want it. upstream: pkg/kubelet/kuberuntime GetPodStatus, pleg getPodIPs */
import {type Cri, type CriContainerStatus, type CriPod, HASH_ANNOTATION, RESTART_COUNT_ANNOTATION} from '../api/cri.ts';
import {emptyPodStatus, type RuntimeContainerStatus, type RuntimePodStatus, type RuntimeState} from './container/types.ts';

const states: Readonly<Record<CriContainerStatus['state'], RuntimeState>> = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  CONTAINER_UNKNOWN: 'unknown',
};

/** A container's id as the API shows it. */
export const apiContainerId = (runtime: string, id: string): string => `${runtime}://${id}`;

/** The runtime's id in one that the API shows. */
export const runtimeContainerId = (id: string): string => id.replace(/^[a-z-]+:\/\//, '');

const containerStatus = (runtime: string, c: CriContainerStatus): RuntimeContainerStatus => ({
  id: apiContainerId(runtime, c.id),
  name: c.metadata.name,
  state: states[c.state],
  createdAt: c.createdAt,
  ...(c.startedAt !== undefined && {startedAt: c.startedAt}),
  ...(c.finishedAt !== undefined && {finishedAt: c.finishedAt}),
  exitCode: c.exitCode,
  ...(c.reason && {reason: c.reason}),
  ...(c.message && {message: c.message}),
  image: c.image,
  imageRef: c.imageRef,
  restartCount: Number(c.annotations[RESTART_COUNT_ANNOTATION] ?? 0),
  hash: c.annotations[HASH_ANNOTATION] ?? '',
});

/** `known`: the addresses seen last; a pod without a ready sandbox keeps them. */
function runtimePodStatus(runtime: string, pod: CriPod | undefined, known: readonly string[]): RuntimePodStatus {
  if (!pod) return {...emptyPodStatus, ips: known};
  const sandboxStatuses = pod.sandboxes.map(s => ({
    id: s.id,
    attempt: s.metadata.attempt,
    state: s.state,
    hostNetwork: s.linux.namespaces.network === 'NODE',
    ...(s.network && {ip: s.network.ip}),
    createdAt: s.createdAt,
  }));
  const ready = sandboxStatuses.find(s => s.state === 'SANDBOX_READY');
  return {ips: ready?.ip ? [ready.ip] : known, sandboxStatuses, containerStatuses: pod.containers.map(c => containerStatus(runtime, c))};
}

export const readRuntimeStatus = (cri: Cri, uid: string, known: readonly string[]): RuntimePodStatus =>
  runtimePodStatus(cri.version().runtimeName, cri.podStatus(uid), known);
