/** Single changes to the pod or to a node that might let the pod have it: for each kind of obstacle the smallest ones. Pure. */

import type {core, Pod} from '../../api/types.ts';
import {TAINT_NODE_UNSCHEDULABLE} from '../../api/well-known.ts';
import {matchesTerm} from '../framework/node-selector.ts';
import {amount, realRequests, resourceOf} from '../framework/resource.ts';
import {DO_NOT_SCHEDULE, untoleratedTaint} from '../framework/taints.ts';
import type {NodeInfo} from '../framework/types.ts';
import {insufficientResources} from '../plugins/node-resources-fit.ts';

export type ChangeKind =
  | 'request'
  | 'toleration'
  | 'selector'
  | 'constraint'
  | 'preference'
  | 'label'
  | 'taint'
  | 'uncordon'
  | 'node-resource';

/** `text` says it in a few words; `pod` or `node` is the object as it would be. */
export interface Change {
  readonly kind: ChangeKind;
  readonly text: string;
  readonly pod?: Pod;
  readonly node?: NodeInfo;
}

const withSpec = (pod: Pod, spec: object): Pod => ({...pod, spec: {...pod.spec!, ...spec}});

/** How an amount is written in a manifest. */
export const amountText = (resource: string, n: number): string => {
  if (resource === 'cpu') return n % 1000 === 0 ? String(n / 1000) : `${n}m`;
  if (resource !== 'memory' && resource !== 'ephemeral-storage') return String(n);
  for (const [suffix, unit] of [
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ] as const)
    if (n > 0 && n % unit === 0) return `${n / unit}${suffix}`;
  return String(n);
};

/** Takes the excess from the containers' requests, the largest first. */
function lowered(pod: Pod, resource: string, to: number): Pod | undefined {
  const total = realRequests(pod)[resource] ?? 0;
  let excess = total - to;
  const containers = pod.spec!.containers.map(c => ({...c}));
  const own = (c: core.Container): number => realRequests({...pod, spec: {containers: [c]}} as Pod)[resource] ?? 0;
  for (const container of [...containers].sort((a, b) => own(b) - own(a))) {
    const take = Math.min(excess, own(container));
    if (take <= 0) continue;
    excess -= take;
    const requests = {...container.resources?.requests, [resource]: amountText(resource, own(container) - take)};
    container.resources = {...container.resources, requests};
  }
  return excess === 0 ? withSpec(pod, {containers}) : undefined;
}

function resourceChanges(pod: Pod, node: NodeInfo): Change[] {
  const short = insufficientResources(resourceOf(realRequests(pod)), node);
  let [smaller, larger]: [Pod | undefined, NodeInfo] = [pod, node];
  for (const {resource, requested, used, capacity} of short) {
    if (resource === 'pods') {
      smaller = undefined;
      larger = {...larger, allocatable: {...larger.allocatable, pods: used + 1}};
      continue;
    }
    if (smaller && capacity > used) smaller = lowered(smaller, resource, capacity - used);
    else smaller = undefined;
    larger = enlarged(larger, resource, used + requested);
  }
  const texts = (of: (s: (typeof short)[number]) => string) => short.map(of).join(', ');
  return [
    ...(smaller && smaller !== pod
      ? [
          {
            kind: 'request' as const,
            pod: smaller,
            text: `request ${texts(s => `${amountText(s.resource, s.capacity - s.used)} ${s.resource} instead of ${amountText(s.resource, s.requested)}`)}`,
          },
        ]
      : []),
    {
      kind: 'node-resource',
      node: larger,
      text: `give ${node.name} ${texts(s => `${amountText(s.resource, s.used + s.requested)} ${s.resource} instead of ${amountText(s.resource, s.capacity)}`)}`,
    },
  ];
}

/** The node with at least that much of a resource. */
export function enlarged(node: NodeInfo, resource: string, to: number): NodeInfo {
  const {allocatable} = node;
  const fields: Record<string, string> = {cpu: 'milliCPU', memory: 'memory', 'ephemeral-storage': 'ephemeralStorage'};
  const more = fields[resource] ? {[fields[resource]]: to} : {scalar: {...allocatable.scalar, [resource]: to}};
  return {...node, allocatable: {...allocatable, ...more}};
}

function taintChanges(pod: Pod, node: NodeInfo): Change[] {
  const tolerations = pod.spec?.tolerations ?? [];
  const missing = node.taints.filter(taint => untoleratedTaint([taint], tolerations, DO_NOT_SCHEDULE));
  const asText = (t: core.Taint): string => `${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}`;
  const added = missing.map(({key, value, effect}) => ({key, effect, ...(value ? {operator: 'Equal', value} : {operator: 'Exists'})}));
  return [
    {kind: 'toleration', text: `tolerate ${missing.map(asText).join(', ')}`, pod: withSpec(pod, {tolerations: [...tolerations, ...added]})},
    {
      kind: 'taint',
      text: `remove ${missing.map(asText).join(', ')} from ${node.name}`,
      node: {...node, taints: node.taints.filter(t => !missing.includes(t))},
    },
  ];
}

function cordonChanges(pod: Pod, node: NodeInfo): Change[] {
  const toleration = {key: TAINT_NODE_UNSCHEDULABLE, operator: 'Exists', effect: 'NoSchedule'};
  const tolerations = [...(pod.spec?.tolerations ?? []), toleration];
  return [
    {kind: 'toleration', text: `tolerate ${toleration.key}:${toleration.effect}`, pod: withSpec(pod, {tolerations})},
    {
      kind: 'uncordon',
      text: `uncordon ${node.name}`,
      // The node controller takes away the taint that it had put there for it.
      node: {...node, unschedulable: false, taints: node.taints.filter(t => t.key !== TAINT_NODE_UNSCHEDULABLE)},
    },
  ];
}

/** The labels that make an expression true of a node; undefined where none do. */
function labelsFor(
  {key, operator, values = []}: core.NodeSelectorRequirement,
  labels: Readonly<Record<string, string>>,
): Record<string, string | undefined> | undefined {
  const number = Number(values[0]);
  switch (operator) {
    case 'In':
      return {[key]: labels[key] !== undefined && values.includes(labels[key]) ? labels[key] : values[0]!};
    case 'Exists':
      return {[key]: labels[key] ?? ''};
    case 'NotIn':
      return labels[key] !== undefined && values.includes(labels[key]) ? {[key]: undefined} : {};
    case 'DoesNotExist':
      return {[key]: undefined};
    case 'Gt':
      return {[key]: String(number + 1)};
    case 'Lt':
      return {[key]: String(number - 1)};
    default:
      return undefined;
  }
}

function relabelled(node: NodeInfo, expressions: readonly core.NodeSelectorRequirement[]): NodeInfo | undefined {
  let labels: Record<string, string | undefined> = {...node.labels};
  for (const expression of expressions) {
    const more = labelsFor(expression, labels as Record<string, string>);
    if (!more) return undefined;
    labels = {...labels, ...more};
  }
  return {...node, labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined)) as Record<string, string>};
}

const labelDifference = (from: NodeInfo, to: NodeInfo): string[] => [
  ...Object.entries(to.labels).flatMap(([key, value]) => (from.labels[key] === value ? [] : [`${key}=${value}`])),
  ...Object.keys(from.labels).flatMap(key => (key in to.labels ? [] : [`${key}-`])),
];

function affinityChanges(pod: Pod, node: NodeInfo): Change[] {
  const {nodeSelector = {}, affinity} = pod.spec!;
  const selector = Object.entries(nodeSelector).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  })) as core.NodeSelectorRequirement[];
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [{matchExpressions: []}];
  const labelled = terms
    .map(term => relabelled(node, [...selector, ...(term.matchExpressions ?? [])]))
    .filter(n => n !== undefined)
    .sort((a, b) => labelDifference(node, a).length - labelDifference(node, b).length);
  const keep = Object.fromEntries(Object.entries(nodeSelector).filter(([key, value]) => node.labels[key] === value));
  const fits = terms.some(term => !affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution || matchesTerm(term, node));
  const {requiredDuringSchedulingIgnoredDuringExecution: _required, ...nodeAffinity} = affinity?.nodeAffinity ?? {};
  const relaxed = withSpec(pod, {nodeSelector: keep, ...(fits ? {} : {affinity: {...affinity, nodeAffinity}})});
  return [
    ...labelled.slice(0, 1).map(n => ({kind: 'label' as const, node: n, text: `label ${node.name} ${labelDifference(node, n).join(' ')}`})),
    {kind: 'selector', text: fits ? 'drop what does not match from spec.nodeSelector' : 'drop the required node affinity', pod: relaxed},
  ];
}

type Constraint = core.TopologySpreadConstraint;

function respread(pod: Pod, text: string, of: (constraint: Constraint) => Constraint): Change & {pod: Pod} {
  const topologySpreadConstraints = (pod.spec?.topologySpreadConstraints ?? []).map(c =>
    c.whenUnsatisfiable === 'DoNotSchedule' ? of(c) : c,
  );
  return {kind: 'constraint', text, pod: withSpec(pod, {topologySpreadConstraints})};
}

const MOST_SKEW = 100;

/** The least skew that lets the pod in, where any does; or a wish instead of a demand. */
function spreadChanges(pod: Pod, _node: NodeInfo, passes: (changed: Pod) => boolean): Change[] {
  const soft = respread(pod, 'set whenUnsatisfiable: ScheduleAnyway', c => ({...c, whenUnsatisfiable: 'ScheduleAnyway'}));
  for (let skew = 2; skew <= MOST_SKEW; skew++) {
    const looser = respread(pod, `set maxSkew: ${skew}`, c => ({...c, maxSkew: Math.max(c.maxSkew, skew)}));
    if (passes(looser.pod)) return [looser, soft];
  }
  return [soft];
}

function withoutPodAffinity(pod: Pod): Change[] {
  const {nodeAffinity} = pod.spec?.affinity ?? {};
  return [
    {kind: 'constraint', text: 'drop the inter-pod affinity', pod: withSpec(pod, {affinity: nodeAffinity ? {nodeAffinity} : undefined})},
  ];
}

function withoutHostPorts(pod: Pod): Change[] {
  const containers = pod.spec!.containers.map(c => ({...c, ports: c.ports?.map(({hostPort: _hostPort, ...port}) => port)}));
  return [{kind: 'constraint', text: 'drop the hostPort', pod: withSpec(pod, {containers})}];
}

/** What could be done about a filter; `passes` tells whether a changed pod gets past it. */
type Cure = (pod: Pod, node: NodeInfo, passes: (changed: Pod) => boolean) => Change[];

/** By filter. Those that are not listed look at objects beside pod and node. */
export const CURES: Readonly<Record<string, Cure>> = {
  NodeUnschedulable: cordonChanges,
  TaintToleration: taintChanges,
  NodeAffinity: affinityChanges,
  NodePorts: withoutHostPorts,
  NodeResourcesFit: resourceChanges,
  PodTopologySpread: spreadChanges,
  InterPodAffinity: withoutPodAffinity,
};

/** A wish for exactly this node. */
export function preferring(pod: Pod, node: NodeInfo, weight: number): Change {
  const {affinity} = pod.spec!;
  const term = {weight, preference: {matchFields: [{key: 'metadata.name', operator: 'In', values: [node.name]}]}};
  const preferred = [...(affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []), term];
  const nodeAffinity = {...affinity?.nodeAffinity, preferredDuringSchedulingIgnoredDuringExecution: preferred};
  return {
    kind: 'preference',
    text: `prefer ${node.name} with weight ${weight}`,
    pod: withSpec(pod, {affinity: {...affinity, nodeAffinity}}),
  };
}

/** What can be done about taints that only cost the node points: to tolerate them, or to take them away. */
export function cheaperTaints(pod: Pod, node: NodeInfo): Change[] {
  const tolerations = pod.spec?.tolerations ?? [];
  const missing = node.taints.filter(taint => untoleratedTaint([taint], tolerations, ['PreferNoSchedule']));
  if (missing.length === 0) return [];
  const added = missing.map(({key, effect}) => ({key, effect, operator: 'Exists'}));
  const names = missing.map(t => `${t.key}:${t.effect}`).join(', ');
  return [
    {kind: 'toleration', text: `tolerate ${names}`, pod: withSpec(pod, {tolerations: [...tolerations, ...added]})},
    {kind: 'taint', text: `remove ${names} from ${node.name}`, node: {...node, taints: node.taints.filter(t => !missing.includes(t))}},
  ];
}

export const cpuOf = (node: NodeInfo): number => amount(node.allocatable, 'cpu');
