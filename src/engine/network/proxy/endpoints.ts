/** What kube-proxy keeps of EndpointSlices: the endpoints of each service port. upstream: pkg/proxy/endpointslicecache.go */

import {endpointsOf, IS_HEADLESS_SERVICE, LABEL_SERVICE_NAME} from '../../api/endpoint-slice.ts';
import {canonicalIp, joinHostPort} from '../../api/ip.ts';
import {byText} from '../../api/order.ts';
import type {EndpointSlice} from '../../api/types.ts';
import {type IpFamily, servicePortName} from './service-ports.ts';

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  /** `ip:port` */
  readonly address: string;
  readonly local: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

interface Hints {
  forZones?: {name: string}[];
  forNodes?: {name: string}[];
}

/** Key of a service port among the endpoints: its name and protocol. */
export const endpointsKey = (name: string, protocol: string): string => `${name} ${protocol}`;

const byAddress = (a: Endpoint, b: Endpoint): number => byText(a.address, b.address);

/**
 * The endpoints of every service port (see endpointsKey), as one node sees them. An address stands once, though several slices may name it;
 * they are sorted by `ip:port` as text, so the rules of all nodes agree.
 */
export function endpointsByServicePort(slices: Iterable<EndpointSlice>, node: string, family: IpFamily = 4): Map<string, Endpoint[]> {
  const sets = new Map<string, Map<string, Endpoint>>();
  for (const slice of slices) {
    const service = slice.metadata.labels?.[LABEL_SERVICE_NAME];
    if (!service || slice.addressType !== `IPv${family}` || slice.metadata.labels?.[IS_HEADLESS_SERVICE] !== undefined) continue;
    for (const {name, port, protocol} of slice.ports ?? []) {
      if (!port) continue;
      const key = endpointsKey(servicePortName(slice.metadata.namespace ?? '', service, name ?? ''), protocol ?? 'TCP');
      const set = sets.get(key) ?? new Map<string, Endpoint>();
      sets.set(key, set);
      for (const {addresses, conditions, nodeName, hints} of endpointsOf(slice)) {
        const ip = addresses[0] && (canonicalIp(addresses[0]) ?? addresses[0]);
        if (!ip) continue;
        const address = joinHostPort(ip, port);
        const local = nodeName === node;
        if (set.has(address) && !local) continue;
        const {forZones = [], forNodes = []} = (hints ?? {}) as Hints;
        set.set(address, {
          ip,
          port,
          address,
          local,
          ready: conditions?.ready ?? true,
          serving: conditions?.serving ?? true,
          terminating: conditions?.terminating ?? false,
          zoneHints: forZones.map(hint => hint.name),
          nodeHints: forNodes.map(hint => hint.name),
        });
      }
    }
  }
  return new Map([...sets].map(([key, set]) => [key, [...set.values()].sort(byAddress)]));
}
