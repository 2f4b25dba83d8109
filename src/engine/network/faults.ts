/** What a learner can do to the network from outside: break and mend its parts, change how it is built. */
import {addressAt, type Cidr, cidrHas, parseCidr} from '../api/ip.ts';
import {HOSTS, type Host} from '../client/hosts.ts';
import {type NetworkSettings, networkSettings, setNetworkSettings} from '../client/network-settings.ts';
import type {Tx} from '../machine/types.ts';
import {CONFLIST_PATH, FLANNEL_CONFLIST} from './cni/conflist.ts';
import {installNetwork} from './cni/flannel.ts';
import {type FaultName, nodeNetworkMemory, setFault} from './cni/node-network.ts';
import {podCIDROf} from './packet/places.ts';

export type NetworkControl =
  /** Changes settings of the whole cluster; nodes are set up anew where that is needed. */
  | {action: 'network'; change: Partial<NetworkSettings>}
  /** Cuts a node's cable or breaks its overlay, or mends it. */
  | {action: 'network-break' | 'network-mend'; node: string; part: FaultName}
  /** Writes a plugin configuration on a node; without text, the right one. */
  | {action: 'conflist'; node: string; text?: string}
  /** Gives a node another block of pod addresses, for pods to come: `10.244.1.0/29` runs out after five. */
  | {action: 'pod-range'; node: string; cidr: string};

/** Half a file, as a full disk or a careless hand leaves it. */
export const BROKEN_CONFLIST = '{"name": "cbr0", "cniVersion": "0.3.1", "plugins": [';

function changeSettings(tx: Tx, change: Partial<NetworkSettings>): void {
  const before = networkSettings(tx);
  setNetworkSettings(tx, change);
  const after = networkSettings(tx);
  if (after.backend === before.backend && after.clusterCIDR === before.clusterCIDR) return;
  for (const [, {name}] of tx.table<Host>(HOSTS).entries()) {
    const cidr = podCIDROf(tx, name);
    if (cidr) installNetwork(tx, name, cidr);
  }
}

const within = (outer: Cidr, inner: Cidr): boolean => outer.prefix <= inner.prefix && cidrHas(outer, addressAt(inner, 0n));

/** Why pods cannot get their addresses from a range from now on; undefined: they can. The nodes keep the blocks that they have. */
export function rangeFault(tx: Tx, text: string): string | undefined {
  const {clusterCIDR, serviceCIDR} = networkSettings(tx);
  const [range, present, services] = [text, clusterCIDR, serviceCIDR].map(parseCidr);
  if (range?.family !== 4) return `${text || 'nothing'} is no range of addresses such as 10.128.0.0/9`;
  if (!within(range, present!)) return `${text} does not hold ${clusterCIDR}, of which the nodes have their blocks`;
  if (within(range, services!) || within(services!, range)) return `${text} overlaps ${serviceCIDR}, the addresses of Services`;
  return undefined;
}

export const networkControls = {
  network: (tx: Tx, {change}) => changeSettings(tx, change),
  'network-break': (tx: Tx, {node, part}) => setFault(tx, node, part, true),
  'network-mend': (tx: Tx, {node, part}) => setFault(tx, node, part, false),
  conflist: (tx: Tx, {node, text = JSON.stringify(FLANNEL_CONFLIST, null, 2)}) =>
    nodeNetworkMemory(tx, node).put('conflist', CONFLIST_PATH, {text}),
  'pod-range': (tx: Tx, {node, cidr}) => {
    installNetwork(tx, node, cidr);
    nodeNetworkMemory(tx, node).delete('bridge', 'cni0');
  },
} satisfies {[A in NetworkControl['action']]: (tx: Tx, control: Extract<NetworkControl, {action: A}>) => void};
