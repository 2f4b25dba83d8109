/** What the kubelet answers to `kubectl exec`. upstream: pkg/kubelet/kubelet_pods.go, server/server.go */
import {CriError, type ExecResult} from '../../api/cri.ts';
import {runtimeContainerId} from '../runtime-status.ts';
import type {Kubelet} from '../types.ts';
import {listWorkers} from '../workers.ts';

/** A request that cannot be served; its text is what kubectl prints after `error: `. */
export class ExecError extends Error {}

/** Runs a command in a pod's container. Throws ExecError. */
export function execInContainer(
  kubelet: Kubelet,
  namespace: string,
  name: string,
  container: string,
  command: readonly string[],
  stdin?: string,
): ExecResult {
  const worker = listWorkers(kubelet.ctx).find(w => w.namespace === namespace && w.name === name && w.state !== 'finished');
  const all = worker
    ? [
        ...(worker.status?.containerStatuses ?? []),
        ...(worker.status?.initContainerStatuses ?? []),
        ...(worker.status?.ephemeralContainerStatuses ?? []),
      ]
    : [];
  const status = all.find(c => c.name === container);
  if (!status?.state?.running || !status.containerID)
    throw new ExecError(`Internal error occurred: unable to upgrade connection: container not found ("${container}")`);
  try {
    const options = stdin === undefined ? {} : {stdin};
    return kubelet.cri!.execSync(runtimeContainerId(status.containerID), command, options);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    throw new ExecError(
      `Internal error occurred: Internal error occurred: error executing command in container: ${error.message.replace(/^rpc error: code = \w+ desc = /, '')}: unknown`,
    );
  }
}
