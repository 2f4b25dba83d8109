/**
 * Whether a container that ended is started again: its own rules, then its own policy, then the pod's.
 * upstream: pkg/api/v1/pod/util.go (ContainerShouldRestart), pkg/kubelet/container/helpers.go (ShouldContainerBeRestarted)
 */
import type {Pod, PodSpec} from '../../api/types.ts';
import {type ContainerRestartRule, findContainerStatus, type RuledContainer, type RuntimePodStatus} from './types.ts';

/** The first of a container's restart rules that speaks of this exit code. */
export function matchingRestartRule(container: RuledContainer, exitCode: number): ContainerRestartRule | undefined {
  return container.restartPolicyRules?.find(({exitCodes}) => {
    if (!exitCodes) return false;
    const listed = (exitCodes.values ?? []).includes(exitCode);
    return exitCodes.operator === 'In' ? listed : !listed;
  });
}

/** Whether a container that exited with this code is to run again. */
export function containerShouldRestart(container: RuledContainer, spec: PodSpec, exitCode: number): boolean {
  if (container.restartPolicy && matchingRestartRule(container, exitCode)) return true;
  switch (container.restartPolicy ?? spec.restartPolicy) {
    case 'Never':
      return false;
    case 'OnFailure':
      return exitCode !== 0;
    default:
      return true;
  }
}

/** Whether the next sync is to start the container, given what the runtime knows of it. */
export function shouldContainerBeRestarted(container: RuledContainer, pod: Pod, status: RuntimePodStatus): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  const current = findContainerStatus(status, container.name);
  if (!current) return true;
  if (current.state === 'running') return false;
  if (current.state !== 'exited') return true;
  return containerShouldRestart(container, pod.spec!, current.exitCode);
}
