/**
 * The rule RestartAllContainers: one container's exit makes the kubelet remove and start again all of the pod's containers, in place.
 * upstream: pkg/kubelet/container/helpers.go (ShouldAllContainersRestart, AllContainersRestartCleanedUp)
 */
import {initAndRegularContainers} from '../../api/pods.ts';
import type {Pod, PodStatus} from '../../api/types.ts';
import {matchingRestartRule} from './restart-policy.ts';
import {findContainerStatus, type RuledContainer, type RuntimePodStatus} from './types.ts';

const containersOf = (pod: Pod): RuledContainer[] => initAndRegularContainers(pod.spec);

/** Whether a container of the pod has such a rule at all. */
export const allContainersCouldRestart = (pod: Pod): boolean =>
  containersOf(pod).some(c => c.restartPolicyRules?.some(rule => rule.action === 'RestartAllContainers'));

/** Whether the pod is restarting in place: it was already, or a container ended with a code whose rule says so. */
export function shouldAllContainersRestart(pod: Pod, status: RuntimePodStatus, old: PodStatus | undefined): boolean {
  if (!allContainersCouldRestart(pod)) return false;
  if (old?.conditions?.some(c => c.type === 'AllContainersRestarting' && c.status === 'True')) return true;
  return containersOf(pod).some(container => {
    const current = findContainerStatus(status, container.name);
    return current?.state === 'exited' && matchingRestartRule(container, current.exitCode)?.action === 'RestartAllContainers';
  });
}

/** Whether the runtime no longer holds any of the pod's containers, so they can be started anew. */
export const allContainersRestartCleanedUp = (pod: Pod, status: RuntimePodStatus): boolean =>
  containersOf(pod).every(container => !findContainerStatus(status, container.name));
