/**
 * The plugins as a runtime calls them: flannel delegates to bridge, bridge asks host-local for an address.
 * upstream: containernetworking/plugins plugins/main/bridge, plugins/ipam/host-local; flannel-io/cni-plugin
 */
import {type Cni, type CniAddRequest, CniError, type CniResult} from '../../api/cni.ts';
import type {TraceNote} from '../../client/context.ts';
import type {Tx} from '../../machine/types.ts';
import {CNI_VERSION, CONFLIST_PATH, checkPlugins, loadConflist, NOT_INITIALIZED, SUBNET_ENV_PATH} from './conflist.ts';
import {allocate, EMPTY_STORE, IpamError, ipamRange, release} from './ipam.ts';
import {type Bridge, nodeNetworkMemory, type PodInterface} from './node-network.ts';

export const BRIDGE = 'cni0';
const IPAM_NETWORK = 'cbr0';

type NodeNetwork = ReturnType<typeof nodeNetworkMemory>;

/** Tells what one plugin does for a pod. */
type Tell = (plugin: string, detail: string) => void;

const tellOf =
  (tx: Tx, node: string, {podNamespace, podName}: CniAddRequest): Tell =>
  (plugin, detail) => {
    if (!tx.noting) return;
    const subject = `pod/${podNamespace}/${podName}`;
    const note: TraceNote = {kind: 'trace', component: plugin, instance: node, stage: 'CNI', subject, detail};
    tx.note(note);
  };

/** A locally administered unicast address. */
function mac(random: () => number): string {
  const bytes = Array.from({length: 6}, () => Math.floor(random() * 256));
  bytes[0] = (bytes[0]! & 0xfe) | 0x02;
  return bytes.map(byte => byte.toString(16).padStart(2, '0')).join(':');
}

const vethName = (random: () => number): string =>
  `veth${Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')}`;

/** A configuration as this runtime sees it now, or why there is none to use. */
const conflistOf = (network: NodeNetwork) => loadConflist(network.get('conflist', CONFLIST_PATH));

/** The subnet that the overlay's daemon left for the plugin. */
function subnetOf(network: NodeNetwork): {subnet: string; mtu: number} {
  const env = network.get('subnetEnv', SUBNET_ENV_PATH);
  if (!env) throw new CniError(`loadFlannelSubnetEnv failed: open ${SUBNET_ENV_PATH}: no such file or directory`);
  return env;
}

function reserve(network: NodeNetwork, subnet: string, containerId: string, ifName: string): {address: string; gateway: string} {
  try {
    const {address, gateway, store} = allocate([ipamRange(subnet)], network.get('ipam', IPAM_NETWORK) ?? EMPTY_STORE, {
      containerId,
      ifName,
    });
    network.put('ipam', IPAM_NETWORK, store);
    return {address, gateway};
  } catch (error) {
    if (error instanceof IpamError) throw new CniError(`failed to delegate add: failed to allocate for range 0: ${error.message}`);
    throw error;
  }
}

const giveBack = (network: NodeNetwork, containerId: string, ifName: string): void => {
  const store = network.get('ipam', IPAM_NETWORK);
  if (store) network.put('ipam', IPAM_NETWORK, release(store, {containerId, ifName}));
};

/** The bridge is made when the first pod needs it; the gateway is its own address. It must be in the subnet that addresses come from. */
function ensureBridge(tx: Tx, network: NodeNetwork, address: string, mtu: number): Bridge {
  const present = network.get('bridge', BRIDGE);
  if (present && present.address !== address)
    throw new CniError(
      `failed to delegate add: failed to set bridge addr: "${BRIDGE}" already has an IP address different from ${address}`,
    );
  const bridge = present ?? {name: BRIDGE, mac: mac(() => tx.random()), address, mtu};
  if (!present) network.put('bridge', BRIDGE, bridge);
  return bridge;
}

const result = (pod: PodInterface, bridge: Bridge, clusterNetwork: string): CniResult => ({
  cniVersion: CNI_VERSION,
  interfaces: [
    {name: bridge.name, mac: bridge.mac},
    {name: pod.hostInterface, mac: pod.hostMac},
    {name: pod.ifName, mac: pod.mac, sandbox: pod.netns},
  ],
  ips: [{address: `${pod.ip}/${pod.prefix}`, gateway: pod.gateway, interface: 2}],
  routes: [
    {dst: clusterNetwork, gw: pod.gateway},
    {dst: '0.0.0.0/0', gw: pod.gateway},
  ],
});

/** ADD: address, bridge, veth pair, routes. Whatever fails after the address was reserved gives it back. */
function add(tx: Tx, network: NodeNetwork, request: CniAddRequest, tell: Tell): CniResult {
  const {containerId, ifName, netns, podNamespace, podName, podUid} = request;
  const conflist = conflistOf(network);
  if (!conflist) throw new CniError(NOT_INITIALIZED);
  const [{type}] = conflist.plugins as [{type: string}];
  try {
    // 1. The plugins must be there, and the daemon must have told which subnet this node has.
    checkPlugins(conflist);
    const {subnet, mtu} = subnetOf(network);
    tell(type, `the pods of this node are in ${subnet}; bridge is to do the rest`);

    // 2. host-local reserves an address.
    const {address, gateway} = reserve(network, subnet, containerId, ifName);
    const [ip, prefix] = address.split('/') as [string, string];
    tell('host-local', `${ip} is reserved for ${containerId.slice(0, 13)}`);
    try {
      // 3. The bridge, with the gateway's address.
      const bridge = ensureBridge(tx, network, `${gateway}/${prefix}`, mtu);

      // 4. A veth pair: one end into the sandbox's namespace with the address and the default route, the other into the bridge.
      const random = (): number => tx.random();
      const pod: PodInterface = {
        ...{containerId, podNamespace, podName, podUid, netns, ifName, ip, gateway},
        prefix: Number(prefix),
        mac: mac(random),
        hostInterface: vethName(random),
        hostMac: mac(random),
      };
      network.put('interface', containerId, pod);
      tell(
        'bridge',
        `${ifName} in ${netns} has ${address}, its other end ${pod.hostInterface} is a port of ${bridge.name}; default via ${gateway}`,
      );
      return result(pod, bridge, network.get('subnetEnv', SUBNET_ENV_PATH)!.network);
    } catch (error) {
      giveBack(network, containerId, ifName);
      throw error;
    }
  } catch (error) {
    if (error instanceof CniError) throw new CniError(`plugin type="${type}" failed (add): ${error.message}`);
    throw error;
  }
}

/** The network plugins of a node. DEL of what is not there is no error: a runtime may ask again. */
export function createCni(tx: Tx, node: string): Cni {
  const network = nodeNetworkMemory(tx, node);
  return {
    add: request => add(tx, network, request, tellOf(tx, node, request)),
    del({containerId, ifName}) {
      network.delete('interface', containerId);
      giveBack(network, containerId, ifName);
    },
    notReady: () => (conflistOf(network) ? undefined : NOT_INITIALIZED),
  };
}
