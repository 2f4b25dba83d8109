/** How the scheduler reaches an extender: from the control plane's machine, which has a route to every pod and Service but asks no cluster DNS. */
import type {Dialled, HttpResponse} from '../api/cri.ts';
import {inCidr, parseIp} from '../api/ip.ts';
import type {EndpointSlice, Service} from '../api/types.ts';
import {collection} from '../apiserver/collections.ts';
import {HOSTS, type Host} from '../client/hosts.ts';
import {networkSettings} from '../client/network-settings.ts';
import type {Tx} from '../machine/types.ts';
import {type Endpoint, endpointsByServicePort, endpointsKey} from '../network/proxy/endpoints.ts';
import {servicePortName} from '../network/proxy/service-ports.ts';
import {NO_SUCH_HOST, PLAIN_HTTP} from '../scheduler/extenders/send.ts';
import type {Post} from '../scheduler/scheduler.ts';
import type {NodePrograms} from './nodes.ts';

const LOCALHOST = {name: 'localhost', address: '127.0.0.1'} as const;
/** Longer than anybody waits for an extender. */
const SILENCE: Dialled<HttpResponse> = {error: 'timeout', tookMs: 130_000};
const NOBODY: Dialled<HttpResponse> = {error: 'unreachable', tookMs: 3000};
const REFUSED: Dialled<HttpResponse> = {error: 'refused', tookMs: 0};

/** The endpoints behind an address and port of a Service, as kube-proxy has them on this machine too; undefined: it is no Service's. */
function endpointsAt(tx: Tx, address: string, port: number): readonly Endpoint[] | undefined {
  const service = collection<Service>(tx, '/registry/services/specs/').find(({spec}) => spec?.clusterIPs?.includes(address));
  const servicePort = service?.spec?.ports?.find(each => each.port === port && (each.protocol ?? 'TCP') === 'TCP');
  if (!servicePort) return undefined;
  const {namespace = '', name = ''} = service!.metadata;
  const slices = collection<EndpointSlice>(tx, `/registry/endpointslices/${namespace}/`);
  const key = endpointsKey(servicePortName(namespace, name, servicePort.name ?? ''), 'TCP');
  return (endpointsByServicePort(slices, '', parseIp(address)!.family).get(key) ?? []).filter(({ready}) => ready);
}

/** What comes of an address at which nothing listens: a node that is up refuses, a pod that is gone is nobody, and what lies beyond is silent. */
function nobodyAt(tx: Tx, address: string): Dialled<HttpResponse> {
  for (const [, host] of tx.table<Host>(HOSTS).entries()) if (host.address === address) return host.up ? REFUSED : SILENCE;
  return inCidr(address, networkSettings(tx).clusterCIDR) ? NOBODY : SILENCE;
}

/** A POST from the scheduler's machine. Nothing of its own listens there but the control plane's programs, and those at other ports. */
export const postFromScheduler =
  ({fromControlPlane}: NodePrograms): Post =>
  (tx, {host, port, path, tls}) => {
    const address = host === LOCALHOST.name ? LOCALHOST.address : host;
    if (!parseIp(address)) return NO_SUCH_HOST;
    const request = {method: 'POST', path, headers: {Host: host, 'Content-Type': 'application/json'}};
    const direct = (to: string, at: number): Dialled<HttpResponse> => {
      const answer = fromControlPlane(tx, to, at, request);
      return 'error' in answer && answer.error === 'unreachable' ? nobodyAt(tx, to) : answer;
    };
    const dial = (): Dialled<HttpResponse> => {
      if (address.startsWith('127.') || address === '::1' || address === networkSettings(tx).controlPlane) return REFUSED;
      const behind = endpointsAt(tx, address, port);
      if (!behind) return direct(address, port);
      const chosen = behind[Math.floor(tx.random() * behind.length)];
      return chosen ? direct(chosen.ip, chosen.port) : REFUSED;
    };
    const dialled = dial();
    return tls && 'ok' in dialled ? PLAIN_HTTP : {address, dialled};
  };
