/**
 * A packet's way, station by station: sandbox, bridge, service rules, policies, routes, overlay, and the same on the other node. Every decision is made by what
 * the nodes really hold: their interfaces, their proxy's rules with their probabilities, their kernel's memory.
 */
import {inCidr} from '../../api/ip.ts';
import type {Pod, Service} from '../../api/types.ts';
import {collection} from '../../apiserver/collections.ts';
import {findHost, HOSTS, type Host} from '../../client/hosts.ts';
import {networkSettings} from '../../client/network-settings.ts';
import type {Tx} from '../../machine/types.ts';
import {BRIDGE} from '../cni/cni.ts';
import {nodeNetwork, type PodInterface, podInterfaces} from '../cni/node-network.ts';
import {ingressBackend} from '../ingress/ingress-controller.ts';
import {endpointsKey} from '../proxy/endpoints.ts';
import {proxyFor} from '../proxy/node-rules.ts';
import {categorizeEndpoints} from '../proxy/topology.ts';
import type {Connection, ConnectOptions, Destination, Origin} from './connection.ts';
import {ethernet, ipHeaders} from './headers.ts';
import {beyond, isCutOff, policy, toNode, toPod} from './legs.ts';
import {filter, mapHostPort, masquerade, translate} from './netfilter.ts';
import {hostAt, interfaceAt, isLocal, podOf, routeTo, UPLINK} from './places.ts';
import {answerBack, deliver, failed, hop, type Leg, type Outcome, type Walk} from './walk.ts';

const FIRST_TTL = 64;
/** RFC 1918 */
const PRIVATE: readonly string[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const EPHEMERAL = {first: 32768, last: 60999} as const;
/** More node-to-node legs than any way here has. */
const MAX_LEGS = 8;

type Entry = 'pod' | 'host' | 'wire';

const ephemeralPort = (tx: Tx): number => EPHEMERAL.first + Math.floor(tx.random() * (EPHEMERAL.last - EPHEMERAL.first + 1));

/** The node itself has the packet: for its ingress controller, which opens a connection of its own, or for another of its programs. */
function atNode(walk: Walk, node: string): Outcome {
  const {tx, http, packet} = walk;
  const endpoint = {address: packet.destination, port: packet.port, node};
  const backend = http && ingressBackend(tx, packet.port, http);
  if (!backend) return deliver(walk, endpoint, `node ${node}`);
  hop(walk, node, 'ingress', 'ingress', backend.why);
  if (!backend.endpoint) return {verdict: 'answered', why: backend.why, endpoint, status: backend.status};
  const {ip, port} = backend.endpoint;
  walk.rewrites.push({node, what: 'ingress', before: packet});
  walk.http = undefined;
  walk.sender = undefined;
  walk.packet = {
    ...packet,
    source: findHost(tx, node)?.address ?? '',
    sourcePort: ephemeralPort(tx),
    destination: ip,
    port,
    ttl: FIRST_TTL,
  };
  return walkFrom(walk, node, 'host');
}

/** One node's part of the way. `entry` is where the packet comes in. */
function throughNode(walk: Walk, node: string, entry: Entry): Leg {
  const {tx} = walk;
  // 1. Service rules: PREROUTING, or OUTPUT for what the node itself sends.
  const treatment = translate(walk, node, {pod: BRIDGE, wire: UPLINK, host: 'lo'}[entry]);
  mapHostPort(walk, node, treatment);

  // 2. For this node itself?
  const {destination} = walk.packet;
  const local = isLocal(tx, node, destination);
  const refused = filter(walk, node, local ? 'input' : entry === 'host' ? 'output' : 'forward', treatment);
  if (refused) return refused;
  if (local) return atNode(walk, node);

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
  masquerade(walk, node, route, treatment);
  if (route.device === BRIDGE) return toPod(walk, node);
  return route.node ? toNode(walk, node, route) : beyond(walk, node);
}

function walkFrom(walk: Walk, start: string, entry: Entry): Outcome {
  let [node, from] = [start, entry];
  for (let leg = 0; leg < MAX_LEGS; leg++) {
    const outcome = throughNode(walk, node, from);
    if (!('next' in outcome)) return outcome;
    [node, from] = [outcome.next, 'wire'];
  }
  return failed('unreachable', 'time to live exceeded');
}

/** Whether a node would pass its load balancer's health check: with the policy Local it must have an endpoint itself. */
function isFit({tx, packet}: Walk, host: Host): boolean {
  if (!host.up) return false;
  const proxy = proxyFor(tx, host.name, packet.destination, packet.port);
  return (proxy?.ports ?? []).some(port => {
    const endpoints = proxy!.endpoints.get(endpointsKey(port.name, port.protocol)) ?? [];
    return !port.externalLocal || categorizeEndpoints(endpoints, port, proxy!.config.node).local.length > 0;
  });
}

const hasBalancerAddress =
  (address: string) =>
  ({status}: Service): boolean =>
    (status?.loadBalancer?.ingress ?? []).some(({ip}) => ip === address);

/** Private addresses, and those of load balancers that are not there: the world knows no way to them. */
const isInside = (tx: Tx, address: string): boolean => [...PRIVATE, networkSettings(tx).balancerCIDR].some(block => inCidr(address, block));

/** From outside the cluster only nodes and load balancers can be reached. */
function fromOutside(walk: Walk): Outcome {
  const {tx, packet} = walk;
  hop(walk, '', UPLINK, 'wire', `${packet.source} to ${packet.destination}`);
  const host = hostAt(tx, packet.destination);
  if (host) return isCutOff(walk, host.name) ? failed('timeout', `${host.name} does not answer`) : walkFrom(walk, host.name, 'wire');
  const service = collection<Service>(tx, '/registry/services/specs/').find(hasBalancerAddress(packet.destination));
  if (!service)
    return isInside(tx, packet.destination)
      ? failed('timeout', `${packet.destination} is not known outside the cluster`)
      : deliver(walk, {address: packet.destination, port: packet.port}, packet.destination);
  const fit = [...tx.table<Host>(HOSTS).entries()].map(([, each]) => each).filter(each => isFit(walk, each));
  const chosen = fit[Math.floor(tx.random() * fit.length)];
  if (!chosen) return failed('refused', 'the load balancer has no node to send to');
  hop(
    walk,
    '',
    'load balancer',
    'wire',
    `the load balancer of ${service.metadata.namespace}/${service.metadata.name} chooses ${chosen.name}`,
  );
  return walkFrom(walk, chosen.name, 'wire');
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
  const {address: destination, port, protocol = 'TCP', http} = to;
  const sourcePort = options.sourcePort ?? ephemeralPort(tx);
  const pod = from.kind === 'pod' ? podOf(tx, from.namespace, from.name) : undefined;
  const node = from.kind === 'node' ? from.name : (pod?.spec?.nodeName ?? '');
  const own = pod && podInterfaces(tx, node).find(each => each.podUid === pod.metadata.uid);
  const source = from.kind === 'outside' ? from.address : (own?.ip ?? findHost(tx, node)?.address ?? '');
  const packet = {protocol, source, sourcePort, destination, port, ttl: FIRST_TTL};
  const walk: Walk = {tx, options, hops: [], rewrites: [], packet, http, sender: pod, senderInterface: own};
  let outcome: Outcome;
  if (from.kind === 'outside') outcome = fromOutside(walk);
  else if (from.kind === 'node') outcome = walkFrom(walk, node, 'host');
  else outcome = pod ? fromPod(walk, pod, own, node) : failed('unreachable', `there is no pod ${from.namespace}/${from.name}`);
  const seenFrom = walk.packet.source;
  if (outcome.verdict === 'answered' && outcome.endpoint) answerBack(walk, outcome.endpoint);
  return {...outcome, hops: walk.hops, seenFrom, sourcePort};
}
