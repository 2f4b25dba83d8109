/** Topology spread constraints, compiled for one pod. upstream: pkg/scheduler/framework/plugins/podtopologyspread/{common,plugin}.go */

import {type Labels, matches, type Selector, selectorFrom} from '../../api/labels.ts';
import type {core, Pod} from '../../api/types.ts';
import {LABEL_HOSTNAME} from '../../api/well-known.ts';
import {matchesRequired} from '../framework/node-selector.ts';
import {isEmpty, withLabels} from '../framework/selector.ts';
import {DO_NOT_SCHEDULE, untoleratedTaint} from '../framework/taints.ts';
import type {Listers, NodeInfo, PodInfo} from '../framework/types.ts';
import {defaultSelector} from './default-selector.ts';

export interface PodTopologySpreadArgs {
  readonly defaultConstraints?: readonly core.TopologySpreadConstraint[];
  readonly defaultingType: 'System' | 'List';
}

export interface Constraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly minDomains: number;
  readonly nodeAffinityPolicy: string;
  readonly nodeTaintsPolicy: string;
}

type Action = 'DoNotSchedule' | 'ScheduleAnyway';

const SYSTEM_DEFAULTS: Readonly<Record<Action, readonly core.TopologySpreadConstraint[]>> = {
  DoNotSchedule: [],
  ScheduleAnyway: [
    {topologyKey: LABEL_HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3},
    {topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5},
  ],
};

function defaultsOf(action: Action, {defaultingType, defaultConstraints}: PodTopologySpreadArgs): readonly core.TopologySpreadConstraint[] {
  if (defaultingType === 'System') return SYSTEM_DEFAULTS[action];
  return (defaultConstraints ?? []).filter(c => c.whenUnsatisfiable === action);
}

const NO_CONSTRAINTS: readonly Constraint[] = [];

function compile(constraint: core.TopologySpreadConstraint, labels: Labels, selector?: Selector): Constraint {
  const {matchLabelKeys = []} = constraint as {matchLabelKeys?: readonly string[]};
  return {
    maxSkew: constraint.maxSkew,
    topologyKey: constraint.topologyKey,
    selector: withLabels(selector ?? selectorFrom(constraint.labelSelector), labels, matchLabelKeys),
    minDomains: constraint.minDomains ?? 1,
    nodeAffinityPolicy: constraint.nodeAffinityPolicy ?? 'Honor',
    nodeTaintsPolicy: constraint.nodeTaintsPolicy ?? 'Ignore',
  };
}

/** The constraints with this action: the pod's own, or where it has none of any kind the profile's defaults with the selector of what it belongs to. */
export function constraintsFor(pod: Pod, action: Action, args: PodTopologySpreadArgs, listers: Listers): readonly Constraint[] {
  const labels = (pod.metadata.labels as Labels | undefined) ?? {};
  const own = pod.spec?.topologySpreadConstraints;
  if (own && own.length > 0) return own.filter(c => c.whenUnsatisfiable === action).map(c => compile(c, labels));
  const defaults = defaultsOf(action, args);
  if (defaults.length === 0) return NO_CONSTRAINTS;
  const selector = defaultSelector(pod, listers);
  return isEmpty(selector) ? NO_CONSTRAINTS : defaults.map(c => compile(c, labels, selector));
}

export const hasAllKeys = (labels: Labels, constraints: readonly Constraint[]): boolean => constraints.every(c => c.topologyKey in labels);

/** Whether the constraint counts this node at all. */
export function isIncluded(constraint: Constraint, pod: Pod, node: NodeInfo): boolean {
  if (constraint.nodeAffinityPolicy === 'Honor' && !matchesRequired(pod, node)) return false;
  return constraint.nodeTaintsPolicy !== 'Honor' || !untoleratedTaint(node.taints, pod.spec?.tolerations ?? [], DO_NOT_SCHEDULE);
}

/** Pods of the namespace that match; terminating ones do not count, and an empty selector counts none. */
export function countMatching(pods: readonly PodInfo[], selector: Selector, namespace: string): number {
  if (isEmpty(selector)) return 0;
  let count = 0;
  for (const pod of pods) if (pod.namespace === namespace && !pod.terminating && matches(selector, pod.labels)) count++;
  return count;
}
