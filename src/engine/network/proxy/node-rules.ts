/** One node's rules, derived when they are read. */

import {serviceOf} from '../../api/endpoint-slice.ts';
import type {Service} from '../../api/types.ts';
import {LABEL_ZONE} from '../../api/well-known.ts';
import {findHost} from '../../client/hosts.ts';
import {networkSettings} from '../../client/network-settings.ts';
import type {Tx} from '../../machine/types.ts';
import {type Endpoint, endpointsByServicePort} from './endpoints.ts';
import type {IptablesConfig} from './iptables/rules.ts';
import {type ProxyInput, proxyInput} from './kube-proxy.ts';
import {type ServicePort, servicePorts} from './service-ports.ts';

export type Reader = Pick<Tx, 'table' | 'root' | 'now'>;

/** What a node's rules are written from. */
export interface NodeProxy {
  readonly ports: readonly ServicePort[];
  readonly endpoints: ReadonlyMap<string, readonly Endpoint[]>;
  readonly config: IptablesConfig;
}

/** Stored objects are frozen, so what follows from one may be kept with it. */
const portsOf = new WeakMap<Service, readonly ServicePort[]>();

function portsFor(service: Service): readonly ServicePort[] {
  let ports = portsOf.get(service);
  if (!ports) portsOf.set(service, (ports = servicePorts(service)));
  return ports;
}

const configOf = (from: Reader, node: string, input: ProxyInput): IptablesConfig => ({
  node: {name: node, zone: input.node?.metadata.labels?.[LABEL_ZONE]},
  nodeIP: findHost(from, node)?.address,
  clusterCIDR: networkSettings(from).clusterCIDR,
  randomFully: true,
});

/**
 * What a node's proxy works with, in the order of the services' names; undefined where kube-proxy never ran. `wanted` keeps only some service ports: rules of the
 * others cannot match a packet that is none of theirs.
 */
export function nodeProxy(from: Reader, node: string, wanted: (port: ServicePort) => boolean = () => true): NodeProxy | undefined {
  const input = proxyInput(from, node);
  if (!input) return undefined;
  const ports = input.services.flatMap(portsFor).filter(wanted);
  const services = new Set(ports.map(port => `${port.namespace}/${port.service}`));
  const endpoints = endpointsByServicePort(
    input.slices.filter(slice => services.has(serviceOf(slice))),
    node,
  );
  return {ports, endpoints, config: configOf(from, node, input)};
}

/** What concerns a packet to this address and port. */
export const proxyFor = (from: Reader, node: string, destination: string, port: number): NodeProxy | undefined =>
  nodeProxy(
    from,
    node,
    candidate =>
      candidate.nodePort === port ||
      candidate.healthCheckNodePort === port ||
      (candidate.port === port && [candidate.clusterIP, ...candidate.externalIPs, ...candidate.loadBalancerIPs].includes(destination)),
  );
