/** Makes one probe. upstream: pkg/kubelet/prober/prober.go, pkg/probe/{http,tcp,exec,grpc} */

import {CriError, type Dialled} from '../../api/cri.ts';
import {joinHostPort} from '../../api/ip.ts';
import {containerStatusOf} from '../../api/pods.ts';
import type {Container, core, Pod} from '../../api/types.ts';
import {runtimeContainerId} from '../runtime-status.ts';
import type {Kubelet, PodWorker} from '../types.ts';
import {type Probe, type ProbeType, probeDefaults} from './worker.ts';

/** upstream: pkg/probe maxRespBodyLength; prober.go maxProbeRetries */
const MAX_OUTPUT = 10 * 1024;
const MAX_RETRIES = 3;

interface Verdict {
  result: 'Success' | 'Failure' | 'Warning';
  output: string;
  /** The probe could not be made at all. */
  error?: boolean;
}

/** The result, with an event for a failure. */
export function runProbe(
  kubelet: Kubelet,
  pod: Pod,
  worker: PodWorker,
  container: Container,
  type: ProbeType,
  probe: Probe,
): 'Success' | 'Failure' {
  let verdict = attempt(kubelet, worker, container, probe);
  for (let i = 1; i < MAX_RETRIES && verdict.error; i++) verdict = attempt(kubelet, worker, container, probe);
  const {result, output, error} = verdict;
  const name = type[0]!.toUpperCase() + type.slice(1);
  const event = (reason: string, message: string) =>
    kubelet.ctx.events.event(pod, 'Warning', reason, message, {fieldPath: `spec.containers{${container.name}}`});
  if (error) event('Unhealthy', `${name} probe errored and resulted in unknown state: ${output}`);
  else if (result === 'Warning') event('ProbeWarning', `${name} probe warning: ${output}`);
  else if (result === 'Failure') event('Unhealthy', `${name} probe failed: ${output}`);
  return result === 'Failure' ? 'Failure' : 'Success';
}

/** The number of a port that may be written as its name. Throws an Error. */
export function resolvePort(port: number | string | undefined, container: Container): number {
  if (typeof port === 'number') return port;
  const named = container.ports?.find(p => p.name === port)?.containerPort ?? Number.parseInt(String(port), 10);
  if (!Number.isInteger(named)) throw new Error(`couldn't find port: ${port} in container ${container.name}`);
  if (named <= 0 || named > 65535) throw new Error(`invalid port number: ${named}`);
  return named;
}

/** Go's words for a connection that did not come about. */
const dialError = (error: 'refused' | 'timeout' | 'unreachable', address: string): string =>
  `dial tcp ${address}: ${{refused: 'connect: connection refused', timeout: 'i/o timeout', unreachable: 'connect: no route to host'}[error]}`;

const late = (dialled: Dialled<unknown>, timeoutMs: number): boolean => dialled.tookMs > timeoutMs;

function attempt(kubelet: Kubelet, worker: PodWorker, container: Container, probe: Probe): Verdict {
  const timeoutMs = (probe.timeoutSeconds ?? probeDefaults.timeoutSeconds) * 1000;
  const status = containerStatusOf(worker.status, container.name);
  const podIp = worker.status?.podIP ?? '';
  if (probe.exec) return exec(kubelet, runtimeContainerId(status?.containerID ?? ''), probe.exec.command ?? [], timeoutMs);
  const {dial} = kubelet;
  if (!dial) return {result: 'Failure', output: 'the container runtime is down', error: true};
  try {
    if (probe.httpGet) {
      const {httpGet} = probe;
      const host = httpGet.host || podIp;
      const port = resolvePort(httpGet.port, container);
      const scheme = httpGet.scheme === 'HTTPS' ? 'HTTPS' : 'HTTP';
      const path = httpGet.path ? (httpGet.path.startsWith('/') ? httpGet.path : `/${httpGet.path}`) : '/';
      const url = `${scheme.toLowerCase()}://${joinHostPort(host, port)}${path}`;
      return http(dial.http(host, port, {scheme, path, headers: headersOf(httpGet)}), url, joinHostPort(host, port), timeoutMs);
    }
    if (probe.tcpSocket) {
      const host = probe.tcpSocket.host || podIp;
      const port = resolvePort(probe.tcpSocket.port, container);
      const dialled = dial.tcp(host, port);
      if ('error' in dialled) return {result: 'Failure', output: dialError(dialled.error, joinHostPort(host, port))};
      return late(dialled, timeoutMs)
        ? {result: 'Failure', output: dialError('timeout', joinHostPort(host, port))}
        : {result: 'Success', output: ''};
    }
    if (probe.grpc) {
      const address = joinHostPort(podIp, probe.grpc.port);
      const dialled = dial.grpcHealth(podIp, probe.grpc.port, probe.grpc.service ?? '');
      if ('error' in dialled || late(dialled, timeoutMs))
        return {
          result: 'Failure',
          output: `timeout: failed to connect service "${address}" within ${timeoutMs / 1000}s: context deadline exceeded`,
        };
      if (dialled.ok === 'UNIMPLEMENTED')
        return {result: 'Failure', output: 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): '};
      return dialled.ok === 'SERVING'
        ? {result: 'Success', output: ''}
        : {result: 'Failure', output: `service unhealthy (responded with "${dialled.ok}")`};
    }
  } catch (error) {
    return {result: 'Failure', output: (error as Error).message, error: true};
  }
  return {result: 'Failure', output: `missing probe handler for ${container.name}`, error: true};
}

const headersOf = ({httpHeaders}: core.HTTPGetAction): Record<string, string> => ({
  'User-Agent': 'kube-probe/1.36',
  ...Object.fromEntries((httpHeaders ?? []).map(h => [h.name, h.value])),
});

function http(dialled: Dialled<{status: number; body: string}>, url: string, address: string, timeoutMs: number): Verdict {
  if (late(dialled, timeoutMs) || ('error' in dialled && dialled.error === 'timeout'))
    return {result: 'Failure', output: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`};
  if ('error' in dialled) return {result: 'Failure', output: `Get "${url}": ${dialError(dialled.error, address)}`};
  const {status, body} = dialled.ok;
  if (status >= 200 && status < 300) return {result: 'Success', output: body};
  if (status >= 300 && status < 400)
    return {result: 'Warning', output: `Probe terminated redirects, Response body: ${body.slice(0, MAX_OUTPUT)}`};
  return {result: 'Failure', output: `HTTP probe failed with statuscode: ${status}`};
}

function exec({cri}: Kubelet, containerId: string, command: readonly string[], timeoutMs: number): Verdict {
  if (!cri) return {result: 'Failure', output: 'the container runtime is down', error: true};
  try {
    const {stdout, stderr, exitCode} = cri.execSync(containerId, command, {timeoutSeconds: timeoutMs / 1000});
    return {result: exitCode === 0 ? 'Success' : 'Failure', output: (stdout + stderr).slice(0, MAX_OUTPUT)};
  } catch (error) {
    if (error instanceof CriError && error.code === 'DeadlineExceeded')
      return {result: 'Failure', output: `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s`};
    if (error instanceof CriError) return {result: 'Failure', output: error.message, error: true};
    throw error;
  }
}
