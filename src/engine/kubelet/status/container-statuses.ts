/** From what the runtime remembers to the container statuses of the API. upstream: pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses */

import {byName} from '../../api/order.ts';
import {initAndRegularContainers, isRestartableInitContainer} from '../../api/pods.ts';
import type {Container, ContainerStatus, Pod} from '../../api/types.ts';
import {shouldContainerBeRestarted} from '../container/restart-policy.ts';
import {hasAnyRegularContainerCreated} from '../container/started.ts';
import {findContainerStatus, type RuntimeContainerStatus, type RuntimePodStatus} from '../container/types.ts';
import {RESTARTING_ALL_CONTAINERS} from './phase.ts';

const CONTAINER_CREATING = 'ContainerCreating';
const POD_INITIALIZING = 'PodInitializing';
const CONTAINER_STATUS_UNKNOWN = 'ContainerStatusUnknown';
const LOST_WHEN_DELETED = 'The container could not be located when the pod was deleted.  The container used to be Running';
const LOST_WHEN_TERMINATED = 'The container could not be located when the pod was terminated';
const REMOVED_TO_RESTART_ALL = 'The container is removed because RestartAllContainers in place';
const INIT_ASSUMED_COMPLETED =
  'Unable to get init container status from container runtime and pod has been initialized, treat it as exited normally';

export interface WaitingReason {
  reason: string;
  message: string;
}

export interface ContainerStatusInput {
  pod: Pod;
  runtime: RuntimePodStatus;
  /** The statuses last reported. */
  previous: readonly ContainerStatus[];
  /** Those of the spec to report on. */
  containers: readonly Container[];
  isInitContainer: boolean;
  podRestarting: boolean;
  /** Why a container could not be started last time. upstream: pkg/kubelet/reason_cache.go */
  waitingReason(container: string): WaitingReason | undefined;
  /** RFC 3339 of a virtual time. */
  time(ms: number): string;
}

/** The API's container statuses, in name order (init containers: in the spec's order). */
export function convertToApiContainerStatuses(input: ContainerStatusInput): ContainerStatus[] {
  const {pod, runtime, containers, isInitContainer} = input;
  const old = new Map(input.previous.map(s => [s.name, s]));
  const statuses = new Map<string, ContainerStatus>();

  // 1. Nothing known yet: waiting, or what was reported last when that was an end.
  for (const container of containers) statuses.set(container.name, initialStatus(container, old.get(container.name), pod));

  // 2. Reported before, unknown to the runtime now.
  for (const {name} of containers) {
    const before = old.get(name);
    if (before && !findContainerStatus(runtime, name)) statuses.set(name, lostStatus(statuses.get(name)!, before, input));
  }

  // 3. What the runtime says: the newest instance is the state, the one before it the last state.
  const seen = new Map<string, number>();
  for (const current of runtime.containerStatuses) {
    const count = seen.get(current.name) ?? 0;
    if (!statuses.has(current.name) || count >= 2) continue;
    const status = convertOne(current, old.get(current.name), pod, input);
    if (count === 0) statuses.set(current.name, status);
    else statuses.set(current.name, {...statuses.get(current.name)!, lastState: status.state});
    seen.set(current.name, count + 1);
  }

  // 4. Those that could not be started and will be tried again are waiting.
  for (const container of containers) {
    const current = findContainerStatus(runtime, container.name);
    const status = statuses.get(container.name)!;
    if (isInitContainer) {
      if (current?.state === 'exited' && current.exitCode === 0) continue;
      const inferred =
        !current && status.state?.waiting && !isRestartableInitContainer(container) && hasAnyRegularContainerCreated(pod, runtime);
      if (inferred) {
        statuses.set(container.name, {
          ...status,
          state: {terminated: {reason: 'Completed', message: INIT_ASSUMED_COMPLETED, exitCode: 0}},
        });
        continue;
      }
    }
    if (!shouldContainerBeRestarted(container, pod, runtime)) continue;
    const waiting = input.waitingReason(container.name);
    if (!waiting) continue;
    statuses.set(container.name, {...status, state: {waiting}, ...(status.state?.terminated && {lastState: status.state})});
  }

  const result = containers.map(c => statuses.get(c.name)!);
  return isInitContainer ? result : result.sort(byName);
}

function initialStatus(container: Container, before: ContainerStatus | undefined, pod: Pod): ContainerStatus {
  if (before?.state?.terminated) return before;
  const mounts = container.volumeMounts?.map(({name, mountPath, readOnly}) => ({
    name,
    mountPath,
    ...(readOnly && {readOnly, recursiveReadOnly: 'Disabled'}),
  }));
  return {
    name: container.name,
    state: {waiting: {reason: pod.spec?.initContainers?.length ? POD_INITIALIZING : CONTAINER_CREATING}},
    ...(before?.lastState && {lastState: before.lastState}),
    ready: false,
    restartCount: before?.restartCount ?? 0,
    image: container.image ?? '',
    imageID: '',
    ...(mounts?.length && {volumeMounts: mounts}),
  } as ContainerStatus;
}

/** The runtime has lost a container that was reported. */
function lostStatus(status: ContainerStatus, before: ContainerStatus, {podRestarting, pod}: ContainerStatusInput): ContainerStatus {
  if (podRestarting && !before.state?.waiting)
    return {
      ...status,
      state: {waiting: {reason: RESTARTING_ALL_CONTAINERS, message: REMOVED_TO_RESTART_ALL}},
      lastState: {terminated: {reason: RESTARTING_ALL_CONTAINERS, message: REMOVED_TO_RESTART_ALL, exitCode: 137}},
      restartCount: before.restartCount + 1,
    };
  if (before.state?.terminated || !before.state?.running || status.lastState?.terminated) return status;
  // It ran; it must have ended, though nobody knows how. As last state, so that the pod does not fall back to Pending.
  return {
    ...status,
    lastState: {terminated: {reason: CONTAINER_STATUS_UNKNOWN, message: LOST_WHEN_DELETED, exitCode: 137}},
    restartCount: status.restartCount + (pod.metadata.deletionTimestamp ? 0 : 1),
  };
}

function convertOne(
  current: RuntimeContainerStatus,
  before: ContainerStatus | undefined,
  pod: Pod,
  {podRestarting, time}: ContainerStatusInput,
): ContainerStatus {
  const containerID = current.id;
  const status: ContainerStatus = {
    name: current.name,
    state: {},
    ready: false,
    restartCount: Math.max(current.restartCount, before?.restartCount ?? 0),
    image: current.image,
    imageID: current.imageRef,
    containerID,
  };
  const mounts = (before as {volumeMounts?: unknown} | undefined)?.volumeMounts;
  if (mounts) Object.assign(status, {volumeMounts: mounts});
  const last = before?.containerID !== containerID && before?.state?.terminated ? before.state.terminated : before?.lastState?.terminated;
  if (last) status.lastState = {terminated: last};

  switch (current.state) {
    case 'running': {
      status.state = {running: current.startedAt === undefined ? {} : {startedAt: time(current.startedAt)}};
      if (before?.state?.terminated && before.restartCount >= current.restartCount) status.restartCount = before.restartCount + 1;
      if (before?.started !== undefined) status.started = before.started;
      break;
    }
    case 'exited':
      status.state = {
        terminated: {
          exitCode: current.exitCode,
          ...(current.reason && {reason: current.reason}),
          ...(current.message && {message: current.message}),
          ...(current.startedAt !== undefined && {startedAt: time(current.startedAt)}),
          ...(current.finishedAt !== undefined && {finishedAt: time(current.finishedAt)}),
          containerID,
        },
      };
      break;
    case 'unknown':
      if (before?.state?.running) {
        status.state = {
          terminated: {
            reason: podRestarting ? RESTARTING_ALL_CONTAINERS : CONTAINER_STATUS_UNKNOWN,
            message: LOST_WHEN_TERMINATED,
            exitCode: 137,
          },
        };
        status.restartCount = before.restartCount + 1;
        break;
      }
      status.state = {waiting: {}};
      break;
    default:
      status.state = {waiting: {}};
  }
  const container = initAndRegularContainers(pod.spec).find(c => c.name === current.name);
  if (container) {
    const {resources = {}} = container;
    // That there are none is told too: a pod may be resized only where its kubelet tells what containers have.
    Object.assign(status, {resources, ...(resources.requests && {allocatedResources: resources.requests})});
  }
  return status;
}
