/** What the kubelet answers to `kubectl exec`, `attach` and `port-forward`: it asks the runtime, which has the processes and their network. upstream: pkg/kubelet/kubelet_pods.go, server/server.go */

import {CriError, type Dialled, type ExecResult, type HttpRequest, type HttpResponse} from '../../api/cri.ts';
import {containerStatusOf} from '../../api/pods.ts';
import {runtimeContainerId} from '../runtime-status.ts';
import type {Kubelet, PodWorker} from '../types.ts';
import {listWorkers} from '../workers.ts';

/** A request that cannot be served; its text is what kubectl prints after `error: `. */
export class StreamError extends Error {}

const workerOf = ({ctx}: Kubelet, namespace: string, name: string): PodWorker | undefined =>
  listWorkers(ctx).find(w => w.namespace === namespace && w.name === name && w.state !== 'finished');

/** The runtime's id of a container that runs. */
function runningContainer(kubelet: Kubelet, namespace: string, name: string, container: string): string | undefined {
  const {status} = workerOf(kubelet, namespace, name) ?? {};
  const found = containerStatusOf(status, container);
  return found?.state?.running && found.containerID ? runtimeContainerId(found.containerID) : undefined;
}

/** Runs a command in a pod's container. Throws StreamError. */
export function execInContainer(
  kubelet: Kubelet,
  namespace: string,
  name: string,
  container: string,
  command: readonly string[],
  stdin?: string,
): ExecResult {
  const id = runningContainer(kubelet, namespace, name, container);
  if (!id) throw new StreamError(`Internal error occurred: unable to upgrade connection: container not found ("${container}")`);
  try {
    const options = stdin === undefined ? {} : {stdin};
    const result = kubelet.cri!.execSync(id, command, options);
    const lines = result.stdout.split('\n').length - 1;
    kubelet.ctx.trace('Exec', `pod/${namespace}/${name}`, `${command.join(' ')} in ${container}`, {exitCode: result.exitCode, lines});
    return result;
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    throw new StreamError(
      `Internal error occurred: Internal error occurred: error executing command in container: ${error.message.replace(/^rpc error: code = \w+ desc = /, '')}: unknown`,
    );
  }
}

/** Whether a container's own streams can be had; what it says from now on is in its log. Throws StreamError. */
export function attachContainer(kubelet: Kubelet, namespace: string, name: string, container: string): void {
  const id = runningContainer(kubelet, namespace, name, container);
  if (!id) throw new StreamError(`unable to upgrade connection: container ${container} not found in pod ${name}_${namespace}`);
  kubelet.ctx.trace('Attach', `pod/${namespace}/${name}`, `to ${container} ${id.slice(0, 13)}`);
}

/**
 * One connection to a port of a pod, made inside its network namespace: the process sees it come from localhost. Without a request only whether the pod is there.
 * Throws StreamError.
 */
export function forwardPort(
  kubelet: Kubelet,
  namespace: string,
  name: string,
  port: number,
  request: HttpRequest | undefined,
): HttpResponse | undefined {
  const worker = workerOf(kubelet, namespace, name);
  const sandbox = worker && kubelet.cri?.podStatus(worker.uid)?.sandboxes.find(s => s.state === 'SANDBOX_READY');
  if (!worker || !sandbox) throw new StreamError(`pod not found ("${name}_${namespace}")`);
  if (!request) return undefined;
  const dialled = kubelet.cri!.portForward(sandbox.id, port, request);
  if ('ok' in dialled) return dialled.ok;
  throw new StreamError(
    `error forwarding port ${port} to pod ${sandbox.id}, uid : failed to execute portforward in network namespace: failed to connect to localhost:${port} inside namespace "${sandbox.id}", IPv4: dial tcp4 127.0.0.1:${port}: ${words[dialled.error]} IPv6 dial tcp6 [::1]:${port}: ${words[dialled.error]}`,
  );
}

const words: Readonly<Record<Extract<Dialled<never>, {error: string}>['error'], string>> = {
  refused: 'connect: connection refused',
  timeout: 'i/o timeout',
  unreachable: 'connect: no route to host',
};
