/** postStart and preStop. upstream: pkg/kubelet/lifecycle/handlers.go */
import {CriError} from '../../api/cri.ts';
import type {Container, core} from '../../api/types.ts';
import {resolvePort} from '../prober/probe.ts';
import {runtimeContainerId} from '../runtime-status.ts';
import type {Kubelet, PodWorker} from '../types.ts';

export interface HookResult {
  tookMs: number;
  /** What went wrong, in the words of the kubelet's log. */
  failure?: string;
}

/** Runs a hook in or against a container. */
export function runHook(
  kubelet: Kubelet,
  worker: PodWorker,
  container: Container,
  containerId: string,
  handler: core.LifecycleHandler,
): HookResult {
  const {cri, dial} = kubelet;
  if (handler.sleep) return {tookMs: handler.sleep.seconds * 1000};
  if (handler.exec) {
    const command = handler.exec.command ?? [];
    try {
      const {exitCode, stderr, tookMs} = cri!.execSync(runtimeContainerId(containerId), command);
      if (exitCode === 0) return {tookMs};
      return {
        tookMs,
        failure: `Exec lifecycle hook (${JSON.stringify(command)}) for Container "${container.name}" failed - error: command '${command.join(' ')}' exited with ${exitCode}: ${stderr}`,
      };
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      return {tookMs: 0, failure: error.message};
    }
  }
  if (handler.httpGet) {
    const {httpGet} = handler;
    const host = httpGet.host || worker.ips[0] || kubelet.host.address;
    try {
      const path = httpGet.path?.startsWith('/') ? httpGet.path : `/${httpGet.path ?? ''}`;
      const dialled = dial!.http(host, resolvePort(httpGet.port, container), {path});
      if ('error' in dialled) return {tookMs: dialled.tookMs, failure: `Get "http://${host}${path}": ${dialled.error}`};
      return {tookMs: dialled.tookMs};
    } catch (error) {
      return {tookMs: 0, failure: (error as Error).message};
    }
  }
  return {tookMs: 0, failure: 'invalid handler: no command'};
}
