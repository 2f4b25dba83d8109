/** What is the same on every node: address ranges, how packets get from node to node, how kube-proxy writes its rules. */

import type {ReadTable, Tx} from '../machine/types.ts';
import {memoryOf, readMemory} from './memory.ts';

export interface NetworkSettings {
  /** --cluster-cidr: all pods' addresses. */
  readonly clusterCIDR: string;
  /** --service-cluster-ip-range */
  readonly serviceCIDR: string;
  /** Address of the DNS service. */
  readonly clusterDNS: string;
  readonly clusterDomain: string;
  /** Where the API server and the DNS server run: a machine beside the nodes. */
  readonly controlPlane: string;
  /** Addresses that the cloud has for load balancers. */
  readonly balancerCIDR: string;
  /** Whether somebody on the nodes enforces NetworkPolicies: many plugins, flannel by itself among them, do not. */
  readonly enforcesPolicy: boolean;
  /** vxlan: packets between nodes travel inside UDP. routed: the network knows the way to every node's pods (flannel's host-gw). */
  readonly backend: 'vxlan' | 'routed';
  /** kube-proxy --proxy-mode */
  readonly proxyMode: 'iptables' | 'nftables' | 'ipvs';
}

export const DEFAULT_SETTINGS: NetworkSettings = {
  clusterCIDR: '10.244.0.0/16',
  serviceCIDR: '10.96.0.0/12',
  clusterDNS: '10.96.0.10',
  clusterDomain: 'cluster.local',
  controlPlane: '192.168.0.2',
  // RFC 5737 TEST-NET-1.
  balancerCIDR: '192.0.2.0/24',
  enforcesPolicy: true,
  backend: 'vxlan',
  proxyMode: 'iptables',
};

/** Anything that tables can be read from: a transaction, or a machine at rest. */
export interface Tables {
  table<T extends object>(name: string): ReadTable<T>;
}

const OWNER = 'network/';
const KIND = 'settings';

/** The settings in force. */
export const networkSettings = (from: Tables): NetworkSettings =>
  readMemory(from, OWNER).get<NetworkSettings>(KIND, '') ?? DEFAULT_SETTINGS;

/** Changes some settings of the whole cluster's network. */
export const setNetworkSettings = (tx: Tx, change: Partial<NetworkSettings>): void =>
  memoryOf(tx, OWNER).put(KIND, '', {...networkSettings(tx), ...change});

/** Blocks of 256 addresses in the default cluster CIDR: one a node. */
const DEFAULT_BLOCKS = 256;
/** For clusters beyond that: 32,768 blocks, clear of the service CIDR. */
const LARGE_CLUSTER_CIDR = '10.128.0.0/9';

/** Gives a cluster that begins with so many nodes room for their pods. */
export function fitNetwork(tx: Tx, nodes: number): void {
  if (nodes > DEFAULT_BLOCKS) setNetworkSettings(tx, {clusterCIDR: LARGE_CLUSTER_CIDR});
}
