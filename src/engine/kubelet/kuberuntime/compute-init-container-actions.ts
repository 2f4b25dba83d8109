/**
 * Which init containers to start or kill. Scanned from the last to the first, for finished ones may have been removed already.
 * upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go computeInitContainerActions
 */

import {isRestartableInitContainer} from '../../api/pods.ts';
import type {Container, Pod} from '../../api/types.ts';
import {containerShouldRestart} from '../container/restart-policy.ts';
import {findContainerStatus, type RuntimeContainerStatus, type RuntimePodStatus} from '../container/types.ts';
import {containerChanged, type KillReason, type PodActions, type ProbeResults, shouldRestartOnFailure} from './pod-actions.ts';

const isInitContainerFailed = (status: RuntimeContainerStatus): boolean =>
  (status.state === 'exited' && status.exitCode !== 0) || status.state === 'unknown';

/** Adds to `actions` what the init containers need; true when the pod has been initialized. */
export function computeInitContainerActions(pod: Pod, status: RuntimePodStatus, probes: ProbeResults, actions: PodActions): boolean {
  const spec = pod.spec!;
  const inits = spec.initContainers ?? [];
  if (inits.length === 0) return true;

  // A created or running regular container proves that all init containers are through. An exited one does not: it may be of the previous sandbox.
  let podHasInitialized = spec.containers.some(({name}) => {
    const state = findContainerStatus(status, name)?.state;
    return state === 'created' || state === 'running';
  });
  let previouslyInitialized = podHasInitialized;
  const toStart: number[] = [];

  for (let i = inits.length - 1; i >= 0; i--) {
    const container = inits[i]!;
    const current = findContainerStatus(status, container.name);
    const restartable = isRestartableInitContainer(container);
    if (!current) {
      if (previouslyInitialized && restartable) toStart.push(i);
      continue;
    }
    if (previouslyInitialized && !restartable) continue;

    switch (current.state) {
      case 'created':
        // Created and started in one go; still `created` means the runtime failed to start it.
        toStart.push(i);
        break;
      case 'running': {
        if (!restartable) break;
        const verdict = inspectSidecar(container, current, probes);
        if (verdict.initialized) {
          if (i === inits.length - 1) podHasInitialized = true;
          else if (!previouslyInitialized) toStart.push(i + 1);
        }
        if (verdict.kill) {
          actions.containersToKill.push({id: current.id, name: container.name, ...verdict.kill});
          toStart.push(i);
        }
        break;
      }
      case 'exited':
        if (restartable) toStart.push(i);
        else if (isInitContainerFailed(current)) {
          if (!containerShouldRestart(container, spec, current.exitCode)) return giveUp(actions);
          toStart.push(i);
        } else if (i === inits.length - 1) podHasInitialized = true;
        else toStart.push(i + 1);
        break;
      default:
        if (!restartable && !(container.restartPolicy ? container.restartPolicy !== 'Never' : shouldRestartOnFailure(pod)))
          return giveUp(actions);
        actions.containersToKill.push({
          id: current.id,
          name: container.name,
          message: `Init container is in "${current.state}" state, try killing it before restart`,
          reason: 'Unknown',
        });
        toStart.push(i);
    }
    previouslyInitialized = true;
  }

  if (!previouslyInitialized) toStart.push(0);
  actions.initContainersToStart.push(...toStart.reverse());
  return podHasInitialized;
}

function giveUp(actions: PodActions): false {
  actions.killPod = true;
  actions.initContainersToStart = [];
  return false;
}

/** A running sidecar: it lets the next one start once it has started (not: is ready), and may have to be killed. */
function inspectSidecar(
  container: Container,
  current: RuntimeContainerStatus,
  probes: ProbeResults,
): {initialized: boolean; kill?: {message: string; reason: KillReason}} {
  const {name} = container;
  if (container.startupProbe) {
    const startup = probes.startup(current.id);
    if (startup === 'Failure')
      return {initialized: false, kill: {message: `Init container ${name} failed startup probe`, reason: 'StartupProbe'}};
    if (startup !== 'Success') return {initialized: false};
  }
  if (containerChanged(container, current))
    return {initialized: true, kill: {message: `Init container ${name} definition changed`, reason: ''}};
  if (container.livenessProbe && probes.liveness(current.id) === 'Failure')
    return {initialized: true, kill: {message: `Init container ${name} failed liveness probe`, reason: 'LivenessProbe'}};
  return {initialized: true};
}
