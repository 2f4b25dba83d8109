/** The containers of a pod or pod template. upstream: kubectl/pkg/describe describeContainers */

import {goList} from '../../engine/api/go-text.ts';
import {joinHostPort} from '../../engine/api/ip.ts';
import {byText} from '../../engine/api/order.ts';
import {parseQuantity, printQuantity} from '../../engine/api/quantity.ts';
import type {core} from '../../engine/api/types.ts';
import {boolText} from '../../engine/apiserver/printers/format.ts';
import {rfc1123} from '../text/go-time.ts';
import {extractResourceValue, fieldPathValue} from './env-values.ts';
import type {Page} from './page.ts';

const portsText = (ports: readonly core.ContainerPort[] | undefined, number: (port: core.ContainerPort) => number): string =>
  (ports ?? []).map(port => `${number(port)}/${port.protocol ?? ''}${port.name ? ` (${port.name})` : ''}`).join(', ');

/** `8080/TCP (web), 9092/TCP` */
export const containerPorts = (ports: readonly core.ContainerPort[] | undefined): string => portsText(ports, p => p.containerPort);
/** `0/TCP` where the host gives no port. */
export const hostPorts = (ports: readonly core.ContainerPort[] | undefined): string => portsText(ports, p => p.hostPort ?? 0);

const portLine = (label: string, text: string): string =>
  text.includes(',') ? `${label}s:\t${text}\n` : `${label}:\t${text || '<none>'}\n`;

/** SeccompProfile, as pods and containers have it. */
export function writeSeccomp(page: Page, level: number, profile: core.SeccompProfile | undefined): void {
  if (!profile) return;
  page.write(level, `SeccompProfile:\t${profile.type}\n`);
  if (profile.type === 'Localhost') page.write(level === 0 ? 0 : level + 1, `LocalhostProfile:\t${profile.localhostProfile}\n`);
}

/** Limits and Requests in name order, canonical quantities. */
export function writeResources(page: Page, level: number, resources: core.ResourceRequirements | undefined): void {
  for (const [title, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const names = Object.keys(list ?? {}).sort(byText);
    if (names.length > 0) page.write(level, `${title}:\n`);
    for (const name of names) page.write(level + 1, `${name}:\t${printQuantity(parseQuantity(String(list![name])))}\n`);
  }
}

function writeState(page: Page, title: string, state: core.ContainerState | undefined): void {
  const {running, waiting, terminated} = state ?? {};
  if (running) {
    page.write(2, `${title}:\tRunning\n`);
    page.write(3, `Started:\t${rfc1123(running.startedAt)}\n`);
  } else if (terminated && !waiting) {
    page.write(2, `${title}:\tTerminated\n`);
    if (terminated.reason) page.write(3, `Reason:\t${terminated.reason}\n`);
    if (terminated.message) page.write(3, `Message:\t${terminated.message}\n`);
    page.write(3, `Exit Code:\t${terminated.exitCode ?? 0}\n`);
    if (terminated.signal) page.write(3, `Signal:\t${terminated.signal}\n`);
    page.write(3, `Started:\t${rfc1123(terminated.startedAt)}\n`);
    page.write(3, `Finished:\t${rfc1123(terminated.finishedAt)}\n`);
  } else {
    page.write(2, `${title}:\tWaiting\n`);
    if (waiting?.reason) page.write(3, `Reason:\t${waiting.reason}\n`);
  }
}

/** A path as Go's url.URL writes it, which escapes more than encodeURI does. */
const urlPath = (path: string): string => {
  const slashed = path && !path.startsWith('/') ? `/${path}` : path;
  return encodeURI(slashed).replace(/[?#!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
};

/** One line of a probe: what it does, then its numbers. */
function probeText(probe: core.Probe): string {
  const attributes =
    `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s ` +
    `#success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  if (probe.exec) return `exec ${goList(probe.exec.command)} ${attributes}`;
  if (probe.httpGet) {
    const {scheme = '', host = '', port, path = ''} = probe.httpGet;
    const portName = port === undefined ? '0' : String(port);
    const authority = portName ? joinHostPort(host, portName) : host;
    const prefix = scheme ? `${scheme.toLowerCase()}:` : '';
    const slashes = authority || (prefix && path) ? '//' : '';
    return `http-get ${prefix}${slashes}${authority}${urlPath(path)} ${attributes}`;
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${attributes}`;
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${attributes}`;
  return `unknown ${attributes}`;
}

function writeEnvironment(page: Page, container: core.Container, pod: core.Pod | undefined): void {
  page.write(2, `Environment:${container.env?.length ? '' : '\t<none>'}\n`);
  for (const {name, value = '', valueFrom} of container.env ?? []) {
    if (!valueFrom)
      value.split('\n').forEach((line, i) => {
        page.write(3, i === 0 ? `${name}:\t${line}\n` : `\t${line}\n`);
      });
    else if (valueFrom.fieldRef) {
      const {apiVersion = '', fieldPath} = valueFrom.fieldRef;
      page.write(3, `${name}:\t${pod ? fieldPathValue(pod, apiVersion, fieldPath) : ''} (${apiVersion}:${fieldPath})\n`);
    } else if (valueFrom.resourceFieldRef) {
      const {resource} = valueFrom.resourceFieldRef;
      const found = extractResourceValue(valueFrom.resourceFieldRef, container);
      const text = found === '0' && (resource === 'limits.cpu' || resource === 'limits.memory') ? 'node allocatable' : found;
      page.write(3, `${name}:\t${text} (${resource})\n`);
    } else if (valueFrom.secretKeyRef) {
      const {key, name: secret = '', optional = false} = valueFrom.secretKeyRef;
      page.write(3, `${name}:\t<set to the key '${key}' in secret '${secret}'>\tOptional: ${optional}\n`);
    } else if (valueFrom.configMapKeyRef) {
      const {key, name: map = '', optional = false} = valueFrom.configMapKeyRef;
      page.write(3, `${name}:\t<set to the key '${key}' of config map '${map}'>\tOptional: ${optional}\n`);
    }
  }
}

function writeEnvironmentSources(page: Page, container: core.Container): void {
  if (!container.envFrom?.length) return;
  page.write(2, 'Environment Variables from:\n');
  for (const {configMapRef, secretRef, prefix} of container.envFrom) {
    const from = configMapRef ? 'ConfigMap' : secretRef ? 'Secret' : '';
    const ref = configMapRef ?? secretRef;
    page.write(3, `${ref?.name ?? ''}\t${from}${prefix ? ` with prefix '${prefix}'` : ''}\tOptional: ${ref?.optional ?? false}\n`);
  }
}

function writeMounts(page: Page, container: core.Container): void {
  const mounts = [...(container.volumeMounts ?? [])].sort((a, b) => byText(a.mountPath, b.mountPath));
  const none = mounts.length === 0 ? '\t<none>' : '';
  page.write(2, `Mounts:${none}\n`);
  for (const mount of mounts) {
    const flags = [mount.readOnly ? 'ro' : 'rw', ...(mount.subPath ? [`path=${JSON.stringify(mount.subPath)}`] : [])];
    page.write(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})\n`);
  }
  if (!container.volumeDevices?.length) return;
  page.write(2, `Devices:${none}\n`);
  for (const device of [...container.volumeDevices].sort((a, b) => byText(a.devicePath, b.devicePath)))
    page.write(3, `${device.devicePath} from ${device.name}\n`);
}

function writeContainer(
  page: Page,
  container: core.Container,
  status: core.ContainerStatus | undefined,
  pod: core.Pod | undefined,
  space: string,
): void {
  // 1. Basic information.
  page.write(1, `${space ? ' ' : ''}${container.name ?? ''}:\n`);
  if (status) page.write(2, `Container ID:\t${status.containerID ?? ''}\n`);
  page.write(2, `Image:\t${container.image ?? ''}\n`);
  if (status) page.write(2, `Image ID:\t${status.imageID ?? ''}\n`);
  page.write(2, portLine('Port', containerPorts(container.ports)));
  page.write(2, portLine('Host Port', hostPorts(container.ports)));
  writeSeccomp(page, 2, container.securityContext?.seccompProfile);
  // 2. Command and state.
  for (const [title, words] of [
    ['Command', container.command],
    ['Args', container.args],
  ] as const) {
    if (!words?.length) continue;
    page.write(2, `${title}:\n`);
    for (const line of words.flatMap(word => word.split('\n'))) page.write(3, `${line}\n`);
  }
  if (status) {
    writeState(page, 'State', status.state);
    if (status.lastState?.terminated) writeState(page, 'Last State', status.lastState);
    page.write(2, `Ready:\t${boolText(status.ready ?? false)}\n`);
    page.write(2, `Restart Count:\t${status.restartCount ?? 0}\n`);
  }
  // 3. What it is given.
  writeResources(page, 2, container.resources);
  if (container.livenessProbe) page.write(2, `Liveness:\t${probeText(container.livenessProbe)}\n`);
  if (container.readinessProbe) page.write(2, `Readiness:\t${probeText(container.readinessProbe)}\n`);
  if (container.startupProbe) page.write(2, `Startup:\t${probeText(container.startupProbe)}\n`);
  writeEnvironmentSources(page, container);
  writeEnvironment(page, container, pod);
  writeMounts(page, container);
}

export interface ContainersSection {
  label: string;
  containers: readonly core.Container[] | undefined;
  statuses?: readonly core.ContainerStatus[] | undefined;
  /** The pod that downward-API variables are read from; none in a template. */
  pod?: core.Pod;
  space?: string;
}

/** One section: Containers, Init Containers or Ephemeral Containers. */
export function writeContainers(page: Page, {label, containers = [], statuses = [], pod, space = ''}: ContainersSection): void {
  page.write(0, `${space}${label}:${containers.length === 0 ? ' <none>' : ''}\n`);
  for (const container of containers)
    writeContainer(
      page,
      container,
      statuses.findLast(s => s.name === container.name),
      pod,
      space,
    );
}
