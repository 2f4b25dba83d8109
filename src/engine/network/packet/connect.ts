/**
 * A packet's way, station by station: sandbox, bridge, service rules, policies, routes, overlay, and the same on the other node. Every decision is made by what
 * the nodes really hold: their interfaces, their proxy's rules with their probabilities, their kernel's memory.
 */
import {inCidr, splitHostPort} from '../../api/ip.ts';
import type {Namespace, Pod, Service} from '../../api/types.ts';
import {collection} from '../../apiserver/collections.ts';
import {findHost, HOSTS, type Host} from '../../client/hosts.ts';
import {networkSettings} from '../../client/network-settings.ts';
import type {Tx} from '../../machine/types.ts';
import {BRIDGE} from '../cni/cni.ts';
import {CONFLIST_PATH, parseConflist} from '../cni/conflist.ts';
import {hasFault, nodeNetwork, type PodInterface, podInterfaces} from '../cni/node-network.ts';
import {type Hit, type Netfilter, newPassage, type Passage, traverse} from '../proxy/iptables/evaluate.ts';
import type {RuleSet} from '../proxy/iptables/rule.ts';
import {saveLine} from '../proxy/iptables/text.ts';
import {rulesFor} from '../proxy/node-rules.ts';
import type {Connection, ConnectOptions, Destination, Hop, Origin, Reached, Station, Verdict} from './connection.ts';
import {findConnection, lastSeen, noteSeen, track} from './conntrack.ts';
import {encapsulate, ethernet, type Header, ipHeaders, type Packet} from './headers.ts';
import {gatewayOf, hostAt, interfaceAt, isLocal, OVERLAY, overlayAddressOf, podOf, type Route, routeTo, UPLINK} from './places.ts';
import {type Direction, judge, type NetworkPolicy, type Party} from './policy.ts';

const FIRST_TTL = 64;
const EPHEMERAL = {first: 32768, last: 60999} as const;
/** More node-to-node legs than any way here has. */
const MAX_LEGS = 6;

/** The walk's own state. */
interface Walk {
  readonly tx: Tx;
  readonly options: ConnectOptions;
  readonly hops: Hop[];
  packet: Packet;
  /** The pod that sent it, where it was one. */
  readonly sender: Pod | undefined;
  readonly senderInterface: PodInterface | undefined;
}

type Outcome = Omit<Connection, 'hops' | 'seenFrom' | 'sourcePort'>;

const failed = (verdict: Verdict, why: string): Outcome => ({verdict, why});

function hop(
  walk: Walk,
  node: string,
  device: string,
  station: Station,
  detail: string,
  more: {headers?: Header[]; hits?: readonly Hit[]} = {},
): void {
  const {headers = ipHeaders(walk.packet), hits} = more;
  walk.hops.push({node, device, station, detail, headers, ...(hits?.length ? {rules: hits.map(({rule}) => saveLine(rule))} : {})});
}

const netfilter = (walk: Walk, node: string): Netfilter => ({
  local: address => isLocal(walk.tx, node, address),
  state: 'NEW',
  lastSeen: (list, client) => lastSeen(walk.tx, node, list, client),
  random: () => walk.tx.random(),
});

const rewritten = (packet: Packet, to: string): Packet => {
  const {host, port} = splitHostPort(to);
  return {...packet, destination: host, port};
};

/** Destination NAT: what conntrack remembers, else what the rules of kube-proxy choose. */
function translate(walk: Walk, node: string, rules: RuleSet | undefined, device: string): Passage {
  const {tx, packet, options} = walk;
  const passage = newPassage();
  const known = findConnection(tx, node, packet);
  if (known) {
    walk.packet = rewritten(packet, known.to);
    passage.marked = known.masquerade;
    hop(walk, node, device, 'conntrack', `an open connection: it stays with ${known.to}, whatever the rules say by now`);
    return passage;
  }
  if (!rules) return passage;
  traverse(rules, 'nat', 'KUBE-SERVICES', packet, netfilter(walk, node), passage);
  for (const list of passage.seen) noteSeen(tx, node, list, packet.source);
  const [to] = passage.dnat;
  if (!to) return passage;
  walk.packet = rewritten(packet, to);
  hop(walk, node, device, 'service', `destination ${packet.destination}:${packet.port} becomes ${to}`, {hits: passage.hits});
  if (options.keep) track(tx, node, packet, {to, masquerade: passage.marked});
  return passage;
}

const FILTER_CHAINS = {
  input: ['KUBE-PROXY-FIREWALL', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-FIREWALL'],
  forward: ['KUBE-PROXY-FIREWALL', 'KUBE-FORWARD', 'KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES'],
  output: ['KUBE-PROXY-FIREWALL', 'KUBE-SERVICES', 'KUBE-FIREWALL'],
} as const;

/** The filter table: where kube-proxy refuses what has no endpoint. */
function filter(
  walk: Walk,
  node: string,
  rules: RuleSet | undefined,
  hook: keyof typeof FILTER_CHAINS,
  passage: Passage,
): Outcome | undefined {
  if (!rules) return undefined;
  for (const chain of FILTER_CHAINS[hook]) {
    const start = passage.hits.length;
    const {verdict} = traverse(rules, 'filter', chain, walk.packet, netfilter(walk, node), passage);
    if (!verdict || verdict === 'ACCEPT') continue;
    const hits = passage.hits.slice(start);
    const said = hits.at(-1)?.rule.matches.find(match => match.match === 'comment');
    const why = said?.match === 'comment' ? said.text : chain;
    hop(walk, node, 'netfilter', 'filter', `${verdict}: ${why}`, {hits});
    return verdict === 'REJECT'
      ? failed('refused', `${why}: answered by an ICMP port unreachable`)
      : failed('timeout', `${why}: dropped without an answer`);
  }
  return undefined;
}

/** NetworkPolicies of a pod on this node, for one direction. */
function policy(walk: Walk, node: string, direction: Direction, self: Pod, other: Party): Outcome | undefined {
  const {tx, packet} = walk;
  if (!networkSettings(tx).enforcesPolicy || self.spec?.hostNetwork) return undefined;
  const policies = collection<NetworkPolicy>(tx, `/registry/networkpolicies/${self.metadata.namespace}/`);
  if (policies.length === 0) return undefined;
  const namespace = (name: string): Namespace | undefined =>
    collection<Namespace>(tx, '/registry/namespaces/').find(({metadata}) => metadata.name === name);
  const verdict = judge(direction, self, other, {port: packet.port, protocol: packet.protocol}, policies, namespace);
  if (verdict.policies.length === 0) return undefined;
  const name = `${self.metadata.namespace}/${self.metadata.name}`;
  const detail = verdict.allowed
    ? `${direction.toLowerCase()} of ${name} is allowed by ${verdict.by}`
    : `${direction.toLowerCase()} of ${name} is restricted by ${verdict.policies.join(', ')}, and none of them allows this`;
  hop(walk, node, 'policy', 'policy', detail);
  return verdict.allowed ? undefined : failed('timeout', `${detail}: dropped without an answer`);
}

/** Source NAT on the way out: of what kube-proxy marked, and of pods that leave the pod network. */
function masquerade(walk: Walk, node: string, rules: RuleSet | undefined, passage: Passage, route: Route): void {
  const {tx, packet} = walk;
  const {clusterCIDR} = networkSettings(tx);
  if (rules) traverse(rules, 'nat', 'KUBE-POSTROUTING', packet, netfilter(walk, node), passage);
  const leaves = inCidr(packet.source, clusterCIDR) && !inCidr(packet.destination, clusterCIDR);
  if (!passage.masquerade && !leaves) return;
  const source =
    {[BRIDGE]: gatewayOf(tx, node), [OVERLAY]: overlayAddressOf(tx, node)}[route.device as string] ?? findHost(tx, node)?.address;
  if (!source || source === packet.source) return;
  walk.packet = {...packet, source};
  const why = passage.masquerade
    ? 'marked by kube-proxy: the answer must come back this way'
    : 'leaves the pod network: nobody out there knows the way to a pod';
  hop(walk, node, route.device, 'masquerade', `source ${packet.source} becomes ${source}: ${why}`);
}

const isHairpin = ({senderInterface}: Walk, to: PodInterface): boolean => senderInterface?.containerId === to.containerId;

/** A bridge sends a frame back out of the port it came from only where it is told to. */
function hairpinAllowed(walk: Walk, node: string): boolean {
  const conflist = parseConflist(nodeNetwork(walk.tx, node).get('conflist', CONFLIST_PATH)?.text ?? '');
  return conflist?.plugins.some(plugin => (plugin['delegate'] as {hairpinMode?: boolean} | undefined)?.hairpinMode === true) ?? false;
}

/** Somebody has the packet: do they listen? */
function deliver(walk: Walk, endpoint: Reached, where: string): Outcome {
  const {options, packet} = walk;
  hop(walk, endpoint.node ?? '', endpoint.pod ? 'eth0' : 'lo', 'delivery', `to ${where}, from ${packet.source}`);
  if (options.listens && !options.listens(endpoint, packet.protocol))
    return {verdict: 'refused', why: `${where} has the packet, but nothing listens on port ${packet.port}`, endpoint};
  return {verdict: 'answered', why: `${where} answers`, endpoint};
}

/** The last leg on the pod's node: policy, bridge, veth, pod. */
function toPod(walk: Walk, node: string): Outcome {
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

const broken = ({tx}: Walk, node: string): boolean => findHost(tx, node)?.up === false || hasFault(tx, node, 'link');

/** Between nodes: as it is, or inside UDP. */
function toNode(walk: Walk, node: string, route: Route): Outcome | undefined {
  const {tx} = walk;
  const other = route.node!;
  const [from, to] = [findHost(tx, node)?.address ?? '', findHost(tx, other)?.address ?? ''];
  let headers = ipHeaders(walk.packet);
  if (route.device === OVERLAY) {
    if ([node, other].some(end => hasFault(tx, end, 'overlay'))) {
      hop(walk, node, OVERLAY, 'overlay', 'the overlay is broken: what goes in does not come out');
      return failed('timeout', `the overlay between ${node} and ${other} is broken`);
    }
    headers = encapsulate(
      [ethernet({source: `${OVERLAY}@${node}`, destination: `${OVERLAY}@${other}`}), ...headers],
      from,
      to,
      walk.packet.sourcePort,
    );
    hop(walk, node, OVERLAY, 'overlay', `packed into UDP for ${to}, port 8472`, {headers});
  }
  hop(walk, node, UPLINK, 'wire', `${from} to ${to}`, {headers});
  const dead = [node, other].find(end => broken(walk, end));
  if (dead) return failed('timeout', `${dead} cannot be reached over the wire`);
  if (route.device === OVERLAY) hop(walk, other, OVERLAY, 'overlay', 'unpacked');
  return undefined;
}

/** Out of the pod network: another node's own address, the control plane, or the world. */
function beyond(walk: Walk, node: string): Outcome | {next: string} {
  const {tx, packet} = walk;
  const {serviceCIDR, clusterCIDR, controlPlane} = networkSettings(tx);
  hop(walk, node, UPLINK, 'wire', `to ${packet.destination}`);
  if (broken(walk, node)) return failed('timeout', `${node} cannot be reached over the wire`);
  const host = hostAt(tx, packet.destination);
  if (host) return broken(walk, host.name) ? failed('timeout', `${host.name} cannot be reached over the wire`) : {next: host.name};
  if (inCidr(packet.destination, serviceCIDR))
    return failed(
      'timeout',
      `${packet.destination} is a Service's address and no rule on ${node} rewrote it: nobody in the network has it`,
    );
  if (inCidr(packet.destination, clusterCIDR)) return failed('unreachable', `no node has the pods of ${packet.destination}`);
  const where = packet.destination === controlPlane ? 'the control plane' : packet.destination;
  return deliver(walk, {address: packet.destination, port: packet.port}, where);
}

/** One node's part of the way. `entry` is where the packet comes in. */
function throughNode(walk: Walk, node: string, entry: 'pod' | 'host' | 'wire'): Outcome | {next: string} {
  const {tx} = walk;
  // 1. Service rules: PREROUTING, or OUTPUT for what the node itself sends.
  const original = walk.packet;
  const rules = rulesFor(tx, node, original.destination, original.port);
  const passage = translate(walk, node, rules, entry === 'pod' ? BRIDGE : entry === 'wire' ? UPLINK : 'lo');

  // 2. For this node itself?
  const {destination, port} = walk.packet;
  const local = isLocal(tx, node, destination);
  const refused = filter(walk, node, rules, local ? 'input' : entry === 'host' ? 'output' : 'forward', passage);
  if (refused) return refused;
  if (local) return deliver(walk, {address: destination, port, node}, `node ${node}`);

  // 3. Policies of the sender; those of the receiver come on its node.
  const route = routeTo(tx, node, destination);
  if (entry === 'pod' && walk.sender) {
    const receiver = [node, route.node].map(on => (on ? interfaceAt(tx, on, destination) : undefined)).find(Boolean);
    const pod = receiver && podOf(tx, receiver.podNamespace, receiver.podName);
    const denied = policy(walk, node, 'Egress', walk.sender, {address: destination, pod});
    if (denied) return denied;
  }

  // 4. The routing table decides which way out; one more router has been passed.
  if (entry !== 'host') walk.packet = {...walk.packet, ttl: walk.packet.ttl - 1};
  hop(walk, node, route.device, 'route', `${route.destination} ${route.via ? `via ${route.via} ` : ''}dev ${route.device}`);
  masquerade(walk, node, rules, passage, route);
  if (route.device === BRIDGE) return toPod(walk, node);
  if (route.node) return toNode(walk, node, route) ?? {next: route.node};
  return beyond(walk, node);
}

function walkFrom(walk: Walk, start: string, entry: 'pod' | 'host' | 'wire'): Outcome {
  let [node, from] = [start, entry];
  for (let leg = 0; leg < MAX_LEGS; leg++) {
    const outcome = throughNode(walk, node, from);
    if (!('next' in outcome)) return outcome;
    [node, from] = [outcome.next, 'wire'];
  }
  return failed('unreachable', 'time to live exceeded');
}

/** A load balancer outside sends to a node that is fit to take the traffic: with the policy Local, one that has an endpoint itself. */
function balancerTarget(walk: Walk, service: Service): string | undefined {
  const {tx, packet} = walk;
  const local = service.spec?.externalTrafficPolicy === 'Local';
  const fit = [...tx.table<Host>(HOSTS).entries()]
    .map(([, host]) => host)
    .filter(host => host.up && rulesFor(tx, host.name, packet.destination, packet.port))
    .filter(host => {
      if (!local) return true;
      const rules = rulesFor(tx, host.name, packet.destination, packet.port)!;
      return rules.nat.rules.some(rule => rule.chain.startsWith('KUBE-SVL-'));
    });
  return fit[Math.floor(tx.random() * fit.length)]?.name;
}

const hasBalancerAddress =
  (address: string) =>
  ({status}: Service): boolean =>
    (status?.loadBalancer?.ingress ?? []).some(({ip}) => ip === address);

/** From outside the cluster only nodes and load balancers can be reached. */
function fromOutside(walk: Walk): Outcome {
  const {tx, packet} = walk;
  hop(walk, '', UPLINK, 'wire', `${packet.source} to ${packet.destination}`);
  const host = hostAt(tx, packet.destination);
  if (host) return broken(walk, host.name) ? failed('timeout', `${host.name} does not answer`) : walkFrom(walk, host.name, 'wire');
  const service = collection<Service>(tx, '/registry/services/specs/').find(hasBalancerAddress(packet.destination));
  if (!service) return failed('timeout', `${packet.destination} is not known outside the cluster`);
  const node = balancerTarget(walk, service);
  if (!node) return failed('refused', 'the load balancer has no node to send to');
  hop(walk, '', 'load balancer', 'wire', `the load balancer of ${service.metadata.namespace}/${service.metadata.name} chooses ${node}`);
  return walkFrom(walk, node, 'wire');
}

function fromPod(walk: Walk, pod: Pod, own: PodInterface | undefined, node: string): Outcome {
  const {packet} = walk;
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (pod.spec?.hostNetwork) return walkFrom(walk, node, 'host');
  if (!own) return failed('unreachable', `${name} has no network yet`);
  const self = {namespace: own.podNamespace, name: own.podName, uid: own.podUid};
  if (packet.destination === own.ip || inCidr(packet.destination, '127.0.0.0/8'))
    return deliver(walk, {address: own.ip, port: packet.port, node, pod: self}, `pod ${name} itself`);
  hop(walk, node, own.ifName, 'sandbox', `default via ${own.gateway} dev ${own.ifName}`, {
    headers: [ethernet({source: own.mac, destination: nodeNetwork(walk.tx, node).get('bridge', BRIDGE)?.mac ?? ''}), ...ipHeaders(packet)],
  });
  hop(walk, node, own.hostInterface, 'bridge', `out of the sandbox by ${own.hostInterface}, a port of ${BRIDGE}`);
  return walkFrom(walk, node, 'pod');
}

/**
 * Sends the first packet of a connection and follows it to its end. Needs a transaction: chance is drawn from the seeded generator, and kernels remember.
 */
export function connect(tx: Tx, from: Origin, to: Destination, options: ConnectOptions = {}): Connection {
  const {address: destination, port, protocol = 'TCP'} = to;
  const sourcePort = options.sourcePort ?? EPHEMERAL.first + Math.floor(tx.random() * (EPHEMERAL.last - EPHEMERAL.first + 1));
  const pod = from.kind === 'pod' ? podOf(tx, from.namespace, from.name) : undefined;
  const node = from.kind === 'node' ? from.name : (pod?.spec?.nodeName ?? '');
  const own = pod && podInterfaces(tx, node).find(each => each.podUid === pod.metadata.uid);
  const source = from.kind === 'outside' ? from.address : (own?.ip ?? findHost(tx, node)?.address ?? '');
  const walk: Walk = {
    tx,
    options,
    hops: [],
    packet: {protocol, source, sourcePort, destination, port, ttl: FIRST_TTL},
    sender: pod,
    senderInterface: own,
  };
  let outcome: Outcome;
  if (from.kind === 'outside') outcome = fromOutside(walk);
  else if (from.kind === 'node') outcome = walkFrom(walk, node, 'host');
  else outcome = pod ? fromPod(walk, pod, own, node) : failed('unreachable', `there is no pod ${from.namespace}/${from.name}`);
  return {...outcome, hops: walk.hops, seenFrom: walk.packet.source, sourcePort};
}
