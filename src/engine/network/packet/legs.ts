/** The parts of a way between two decisions: into a pod, to another node, out of the pod network. */
import {inCidr} from '../../api/ip.ts';
import type {Namespace, Pod} from '../../api/types.ts';
import {collection} from '../../apiserver/collections.ts';
import {findHost} from '../../client/hosts.ts';
import {networkSettings} from '../../client/network-settings.ts';
import {BRIDGE} from '../cni/cni.ts';
import {CONFLIST_PATH, loadConflist} from '../cni/conflist.ts';
import {hasFault, nodeNetwork, type PodInterface} from '../cni/node-network.ts';
import {encapsulate, ethernet, headerBytes, ipHeaders, VXLAN_PORT} from './headers.ts';
import {hostAt, interfaceAt, isLocal, OVERLAY, overlayMac, podOf, type Route, UPLINK} from './places.ts';
import {type Direction, judge, type NetworkPolicy, type Party} from './policy.ts';
import {deliver, failed, hop, type Leg, type Outcome, type Walk} from './walk.ts';

/** NetworkPolicies of a pod on this node, for one direction; undefined lets the packet pass. */
export function policy(walk: Walk, node: string, direction: Direction, self: Pod, other: Party): Outcome | undefined {
  const {tx, packet} = walk;
  if (!networkSettings(tx).enforcesPolicy || self.spec?.hostNetwork) return undefined;
  const policies = collection<NetworkPolicy>(tx, `/registry/networkpolicies/${self.metadata.namespace}/`);
  if (policies.length === 0) return undefined;
  const namespaces = collection<Namespace>(tx, '/registry/namespaces/');
  const verdict = judge(direction, self, other, {port: packet.port, protocol: packet.protocol}, policies, name =>
    namespaces.find(({metadata}) => metadata.name === name),
  );
  if (verdict.policies.length === 0) return undefined;
  const what = `${direction.toLowerCase()} of ${self.metadata.namespace}/${self.metadata.name}`;
  const detail = verdict.allowed
    ? `${what} is allowed by ${verdict.by}`
    : `${what} is restricted by ${verdict.policies.join(', ')}, and none of them allows this`;
  hop(walk, node, 'policy', 'policy', detail);
  return verdict.allowed ? undefined : failed('timeout', `${detail}: dropped without an answer`);
}

const isHairpin = ({senderInterface}: Walk, to: PodInterface): boolean => senderInterface?.containerId === to.containerId;

/** A bridge sends a frame back out of the port it came from only where it is told to. */
function hairpinAllowed({tx}: Walk, node: string): boolean {
  const conflist = loadConflist(nodeNetwork(tx, node).get('conflist', CONFLIST_PATH));
  return conflist?.plugins.some(plugin => (plugin['delegate'] as {hairpinMode?: boolean} | undefined)?.hairpinMode === true) ?? false;
}

/** The last leg on the pod's node: policy, bridge, veth, pod. */
export function toPod(walk: Walk, node: string): Outcome {
  const {tx, packet} = walk;
  const target = interfaceAt(tx, node, packet.destination);
  if (!target) {
    hop(walk, node, BRIDGE, 'bridge', `who has ${packet.destination}? Nobody on this bridge answers`);
    return failed('unreachable', `no pod on ${node} has the address ${packet.destination}`);
  }
  const {podNamespace: namespace, podName: name, podUid: uid, mac, hostInterface, ip} = target;
  const pod = podOf(tx, namespace, name);
  const fromNode = isLocal(tx, node, packet.source) && !walk.sender;
  const denied = pod && !fromNode && policy(walk, node, 'Ingress', pod, {address: packet.source, pod: walk.sender});
  if (denied) return denied;
  if (isHairpin(walk, target) && !hairpinAllowed(walk, node)) {
    hop(walk, node, BRIDGE, 'bridge', `${hostInterface} has no hairpin mode: a frame does not leave by the port it came from`);
    return failed('timeout', `${namespace}/${name} cannot reach itself through its Service: the bridge has no hairpin mode`);
  }
  const bridge = nodeNetwork(tx, node).get('bridge', BRIDGE);
  hop(walk, node, hostInterface, 'bridge', `${BRIDGE} passes it to ${hostInterface}, the other end of eth0 of ${namespace}/${name}`, {
    headers: [ethernet({source: bridge?.mac ?? '', destination: mac}), ...ipHeaders(packet)],
  });
  return deliver(walk, {address: ip, port: packet.port, node, pod: {namespace, name, uid}}, `pod ${namespace}/${name}`);
}

/** Without power or without a cable. */
export const isCutOff = ({tx}: Walk, node: string): boolean => findHost(tx, node)?.up === false || hasFault(tx, node, 'link');

const cutOff = (node: string): Outcome => failed('timeout', `${node} cannot be reached over the wire`);

/** Between nodes: as it is, or inside UDP. */
export function toNode(walk: Walk, node: string, route: Route): Leg {
  const {tx} = walk;
  const other = route.node!;
  const [from, to] = [findHost(tx, node)?.address ?? '', findHost(tx, other)?.address ?? ''];
  const encapsulated = route.device === OVERLAY;
  let headers = ipHeaders(walk.packet);
  if (encapsulated) {
    if ([node, other].some(end => hasFault(tx, end, 'overlay'))) {
      hop(walk, node, OVERLAY, 'overlay', 'the overlay is broken: what goes in does not come out');
      return failed('timeout', `the overlay between ${node} and ${other} is broken`);
    }
    const frame = ethernet({source: overlayMac(node), destination: overlayMac(other)});
    const plain = headerBytes(headers);
    headers = encapsulate([frame, ...headers], from, to, walk.packet.sourcePort);
    const more = headerBytes(headers) - plain;
    hop(walk, node, OVERLAY, 'overlay', `packed into UDP for ${to}, port ${VXLAN_PORT}: ${more} bytes more`, {headers});
  }
  hop(walk, node, UPLINK, 'wire', `${from} to ${to}`, {headers});
  const dead = [node, other].find(end => isCutOff(walk, end));
  if (dead) return cutOff(dead);
  if (encapsulated) hop(walk, other, OVERLAY, 'overlay', 'unpacked');
  return {next: other};
}

/** Out of the pod network: another node's own address, the control plane, or the world. */
export function beyond(walk: Walk, node: string): Leg {
  const {tx, packet} = walk;
  const {serviceCIDR, clusterCIDR, controlPlane} = networkSettings(tx);
  hop(walk, node, UPLINK, 'wire', `to ${packet.destination}`);
  if (isCutOff(walk, node)) return cutOff(node);
  const host = hostAt(tx, packet.destination);
  if (host) return isCutOff(walk, host.name) ? cutOff(host.name) : {next: host.name};
  if (inCidr(packet.destination, serviceCIDR))
    return failed(
      'timeout',
      `${packet.destination} is a Service's address and no rule on ${node} rewrote it: nobody in the network has it`,
    );
  if (inCidr(packet.destination, clusterCIDR)) return failed('unreachable', `no node has the pods of ${packet.destination}`);
  const where = packet.destination === controlPlane ? 'the control plane' : packet.destination;
  return deliver(walk, {address: packet.destination, port: packet.port}, where);
}
