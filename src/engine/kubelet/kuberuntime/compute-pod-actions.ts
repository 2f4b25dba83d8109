/**
 * What has to be done to bring a pod's containers from what the runtime has to what the spec wants.
 * upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions
 */
import type {Container, Pod} from '../../api/types.ts';
import {allContainersRestartCleanedUp, shouldAllContainersRestart} from '../container/restart-all.ts';
import {shouldContainerBeRestarted} from '../container/restart-policy.ts';
import {hasAnyRegularContainerCreated} from '../container/started.ts';
import {findContainerStatus, type RuntimeContainerStatus, type RuntimePodStatus} from '../container/types.ts';
import {computeInitContainerActions} from './compute-init-container-actions.ts';
import {
  containerChanged,
  type KillReason,
  noProbeResults,
  type PodActions,
  type ProbeResults,
  shouldRestartOnFailure,
} from './pod-actions.ts';
import {podSandboxChanged} from './pod-sandbox-changed.ts';

/** Computes the actions of one sync of a pod. */
export function computePodActions(pod: Pod, status: RuntimePodStatus, probes: ProbeResults = noProbeResults): PodActions {
  const spec = pod.spec!;
  const {changed, attempt, sandboxId} = podSandboxChanged(pod, status);
  const actions: PodActions = {
    killPod: changed,
    createSandbox: changed,
    sandboxId,
    attempt,
    initContainersToStart: [],
    containersToStart: [],
    ephemeralContainersToStart: [],
    containersToKill: [],
    containersToReset: [],
  };
  if (changed) return startOver(pod, status, actions);

  // 1. All containers restart in place: nothing is started before the old ones are gone.
  if (shouldAllContainersRestart(pod, status, pod.status) && !allContainersRestartCleanedUp(pod, status)) return resetAll(status, actions);

  // 2. Ephemeral containers: started once, even before initialization is complete.
  (spec.ephemeralContainers ?? []).forEach((container, index) => {
    if (!findContainerStatus(status, container.name)) actions.ephemeralContainersToStart.push(index);
  });

  // 3. Init containers: until they are through, nothing else is looked at.
  if (!computeInitContainerActions(pod, status, probes, actions) || actions.killPod) return actions;

  // 4. Regular containers.
  let keep = 0;
  spec.containers.forEach((container, index) => {
    if (!inspectContainer(pod, container, index, status, probes, actions)) return;
    keep++;
  });
  if (keep === 0 && actions.containersToStart.length === 0) {
    actions.killPod = true;
    // Sidecars must not keep alive a pod that is done.
    actions.initContainersToStart = [];
  }
  return actions;
}

/** A new sandbox is needed: everything is killed and begins again, unless the pod has run to its end. */
function startOver(pod: Pod, status: RuntimePodStatus, actions: PodActions): PodActions {
  const spec = pod.spec!;
  // The pod's own policy alone decides: no container's (a sidecar's is always Always) gives it another sandbox.
  if (!shouldRestartOnFailure(pod) && actions.attempt !== 0 && status.containerStatuses.length !== 0)
    return {...actions, createSandbox: false};
  const toStart = spec.containers.flatMap((container, index) => {
    const onFailure = (container.restartPolicy ?? spec.restartPolicy) === 'OnFailure';
    return onFailure && containerSucceeded(container.name, status) ? [] : [index];
  });
  if (toStart.length === 0 && hasAnyRegularContainerCreated(pod, status)) return {...actions, createSandbox: false};
  if (spec.initContainers?.length) return {...actions, initContainersToStart: [0]};
  return {...actions, containersToStart: toStart};
}

const containerSucceeded = (name: string, status: RuntimePodStatus): boolean => {
  const current = findContainerStatus(status, name);
  return current?.state === 'exited' && current.exitCode === 0;
};

function resetAll(status: RuntimePodStatus, actions: PodActions): PodActions {
  for (const {id, name, state} of status.containerStatuses) {
    if (state === 'running')
      actions.containersToKill.push({
        id,
        name,
        message: `Container ${name} is stopped to restart all containers`,
        reason: 'RestartAllContainers',
      });
    actions.containersToReset.push(id);
  }
  return actions;
}

/** Looks at one regular container; true when it runs and stays. */
function inspectContainer(
  pod: Pod,
  container: Container,
  index: number,
  status: RuntimePodStatus,
  probes: ProbeResults,
  actions: PodActions,
): boolean {
  const current = findContainerStatus(status, container.name);
  if (current?.state !== 'running') {
    if (!shouldContainerBeRestarted(container, pod, status)) return false;
    actions.containersToStart.push(index);
    // It may still run: never two instances at once.
    if (current?.state === 'unknown')
      actions.containersToKill.push({
        id: current.id,
        name: current.name,
        message: `Container is in "${current.state}" state, try killing it before restart`,
        reason: 'Unknown',
      });
    return false;
  }
  const verdict = killVerdict(container, current, probes);
  if (!verdict) return true;
  const restart = verdict.always || (container.restartPolicy ? container.restartPolicy !== 'Never' : shouldRestartOnFailure(pod));
  if (restart) actions.containersToStart.push(index);
  actions.containersToKill.push({
    id: current.id,
    name: current.name,
    message: restart ? `${verdict.message}, will be restarted` : verdict.message,
    reason: verdict.reason,
  });
  return false;
}

function killVerdict(
  container: Container,
  current: RuntimeContainerStatus,
  probes: ProbeResults,
): {message: string; reason: KillReason; always?: boolean} | undefined {
  if (containerChanged(container, current)) return {message: `Container ${container.name} definition changed`, reason: '', always: true};
  if (probes.liveness(current.id) === 'Failure')
    return {message: `Container ${container.name} failed liveness probe`, reason: 'LivenessProbe'};
  if (probes.startup(current.id) === 'Failure')
    return {message: `Container ${container.name} failed startup probe`, reason: 'StartupProbe'};
  return undefined;
}
