/** Whether NetworkPolicies let a connection pass: a pure function of the pods, their namespaces and the policies. upstream: api/networking/v1 */
import {inCidr} from '../../api/ip.ts';
import {matches, selectorFrom} from '../../api/labels.ts';
import type {KubeObject, Namespace, networking, Pod} from '../../api/types.ts';

export type Direction = 'Ingress' | 'Egress';
export type NetworkPolicy = networking.NetworkPolicy & KubeObject;

/** One end of a connection: an address, and the pod that has it if one does. */
export interface Party {
  readonly address: string;
  readonly pod?: Pod | undefined;
}

/** Where a connection is going. */
export interface Wanted {
  readonly port: number;
  readonly protocol: string;
}

export interface PolicyVerdict {
  readonly allowed: boolean;
  /** The policies that select the pod in this direction, `namespace/name`. None: the pod is open. */
  readonly policies: readonly string[];
  /** The one that let the connection pass. */
  readonly by?: string;
}

type Namespaces = (name: string) => Namespace | undefined;
type Peer = networking.NetworkPolicyPeer;
type Port = networking.NetworkPolicyPort & {endPort?: number};

interface PolicyRule {
  readonly peers: readonly Peer[];
  readonly ports: readonly Port[];
}

const directions = ({policyTypes, egress}: networking.NetworkPolicySpec): readonly string[] =>
  policyTypes ?? (egress?.length ? ['Ingress', 'Egress'] : ['Ingress']);

const rulesOf = (spec: networking.NetworkPolicySpec, direction: Direction): PolicyRule[] =>
  direction === 'Ingress'
    ? (spec.ingress ?? []).map(rule => ({peers: rule.from ?? [], ports: rule.ports ?? []}))
    : (spec.egress ?? []).map(rule => ({peers: rule.to ?? [], ports: rule.ports ?? []}));

const namedPort = (pod: Pod | undefined, name: string, protocol: string): number | undefined =>
  (pod?.spec?.containers ?? [])
    .flatMap(container => container.ports ?? [])
    .find(port => port.name === name && (port.protocol ?? 'TCP') === protocol)?.containerPort;

function portMatches({port, protocol = 'TCP', endPort}: Port, to: Pod | undefined, wanted: Wanted): boolean {
  if (protocol !== wanted.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return namedPort(to, port, protocol) === wanted.port;
  return wanted.port >= port && wanted.port <= (endPort ?? port);
}

function peerMatches(
  {ipBlock, podSelector, namespaceSelector}: Peer,
  policyNamespace: string,
  party: Party,
  namespaces: Namespaces,
): boolean {
  if (ipBlock) return inCidr(party.address, ipBlock.cidr) && !(ipBlock.except ?? []).some(except => inCidr(party.address, except));
  // A pod with the node's own address is the node as far as policies go.
  if (!party.pod || party.pod.spec?.hostNetwork) return false;
  const {namespace = '', labels} = party.pod.metadata;
  const there = namespaceSelector
    ? matches(selectorFrom(namespaceSelector), namespaces(namespace)?.metadata.labels)
    : namespace === policyNamespace;
  return there && (podSelector === undefined || matches(selectorFrom(podSelector), labels));
}

/**
 * Judges one direction of a connection. `self` is the pod whose policies are asked, `other` the far end; the port is always the destination's.
 */
export function judge(
  direction: Direction,
  self: Pod,
  other: Party,
  wanted: Wanted,
  policies: readonly NetworkPolicy[],
  namespaces: Namespaces,
): PolicyVerdict {
  const selecting = policies.filter(
    ({metadata, spec}) =>
      metadata.namespace === self.metadata.namespace &&
      spec !== undefined &&
      directions(spec).includes(direction) &&
      matches(selectorFrom(spec.podSelector), self.metadata.labels),
  );
  const name = ({metadata}: NetworkPolicy): string => `${metadata.namespace}/${metadata.name}`;
  const to = direction === 'Ingress' ? self : other.pod;
  const passes =
    ({metadata}: NetworkPolicy) =>
    ({peers, ports}: PolicyRule): boolean =>
      (peers.length === 0 || peers.some(peer => peerMatches(peer, metadata.namespace!, other, namespaces))) &&
      (ports.length === 0 || ports.some(port => portMatches(port, to, wanted)));
  const allowing = selecting.find(policy => rulesOf(policy.spec!, direction).some(passes(policy)));
  return {
    allowed: selecting.length === 0 || allowing !== undefined,
    policies: selecting.map(name),
    ...(allowing ? {by: name(allowing)} : {}),
  };
}
