/** How far a pod's containers have come. upstream: pkg/kubelet/container/helpers.go, pkg/kubelet/kuberuntime/kuberuntime_container.go */
import type {ContainerStatus, Pod, PodSpec} from '../../api/types.ts';
import {findContainerStatus, type RuntimePodStatus} from './types.ts';

/** A regular container is running or exited in the pod's current sandbox. */
export function hasAnyActiveRegularContainerStarted(spec: PodSpec, status: RuntimePodStatus): boolean {
  if (!status.sandboxStatuses.some(s => s.state === 'SANDBOX_READY')) return false;
  const sandbox = status.sandboxStatuses[0]!;
  return spec.containers.some(({name}) => {
    const current = findContainerStatus(status, name);
    if (!current) return false;
    return current.state === 'running' || (current.state === 'exited' && current.createdAt >= sandbox.createdAt);
  });
}

/** By the API's statuses: a regular container runs or has ended. */
export const hasAnyRegularContainerStarted = (spec: PodSpec, statuses: readonly ContainerStatus[]): boolean =>
  (spec.containers ?? []).some(({name}) => {
    const status = statuses.find(s => s.name === name);
    return Boolean(status?.state?.running || status?.state?.terminated);
  });

/** The runtime knows a regular container in any state but unknown. */
export const hasAnyRegularContainerCreated = (pod: Pod, status: RuntimePodStatus): boolean =>
  pod.spec!.containers.some(({name}) => {
    const current = findContainerStatus(status, name);
    return current !== undefined && current.state !== 'unknown';
  });
