/** The virtual servers that kube-proxy keeps in its ipvs mode (deprecated since v1.35). upstream: pkg/proxy/ipvs/proxier.go */
import {joinHostPort} from '../../api/ip.ts';
import {type Endpoint, endpointsKey} from './endpoints.ts';
import type {ServicePort} from './service-ports.ts';
import {categorizeEndpoints, type ProxyNode} from './topology.ts';

export interface VirtualServer {
  readonly protocol: string;
  readonly address: string;
  /** Round robin is the only scheduler here: --ipvs-scheduler's default. */
  readonly scheduler: 'rr';
  /** Seconds that a client stays with its server. */
  readonly persistent?: number;
  readonly realServers: readonly string[];
}

export interface IpvsConfig {
  readonly node: ProxyNode;
  /** Where node ports are served. */
  readonly nodeIPs: readonly string[];
}

function virtualServers(port: ServicePort, endpoints: readonly Endpoint[], {node, nodeIPs}: IpvsConfig): VirtualServer[] {
  const {cluster, local} = categorizeEndpoints(endpoints, port, node);
  const server = (ip: string, number: number, behind: readonly Endpoint[]): VirtualServer => ({
    protocol: port.protocol,
    address: joinHostPort(ip, number),
    scheduler: 'rr',
    ...(port.stickySeconds === undefined ? {} : {persistent: port.stickySeconds}),
    realServers: behind.map(({address}) => address),
  });
  const outer = port.externalLocal ? local : cluster;
  return [
    server(port.clusterIP, port.port, port.internalLocal ? local : cluster),
    ...[...port.externalIPs, ...port.loadBalancerIPs].map(ip => server(ip, port.port, outer)),
    ...(port.nodePort ? nodeIPs.map(ip => server(ip, port.nodePort, outer)) : []),
  ];
}

/** All virtual servers of a node, in the order of the services. */
export const ipvsTable = (
  ports: readonly ServicePort[],
  endpoints: ReadonlyMap<string, readonly Endpoint[]>,
  config: IpvsConfig,
): VirtualServer[] => ports.flatMap(port => virtualServers(port, endpoints.get(endpointsKey(port.name, port.protocol)) ?? [], config));

/** The table as `ipvsadm -Ln` prints it. */
export const ipvsText = (servers: readonly VirtualServer[]): string[] => [
  'IP Virtual Server version 1.2.1 (size=4096)',
  'Prot LocalAddress:Port Scheduler Flags',
  '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
  ...servers.flatMap(({protocol, address, scheduler, persistent, realServers}) => [
    `${protocol.padEnd(4)} ${address} ${scheduler}${persistent === undefined ? '' : ` persistent ${persistent}`}`,
    ...realServers.map(real => `  -> ${real.padEnd(28)} Masq    1      0          0`),
  ]),
];
