/** upstream: pkg/kubelet/kubelet_pods.go getPhase */

import {isRestartableInitContainer} from '../../api/pods.ts';
import type {ContainerStatus, Pod} from '../../api/types.ts';
import {containerShouldRestart} from '../container/restart-policy.ts';
import type {RuledContainer} from '../container/types.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export const RESTARTING_ALL_CONTAINERS = 'RestartingAllContainers';

const isStaticPod = (pod: Pod): boolean => {
  const source = pod.metadata.annotations?.['kubernetes.io/config.source'];
  return source !== undefined && source !== 'api';
};

/**
 * A pod's phase from its container statuses (app and init together). `podIsTerminal`: no container will be started again whatever the policy.
 * `podHasInitialized`: a regular container has been started in the current sandbox.
 */
export function getPhase(pod: Pod, statuses: readonly ContainerStatus[], podIsTerminal: boolean, podHasInitialized: boolean): PodPhase {
  const spec = pod.spec!;
  const find = (name: string) => statuses.find(s => s.name === name);
  /** The container ended with this and will not run again. */
  const final = (container: RuledContainer, terminated: {exitCode: number; reason?: string}) =>
    !containerShouldRestart(container, spec, terminated.exitCode) && terminated.reason !== RESTARTING_ALL_CONTAINERS;

  // 1. Ordinary init containers.
  let pendingInit = 0;
  let failedInit = 0;
  // 2. Sidecars and regular containers.
  let pendingSidecars = 0;
  let unknown = 0;
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let stoppedForGood = 0;
  let succeeded = 0;

  for (const container of spec.initContainers ?? []) {
    const status = find(container.name);
    const state = status?.state;
    if (isRestartableInitContainer(container)) {
      if (!status) unknown++;
      else if (state?.running) {
        if (!status.started) pendingSidecars++;
        running++;
      } else if (state?.waiting) {
        // One that ended before does not count.
        if (status.lastState?.terminated) continue;
        pendingSidecars++;
        waiting++;
      } else if (!state?.terminated) {
        pendingSidecars++;
        unknown++;
      }
      continue;
    }
    const ended = state?.running ? undefined : (state?.terminated ?? (state?.waiting ? status?.lastState?.terminated : undefined));
    if (!ended) pendingInit++;
    else if (ended.exitCode !== 0 && final(container, ended)) failedInit++;
  }

  for (const container of spec.containers ?? []) {
    const status = find(container.name);
    const state = status?.state;
    if (state?.running) running++;
    else if (state?.terminated) {
      stopped++;
      if (final(container, state.terminated)) stoppedForGood++;
      if (state.terminated.exitCode === 0) succeeded++;
    } else if (state?.waiting) {
      const last = status?.lastState?.terminated;
      if (!last) waiting++;
      else {
        stopped++;
        if (final(container, last)) stoppedForGood++;
      }
    } else unknown++;
  }

  if (failedInit > 0) return 'Failed';
  if (pendingInit > 0 || (pendingSidecars > 0 && !podHasInitialized) || waiting > 0) return 'Pending';
  if (running > 0 && unknown === 0) return 'Running';
  if (running === 0 && stopped > 0 && unknown === 0) {
    if (podIsTerminal && !isStaticPod(pod)) return stopped === succeeded ? 'Succeeded' : 'Failed';
    if (stopped !== stoppedForGood) return 'Running';
    return stopped === succeeded ? 'Succeeded' : 'Failed';
  }
  return 'Pending';
}
