/** What the kernel of a node does to a packet by kube-proxy's rules: rewrite its destination, refuse it, rewrite its source. */
import {inCidr, joinHostPort, splitHostPort} from '../../api/ip.ts';
import {findHost} from '../../client/hosts.ts';
import {networkSettings} from '../../client/network-settings.ts';
import {BRIDGE} from '../cni/cni.ts';
import {podInterfaces} from '../cni/node-network.ts';
import {type Hit, type Netfilter, newPassage, type Passage, traverse} from '../proxy/iptables/evaluate.ts';
import type {RuleSet} from '../proxy/iptables/rule.ts';
import {type IptablesConfig, iptablesRules} from '../proxy/iptables/rules.ts';
import {saveLine} from '../proxy/iptables/text.ts';
import {ipvsTable, ipvsText, type VirtualServer} from '../proxy/ipvs.ts';
import {endpointBase, nftablesRules, serviceBase} from '../proxy/nftables.ts';
import {type NodeProxy, proxyFor} from '../proxy/node-rules.ts';
import {findConnection, lastSeen, nextTurn, noteSeen, track} from './conntrack.ts';
import {gatewayOf, isLocal, OVERLAY, overlayAddressOf, podOf, type Route} from './places.ts';
import {failed, hop, type Outcome, type Walk} from './walk.ts';

/** A node's rules as far as they concern one packet, and what has matched so far. */
export interface Treatment {
  readonly proxy: NodeProxy | undefined;
  readonly rules: RuleSet | undefined;
  readonly passage: Passage;
}

function rewriteDestination(walk: Walk, node: string, to: string): void {
  const {host, port} = splitHostPort(to);
  walk.rewrites.push({node, what: 'destination', before: walk.packet});
  walk.packet = {...walk.packet, destination: host, port};
}

/** A generator that makes the i-th of n rules match, whatever their probabilities. */
const forced = (index: number): (() => number) => {
  let asked = 0;
  return () => (asked++ === index ? 0 : 1);
};

/** ipvs takes its servers in turn; the other modes throw dice. */
function chance(walk: Walk, node: string, virtual: VirtualServer | undefined): () => number {
  if (!virtual || virtual.realServers.length === 0) return () => walk.tx.random();
  return forced(nextTurn(walk.tx, node, virtual.address, virtual.realServers.length));
}

const netfilter = (walk: Walk, node: string, random: () => number): Netfilter => ({
  local: address => isLocal(walk.tx, node, address),
  state: 'NEW',
  lastSeen: (list, client) => lastSeen(walk.tx, node, list, client),
  random,
});

const virtualServer = (walk: Walk, {ports, endpoints, config}: NodeProxy): VirtualServer | undefined => {
  if (networkSettings(walk.tx).proxyMode !== 'ipvs') return undefined;
  const {destination, port} = walk.packet;
  const table = ipvsTable(ports, endpoints, {node: config.node, nodeIPs: [destination]});
  return table.find(({address}) => address === joinHostPort(destination, port));
};

/** The decision in the words of the mode that kube-proxy runs in. */
function evidence(walk: Walk, proxy: NodeProxy, virtual: VirtualServer | undefined, hits: readonly Hit[], to: string): string[] {
  const {proxyMode, clusterCIDR, serviceCIDR} = networkSettings(walk.tx);
  if (virtual) return ipvsText([virtual]).slice(3);
  if (proxyMode !== 'nftables') return hits.map(({rule}) => saveLine(rule));
  const config: IptablesConfig = proxy.config;
  const lines = nftablesRules(proxy.ports, proxy.endpoints, {node: config.node, nodeIP: config.nodeIP ?? '', clusterCIDR, serviceCIDR});
  const chains = proxy.ports.flatMap(port => [serviceBase(port), endpointBase(port, to)]);
  return lines.filter(line => line.startsWith('add rule') && chains.some(name => line.split(' ')[4]?.endsWith(name)));
}

/** Destination NAT: what conntrack remembers, else what the rules of kube-proxy choose. */
export function translate(walk: Walk, node: string, device: string): Treatment {
  const {tx, packet, options} = walk;
  const proxy = proxyFor(tx, node, packet.destination, packet.port);
  const rules = proxy && iptablesRules(proxy.ports, proxy.endpoints, proxy.config);
  const passage = newPassage();
  const treatment = {proxy, rules, passage};
  const known = findConnection(tx, node, packet);
  if (known) {
    rewriteDestination(walk, node, known.to);
    passage.marked = known.masquerade;
    hop(walk, node, device, 'conntrack', `an open connection: it stays with ${known.to}, whatever the rules say by now`);
    return treatment;
  }
  if (!rules) return treatment;
  const virtual = virtualServer(walk, proxy);
  traverse(rules, 'nat', 'KUBE-SERVICES', packet, netfilter(walk, node, chance(walk, node, virtual)), passage);
  for (const list of passage.seen) noteSeen(tx, node, list, packet.source);
  const [to] = passage.dnat;
  if (!to) return treatment;
  rewriteDestination(walk, node, to);
  const shown = evidence(walk, proxy, virtual, passage.hits, to);
  hop(walk, node, device, 'service', `destination ${packet.destination}:${packet.port} becomes ${to}`, {rules: shown});
  if (options.keep) track(tx, node, packet, {to, masquerade: passage.marked});
  return treatment;
}

/** The container port behind a port of the node, where a pod asks for one. */
function hostPortOf({tx, packet}: Walk, node: string): string | undefined {
  for (const {podNamespace, podName, ip} of podInterfaces(tx, node)) {
    const containers = podOf(tx, podNamespace, podName)?.spec?.containers ?? [];
    const mapping = containers
      .flatMap(({ports = []}) => ports)
      .find(({hostPort, protocol = 'TCP'}) => hostPort === packet.port && protocol === packet.protocol);
    if (mapping) return joinHostPort(ip, mapping.containerPort);
  }
  return undefined;
}

/** The plugin portmap's destination NAT, for a packet to the node that no service took. upstream: containernetworking/plugins plugins/meta/portmap */
export function mapHostPort(walk: Walk, node: string, {passage}: Treatment): void {
  const {packet} = walk;
  if (passage.dnat.length || packet.destination.startsWith('127.') || !isLocal(walk.tx, node, packet.destination)) return;
  const to = hostPortOf(walk, node);
  if (!to) return;
  rewriteDestination(walk, node, to);
  passage.dnat.push(to);
  hop(walk, node, 'portmap', 'service', `port ${packet.port} of the node is a pod's hostPort: destination becomes ${to}`);
}

const FILTER_CHAINS = {
  input: ['KUBE-PROXY-FIREWALL', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-FIREWALL'],
  forward: ['KUBE-PROXY-FIREWALL', 'KUBE-FORWARD', 'KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES'],
  output: ['KUBE-PROXY-FIREWALL', 'KUBE-SERVICES', 'KUBE-FIREWALL'],
} as const;

/** The filter table: where kube-proxy refuses what has no endpoint. */
export function filter(walk: Walk, node: string, hook: keyof typeof FILTER_CHAINS, {rules, passage}: Treatment): Outcome | undefined {
  if (!rules) return undefined;
  const net = netfilter(walk, node, () => walk.tx.random());
  for (const chain of FILTER_CHAINS[hook]) {
    const start = passage.hits.length;
    const {verdict} = traverse(rules, 'filter', chain, walk.packet, net, passage);
    if (!verdict || verdict === 'ACCEPT') continue;
    const hits = passage.hits.slice(start);
    const said = hits.at(-1)?.rule.matches.find(match => match.match === 'comment');
    const why = said?.match === 'comment' ? said.text : chain;
    hop(walk, node, 'netfilter', 'filter', `${verdict}: ${why}`, {rules: hits.map(({rule}) => saveLine(rule))});
    return verdict === 'REJECT'
      ? failed('refused', `${why}: answered by an ICMP port unreachable`)
      : failed('timeout', `${why}: dropped without an answer`);
  }
  return undefined;
}

/** Source NAT on the way out: of what kube-proxy marked, and of pods that leave the pod network. */
export function masquerade(walk: Walk, node: string, route: Route, {rules, passage}: Treatment): void {
  const {tx, packet} = walk;
  const {clusterCIDR} = networkSettings(tx);
  if (rules)
    traverse(
      rules,
      'nat',
      'KUBE-POSTROUTING',
      packet,
      netfilter(walk, node, () => tx.random()),
      passage,
    );
  const leaves = inCidr(packet.source, clusterCIDR) && !inCidr(packet.destination, clusterCIDR);
  if (!passage.masquerade && !leaves) return;
  const own: Record<string, string | undefined> = {[BRIDGE]: gatewayOf(tx, node), [OVERLAY]: overlayAddressOf(tx, node)};
  const source = own[route.device] ?? findHost(tx, node)?.address;
  if (!source || source === packet.source) return;
  walk.rewrites.push({node, what: 'source', before: packet});
  walk.packet = {...packet, source};
  const why = passage.masquerade
    ? 'marked by kube-proxy: the answer must come back this way'
    : 'leaves the pod network: nobody out there knows the way to a pod';
  hop(walk, node, route.device, 'masquerade', `source ${packet.source} becomes ${source}: ${why}`);
}
