/** Host ports in use on a node. upstream: staging/src/k8s.io/kube-scheduler/framework/types.go HostPortInfo */
import {isRestartableInitContainer} from '../../api/pods.ts';
import type {Container, Pod} from '../../api/types.ts';
import type {HostPort} from './types.ts';

const ANY = '0.0.0.0';

/** Fills in what an empty address or protocol means. */
export const hostPort = (ip: string | undefined, protocol: string | undefined, port: number): HostPort => ({
  ip: ip || ANY,
  protocol: protocol || 'TCP',
  port,
});

/** True when the wanted port is taken: the same address, or either of them is the wildcard. */
export function conflicts(used: readonly HostPort[], wanted: HostPort): boolean {
  if (wanted.port <= 0) return false;
  return used.some(
    u => u.port === wanted.port && u.protocol === wanted.protocol && (u.ip === wanted.ip || u.ip === ANY || wanted.ip === ANY),
  );
}

function collect(found: HostPort[], container: Container): void {
  for (const p of container.ports ?? []) if ((p.hostPort ?? 0) > 0) found.push(hostPort(p.hostIP, p.protocol, p.hostPort!));
}

/** The host ports of a pod's containers and sidecars. */
export function hostPortsOf(pod: Pod): HostPort[] {
  const found: HostPort[] = [];
  for (const c of pod.spec?.initContainers ?? []) if (isRestartableInitContainer(c)) collect(found, c);
  for (const c of pod.spec?.containers ?? []) collect(found, c);
  return found;
}
