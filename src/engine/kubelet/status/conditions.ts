/** The pod conditions the kubelet owns. upstream: pkg/kubelet/status/generate.go */

import {isRestartableInitContainer} from '../../api/pods.ts';
import type {ContainerStatus, Pod, PodStatus} from '../../api/types.ts';
import {allContainersRestartCleanedUp, shouldAllContainersRestart} from '../container/restart-all.ts';
import {hasAnyRegularContainerStarted} from '../container/started.ts';
import type {RuntimePodStatus} from '../container/types.ts';
import {podSandboxChanged} from '../kuberuntime/pod-sandbox-changed.ts';

/** A condition without its times, which the status manager sets. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
}

const UNKNOWN_CONTAINER_STATUSES = 'UnknownContainerStatuses';
const POD_COMPLETED = 'PodCompleted';
const POD_FAILED = 'PodFailed';
const CONTAINERS_NOT_READY = 'ContainersNotReady';
const CONTAINERS_NOT_INITIALIZED = 'ContainersNotInitialized';
const READINESS_GATES_NOT_READY = 'ReadinessGatesNotReady';
const RESTART_ALL_CONTAINERS_STARTED = 'RestartAllContainersStarted';

/** The types the kubelet sets on every sync; conditions of other types on a pod are left alone. */
export const kubeletConditions: readonly string[] = [
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'AllContainersRestarting',
  'PodResizePending',
  'PodResizeInProgress',
];

type Statuses = readonly ContainerStatus[] | undefined;

/** Go prints a list of names as [a b]. */
const list = (names: readonly string[]): string => `[${names.join(' ')}]`;

const unready = (what: readonly [string, readonly string[]][]): string =>
  what
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => `containers with ${word} status: ${list(names)}`)
    .join(', ');

/** True when every sidecar and regular container is ready. `statuses` undefined = nothing known at all. */
export function containersReadyCondition(pod: Pod, statuses: Statuses, phase: string): Condition {
  const type = 'ContainersReady';
  if (!statuses) return {type, status: 'False', reason: UNKNOWN_CONTAINER_STATUSES};
  const counted = [...(pod.spec?.initContainers ?? []).filter(isRestartableInitContainer), ...(pod.spec?.containers ?? [])];
  const ready = new Map(statuses.map(s => [s.name, s.ready]));
  const unknownNames = counted.filter(c => !ready.has(c.name)).map(c => c.name);
  const unreadyNames = counted.filter(c => ready.get(c.name) === false).map(c => c.name);
  if (phase === 'Succeeded' && unknownNames.length === 0) return {type, status: 'False', reason: POD_COMPLETED};
  if (phase === 'Failed') return {type, status: 'False', reason: POD_FAILED};
  const message = unready([
    ['unknown', unknownNames],
    ['unready', unreadyNames],
  ]);
  return message ? {type, status: 'False', reason: CONTAINERS_NOT_READY, message} : {type, status: 'True'};
}

/** ContainersReady, and every readiness gate's condition is True among `conditions`. */
export function podReadyCondition(pod: Pod, conditions: readonly Condition[], statuses: Statuses, phase: string): Condition {
  const type = 'Ready';
  const containers = containersReadyCondition(pod, statuses, phase);
  if (containers.status !== 'True') return {...containers, type};
  const messages = (pod.spec?.readinessGates ?? []).flatMap(({conditionType}) => {
    const condition = conditions.find(c => c.type === conditionType);
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === 'True'
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  return messages.length > 0
    ? {type, status: 'False', reason: READINESS_GATES_NOT_READY, message: messages.join(', ')}
    : {type, status: 'True'};
}

/** True when every init container has done its part: an ordinary one completed, a sidecar started. */
export function podInitializedCondition(pod: Pod, old: PodStatus | undefined, statuses: Statuses, phase: string): Condition {
  const type = 'Initialized';
  const inits = pod.spec?.initContainers ?? [];
  if (!statuses && inits.length > 0) return {type, status: 'False', reason: UNKNOWN_CONTAINER_STATUSES};
  const found = new Map((statuses ?? []).map(s => [s.name, s]));
  const unknownNames = inits.filter(c => !found.has(c.name)).map(c => c.name);
  const incomplete = inits
    .filter(c => {
      const status = found.get(c.name);
      return status && !(isRestartableInitContainer(c) ? status.started : status.ready);
    })
    .map(c => c.name);
  if (phase === 'Succeeded' && unknownNames.length === 0) return {type, status: 'True', reason: POD_COMPLETED};
  // Sidecars may be restarting in a pod that has long been initialized.
  if (hasAnyRegularContainerStarted(pod.spec!, statuses ?? [])) return {type, status: 'True'};
  const message = unready([
    ['unknown', unknownNames],
    ['incomplete', incomplete],
  ]);
  if (!message) return {type, status: 'True'};
  if (old?.conditions?.some(c => c.type === type && c.status === 'True')) return {type, status: 'True'};
  return {type, status: 'False', reason: CONTAINERS_NOT_INITIALIZED, message};
}

/** True once a sandbox stands and has its network. */
export const podReadyToStartContainersCondition = (pod: Pod, status: RuntimePodStatus): Condition => ({
  type: 'PodReadyToStartContainers',
  status: podSandboxChanged(pod, status).changed ? 'False' : 'True',
});

/** Set on pods with a rule RestartAllContainers only. */
export function allContainersRestartingCondition(pod: Pod, status: RuntimePodStatus, old: PodStatus | undefined, phase: string): Condition {
  const type = 'AllContainersRestarting';
  if (phase === 'Succeeded') return {type, status: 'False', reason: POD_COMPLETED};
  if (phase === 'Failed') return {type, status: 'False', reason: POD_FAILED};
  if (!shouldAllContainersRestart(pod, status, old) || allContainersRestartCleanedUp(pod, status)) return {type, status: 'False'};
  return {type, status: 'True', reason: RESTART_ALL_CONTAINERS_STARTED, message: 'container exited with restart policy rule'};
}
