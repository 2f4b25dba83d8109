/**
 * The overlay's daemon on each node: learns the node's subnet from the API server, leaves it for the plugin, and installs the plugin's configuration.
 * The ways to other nodes need no work of its own: they follow from the nodes it knows. upstream: flannel-io/flannel pkg/subnet/kube, Documentation/kube-flannel.yml
 */
import {addressAt, cidrSize, formatIp, parseCidr} from '../../api/ip.ts';
import {ApiError, type Node} from '../../api/types.ts';
import {networkSettings} from '../../client/network-settings.ts';
import type {Component, ComponentContext} from '../../client/types.ts';
import type {Tx} from '../../machine/types.ts';
import {CONFLIST_PATH, FLANNEL_CONFLIST, SUBNET_ENV_PATH} from './conflist.ts';
import {nodeNetworkMemory} from './node-network.ts';

const FLANNEL_SERVICE_ACCOUNT = 'system:serviceaccount:kube-system:flannel';
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
/** So many tries are part of a node's start; after them the daemon only waits for somebody to mend what is wrong. */
const TRIES_TO_START = 6;
const ETHERNET_MTU = 1500;
/** Outer Ethernet-less headers of a packet in VXLAN: IPv4 20, UDP 8, VXLAN 8, inner Ethernet 14. */
const VXLAN_OVERHEAD = 50;

/** Installs the plugin's configuration on a node whose subnet is known. */
export function installNetwork(tx: Tx, node: string, podCIDR: string): void {
  const {clusterCIDR, backend} = networkSettings(tx);
  const network = nodeNetworkMemory(tx, node);
  const cidr = parseCidr(podCIDR)!;
  const mtu = backend === 'vxlan' ? ETHERNET_MTU - VXLAN_OVERHEAD : ETHERNET_MTU;
  const gateway = cidrSize(cidr) > 1n ? formatIp(addressAt(cidr, 1n)) : formatIp(addressAt(cidr, 0n));
  network.put('subnetEnv', SUBNET_ENV_PATH, {network: clusterCIDR, subnet: `${gateway}/${cidr.prefix}`, mtu, ipMasq: true});
  network.put('conflist', CONFLIST_PATH, {text: JSON.stringify(FLANNEL_CONFLIST, null, 2)});
}

/** Hears of a node whose network's configuration is there. */
export type Installed = (tx: Tx, node: string) => void;

function acquireSubnet(ctx: ComponentContext, tries: number, installed: Installed): void {
  const retry = (): void =>
    ctx.after(Math.min(FIRST_RETRY_MS * 2 ** tries, LAST_RETRY_MS), 'acquire', tries + 1, {periodic: tries >= TRIES_TO_START});
  try {
    const {spec} = ctx.client.get<Node>('nodes', '', ctx.instance);
    if (spec?.podCIDR) {
      installNetwork(ctx.tx, ctx.instance, spec.podCIDR);
      installed(ctx.tx, ctx.instance);
    } else {
      ctx.trace('network', `node/${ctx.instance}`, `failed to acquire lease: node "${ctx.instance}" pod cidr not assigned`);
      retry();
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    ctx.trace('network', `node/${ctx.instance}`, `failed to acquire lease: ${error.message}`);
    retry();
  }
}

export const kubeFlannel = (installed: Installed): Component => ({
  name: 'kube-flannel',
  process: 'kube-flannel',
  perNode: true,
  user: () => ({
    username: FLANNEL_SERVICE_ACCOUNT,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  }),
  watches: [{resource: 'nodes'}],
  start: ctx => acquireSubnet(ctx, 0, installed),
  timers: {acquire: (ctx, tries) => acquireSubnet(ctx, Number(tries), installed)},
});
