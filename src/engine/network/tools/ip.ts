/** What `ip` prints on a node and in a pod. iproute2 */
import {formatCidr, inCidr, parseCidr} from '../../api/ip.ts';
import {findHost} from '../../client/hosts.ts';
import {networkSettings} from '../../client/network-settings.ts';
import {BRIDGE} from '../cni/cni.ts';
import {SUBNET_ENV_PATH} from '../cni/conflist.ts';
import {nodeNetwork, type PodInterface, podInterfaces} from '../cni/node-network.ts';
import {gatewayOf, OVERLAY, overlayAddressOf, overlayMac, routesOf, UPLINK} from '../packet/places.ts';
import type {Reader} from '../proxy/node-rules.ts';

const ETHERNET_MTU = 1500;

interface Interface {
  readonly name: string;
  readonly mtu: number;
  readonly flags: string;
  readonly mac?: string | undefined;
  /** With prefix length. */
  readonly address?: string | undefined;
  readonly note?: string | undefined;
}

const LOOPBACK: Interface = {name: 'lo', mtu: 65536, flags: 'LOOPBACK,UP,LOWER_UP', address: '127.0.0.1/8'};

/** A node's interfaces: its own, the overlay's, the bridge, and the host's end of every pod's pair. */
export function nodeInterfaces(from: Reader, node: string): Interface[] {
  const network = nodeNetwork(from, node);
  const env = network.get('subnetEnv', SUBNET_ENV_PATH);
  const bridge = network.get('bridge', BRIDGE);
  const host = findHost(from, node);
  const overlay = networkSettings(from).backend === 'vxlan' ? overlayAddressOf(from, node) : undefined;
  const up = 'BROADCAST,MULTICAST,UP,LOWER_UP';
  return [
    LOOPBACK,
    {name: UPLINK, mtu: ETHERNET_MTU, flags: up, address: host && `${host.address}/16`},
    ...(overlay
      ? [
          {
            name: OVERLAY,
            mtu: env?.mtu ?? ETHERNET_MTU,
            flags: up,
            mac: overlayMac(node),
            address: `${overlay}/32`,
            note: 'vxlan id 1 dstport 8472',
          },
        ]
      : []),
    ...(bridge ? [{name: BRIDGE, mtu: bridge.mtu, flags: up, mac: bridge.mac, address: bridge.address}] : []),
    ...podInterfaces(from, node).map(pod => ({
      name: `${pod.hostInterface}@if2`,
      mtu: env?.mtu ?? ETHERNET_MTU,
      flags: up,
      mac: pod.hostMac,
      note: `master ${BRIDGE} link-netns ${pod.netns.split('/').at(-1)}`,
    })),
  ];
}

/** A pod's interfaces, from within. */
export const podInterfacesInside = (from: Reader, node: string, pod: PodInterface): Interface[] => [
  LOOPBACK,
  {
    name: `${pod.ifName}@if2`,
    mtu: nodeNetwork(from, node).get('subnetEnv', SUBNET_ENV_PATH)?.mtu ?? ETHERNET_MTU,
    flags: 'BROADCAST,MULTICAST,UP,LOWER_UP',
    mac: pod.mac,
    address: `${pod.ip}/${pod.prefix}`,
  },
];

/** `ip addr` */
export const ipAddr = (interfaces: readonly Interface[]): string[] =>
  interfaces.flatMap(({name, mtu, flags, mac, address, note}, i) => [
    `${i + 1}: ${name}: <${flags}> mtu ${mtu}${note ? ` ${note}` : ''} state ${name === 'lo' ? 'UNKNOWN' : 'UP'}`,
    ...(mac ? [`    link/ether ${mac} brd ff:ff:ff:ff:ff:ff`] : []),
    ...(address ? [`    inet ${address} scope ${name === 'lo' ? 'host' : 'global'} ${name.split('@')[0]}`] : []),
  ]);

/** `ip route` on a node. */
export function ipRoute(from: Reader, node: string): string[] {
  const host = findHost(from, node)?.address;
  const overlay = overlayAddressOf(from, node);
  const source = (device: string): string | undefined => ({[UPLINK]: host, [BRIDGE]: gatewayOf(from, node), [OVERLAY]: overlay})[device];
  return routesOf(from, node).map(({destination, via, device}) => {
    if (!via) return `${destination} dev ${device} proto kernel scope link src ${source(device)}`;
    return `${destination} via ${via} dev ${device}${device === OVERLAY ? ' onlink' : ''}`;
  });
}

/** `ip route` in a pod: the bridge leads everywhere. */
export const ipRouteInside = (from: Reader, {ip, prefix, gateway, ifName}: PodInterface): string[] => {
  const subnet = formatCidr(parseCidr(`${ip}/${prefix}`)!);
  const {clusterCIDR} = networkSettings(from);
  const cluster = inCidr(ip, clusterCIDR) ? [`${clusterCIDR} via ${gateway} dev ${ifName}`] : [];
  return [`default via ${gateway} dev ${ifName}`, `${subnet} dev ${ifName} proto kernel scope link src ${ip}`, ...cluster];
};
