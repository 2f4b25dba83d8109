/** What the kubelet answers to `kubectl logs`. upstream: pkg/kubelet/kubelet_pods.go validateContainerLogStatus, kuberuntime/logs */

import {EPOCH, timeOf} from '../../api/clock.ts';
import {CriError, type LogLine} from '../../api/cri.ts';
import type {PodLogOptions} from '../../api/pod-log-options.ts';
import {containerStatusOf} from '../../api/pods.ts';
import {rfc3339Micro} from '../../api/time.ts';
import type {ContainerStatus, PodStatus} from '../../api/types.ts';
import {runtimeContainerId} from '../runtime-status.ts';
import type {Kubelet} from '../types.ts';
import {listWorkers, podOf} from '../workers.ts';

/** A request the kubelet refuses, in its words; the API server answers 400 with them. */
export class LogError extends Error {}

/** The text of a container's log. Throws LogError. */
export function containerLogs(kubelet: Kubelet, namespace: string, name: string, options: PodLogOptions): string {
  const worker = listWorkers(kubelet.ctx).find(w => w.namespace === namespace && w.name === name);
  const pod = worker && podOf(kubelet, worker);
  if (!worker || !pod) throw new LogError(`pod "${name}" cannot be found - no logs available`);
  const container = options.container ?? pod.spec!.containers[0]!.name;
  const id = containerIdForLogs(worker.status ?? pod.status ?? {}, name, container, options.previous ?? false);
  let lines: readonly LogLine[];
  try {
    kubelet.cri!.containerStatus(id);
    lines = kubelet.cri!.readLog(id);
  } catch (error) {
    if (error instanceof CriError)
      throw new LogError(`unable to retrieve container logs for ${kubelet.cri!.version().runtimeName}://${id}`);
    throw error;
  }
  const since =
    options.sinceSeconds !== undefined
      ? kubelet.now - options.sinceSeconds * 1000
      : options.sinceTime
        ? timeOf(options.sinceTime)
        : Number.NEGATIVE_INFINITY;
  const recent = lines.filter(line => line.at >= since);
  const chosen = options.tailLines === undefined ? recent : options.tailLines === 0 ? [] : recent.slice(-options.tailLines);
  const text = chosen
    .map(line => `${options.timestamps ? `${rfc3339Micro(EPOCH + line.at).replace(/Z$/, '000Z')} ` : ''}${line.text}\n`)
    .join('');
  return options.limitBytes === undefined ? text : text.slice(0, options.limitBytes);
}

/** Which instance's log is meant. */
function containerIdForLogs(status: PodStatus, pod: string, container: string, previous: boolean): string {
  const found = containerStatusOf(status, container);
  if (!found) throw new LogError(`container "${container}" in pod "${pod}" is not available`);
  const id = chosenId(found, pod, previous);
  if (!id)
    throw new LogError(
      previous
        ? `previous terminated container "${container}" in pod "${pod}" not found`
        : `container "${container}" in pod "${pod}" is terminated`,
    );
  return runtimeContainerId(id);
}

function chosenId({name, state, lastState, containerID}: ContainerStatus, pod: string, previous: boolean): string | undefined {
  const last = lastState?.terminated?.containerID;
  if (previous) return last;
  if (state?.running) return containerID;
  if (state?.terminated) return state.terminated.containerID || last;
  if (lastState?.terminated) return last;
  const reason = state?.waiting?.reason;
  if (!state?.waiting) throw new LogError(`container "${name}" in pod "${pod}" is waiting to start - no logs yet`);
  if (reason === 'ErrImagePull') throw new LogError(`container "${name}" in pod "${pod}" is waiting to start: image can't be pulled`);
  if (reason === 'ImagePullBackOff')
    throw new LogError(`container "${name}" in pod "${pod}" is waiting to start: trying and failing to pull image`);
  throw new LogError(`container "${name}" in pod "${pod}" is waiting to start: ${reason}`);
}
