/** Where an address is, and what a node's routing table says about it. */
import {addressAt, formatCidr, formatIp, inCidr, parseCidr} from '../../api/ip.ts';
import {hex, sha256} from '../../api/sha256.ts';
import type {Node, Pod} from '../../api/types.ts';
import {collection} from '../../apiserver/collections.ts';
import {findHost, HOSTS, type Host} from '../../client/hosts.ts';
import {listerOf} from '../../client/informer.ts';
import {networkSettings} from '../../client/network-settings.ts';
import type {Tx} from '../../machine/types.ts';
import {BRIDGE} from '../cni/cni.ts';
import {SUBNET_ENV_PATH} from '../cni/conflist.ts';
import {nodeNetwork, type PodInterface, podInterfaces} from '../cni/node-network.ts';
import type {Reader} from '../proxy/node-rules.ts';

export interface Route {
  readonly destination: string;
  readonly via?: string;
  readonly device: 'cni0' | 'flannel.1' | 'eth0' | 'lo';
  /** The node at the other end, for routes to other nodes' pods. */
  readonly node?: string;
}

export const OVERLAY = 'flannel.1';
export const UPLINK = 'eth0';

/** The block of pod addresses on a node, as its daemon learned it. */
export function podCIDROf(from: Reader, node: string): string | undefined {
  const env = nodeNetwork(from, node).get('subnetEnv', SUBNET_ENV_PATH);
  const cidr = env && parseCidr(env.subnet);
  return cidr && formatCidr(cidr);
}

/** The bridge's own address: the gateway of the node's pods. */
export const gatewayOf = (from: Reader, node: string): string | undefined =>
  nodeNetwork(from, node).get('subnetEnv', SUBNET_ENV_PATH)?.subnet.split('/')[0];

/** The overlay device has the first address of the node's block. */
export const overlayAddressOf = (from: Reader, node: string): string | undefined => {
  const cidr = parseCidr(podCIDROf(from, node) ?? '');
  return cidr && formatIp(addressAt(cidr, 0n));
};

/** The overlay device's hardware address: the other nodes know it from the node's annotations. */
export const overlayMac = (node: string): string =>
  `02:${hex(sha256(`${OVERLAY} ${node}`).slice(0, 5))
    .match(/../g)!
    .join(':')}`;

/** Addresses that belong to the node itself. */
export const isLocal = (from: Reader, node: string, address: string): boolean =>
  inCidr(address, '127.0.0.0/8') || [findHost(from, node)?.address, gatewayOf(from, node), overlayAddressOf(from, node)].includes(address);

/** Nodes that the overlay's daemon on this node knows. */
function peers(from: Reader, node: string): Node[] {
  try {
    return listerOf<Node>(from as Tx, `kube-flannel/${node}`, 'nodes').list();
  } catch {
    return [];
  }
}

const internalIP = (node: Node): string | undefined => node.status?.addresses?.find(({type}) => type === 'InternalIP')?.address;

const remote = (from: Reader, node: Node): Route | undefined => {
  const destination = node.spec?.podCIDR;
  const address = findHost(from, node.metadata.name!)?.address ?? internalIP(node);
  if (!destination || !address) return undefined;
  const overlay = networkSettings(from).backend === 'vxlan';
  const via = overlay ? formatIp(addressAt(parseCidr(destination)!, 0n)) : address;
  return {destination, via, device: overlay ? OVERLAY : UPLINK, node: node.metadata.name!};
};

/** `ip route` of a node. */
export function routesOf(from: Reader, node: string): Route[] {
  const host = findHost(from, node);
  const own = podCIDROf(from, node);
  const uplink = host ? formatCidr(parseCidr(`${host.address}/16`)!) : '192.168.0.0/16';
  return [
    {destination: 'default', via: formatIp(addressAt(parseCidr(uplink)!, 1n)), device: UPLINK},
    ...(own ? [{destination: own, device: BRIDGE} as const] : []),
    ...peers(from, node)
      .filter(({metadata}) => metadata.name !== node)
      .flatMap(other => remote(from, other) ?? []),
    {destination: uplink, device: UPLINK},
  ];
}

/** The most specific route to an address. */
export function routeTo(from: Reader, node: string, address: string): Route {
  const [fallback, ...specific] = routesOf(from, node);
  const prefix = ({destination}: Route): number => Number(destination.split('/')[1]);
  return specific.filter(({destination}) => inCidr(address, destination)).sort((a, b) => prefix(b) - prefix(a))[0] ?? fallback!;
}

/** A pod's interface on a node, by the address it has. */
export const interfaceAt = (from: Reader, node: string, address: string): PodInterface | undefined =>
  podInterfaces(from, node).find(({ip}) => ip === address);

/** The node whose own address this is. */
export function hostAt(from: Reader, address: string): Host | undefined {
  for (const [, host] of from.table<Host>(HOSTS).entries()) if (host.address === address) return host;
  return undefined;
}

/** A pod as the API server has it. */
export const podOf = (from: Reader, namespace: string, name: string): Pod | undefined =>
  collection<Pod>(from, `/registry/pods/${namespace}/`).find(({metadata}) => metadata.name === name);
