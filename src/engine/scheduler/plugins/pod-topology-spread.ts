/** upstream: pkg/scheduler/framework/plugins/podtopologyspread/{plugin,filtering,scoring}.go */

import {MAX_INT32} from '../../api/int32.ts';
import {type Labels, matches} from '../../api/labels.ts';
import type {Node, Pod} from '../../api/types.ts';
import {LABEL_HOSTNAME} from '../../api/well-known.ts';
import type {ClusterEvent} from '../framework/events.ts';
import {skip, unresolvable, unschedulable} from '../framework/status.ts';
import {type Listers, MAX_NODE_SCORE, type NodeInfo, type Plugin, type PodInfo} from '../framework/types.ts';
import {
  type Constraint,
  constraintsFor,
  countMatching,
  hasAllKeys,
  isIncluded,
  type PodTopologySpreadArgs,
} from './topology-constraints.ts';

const NAME = 'PodTopologySpread';
const SCORE_STATE = `PreScore${NAME}`;
const REASON_CONSTRAINTS = "node(s) didn't match pod topology spread constraints";
const REASON_MISSING_LABEL = `${REASON_CONSTRAINTS} (missing required label)`;

/** For each constraint, how many matching pods each domain has. */
interface FilterState {
  readonly constraints: readonly Constraint[];
  readonly counts: readonly Map<string, number>[];
  /** For each constraint, the fewest in any domain, until the counts change. */
  readonly minimums: (number | undefined)[];
}

interface ScoreState {
  readonly constraints: readonly Constraint[];
  /** Nodes that miss a topology key. */
  readonly ignored: ReadonlySet<string>;
  readonly counts: readonly Map<string, number>[];
  /** Keeps the counts of small topologies from being watered down by larger ones. */
  readonly weights: readonly number[];
}

const namespaceOf = (pod: Pod): string => pod.metadata.namespace ?? '';
const nodeLabels = (node: Node): Labels => (node.metadata.labels as Labels | undefined) ?? {};
const tolerationsOf = (pod: Pod | undefined): string => JSON.stringify(pod?.spec?.tolerations ?? []);
const labelsOf = (pod: Pod): Labels => (pod.metadata.labels as Labels | undefined) ?? {};

/** Natural logarithm of the number of domains + 2. */
export const topologyWeight = (domains: number): number => Math.log(domains + 2);

function update(state: FilterState, pod: Pod, changed: PodInfo, node: NodeInfo, delta: 1 | -1): void {
  if (changed.namespace !== namespaceOf(pod) || !hasAllKeys(node.labels, state.constraints)) return;
  state.constraints.forEach((constraint, i) => {
    if (!matches(constraint.selector, changed.labels) || !isIncluded(constraint, pod, node)) return;
    const domain = node.labels[constraint.topologyKey]!;
    state.counts[i]!.set(domain, (state.counts[i]!.get(domain) ?? 0) + delta);
    state.minimums[i] = undefined;
  });
}

/** The fewest matching pods in any domain; 0 while there are fewer domains than minDomains. */
function globalMinimum({minDomains}: Constraint, counts: ReadonlyMap<string, number>): number {
  if (counts.size < minDomains) return 0;
  let min = MAX_INT32;
  for (const count of counts.values()) if (count < min) min = count;
  return min;
}

export function podTopologySpread(args: PodTopologySpreadArgs): Plugin {
  /** Whether a pod counts for a constraint now and did not before, or the other way round; a toleration may open nodes to a constraint that honours taints. */
  const changesCounts = (pod: Pod, event: ClusterEvent, listers: Listers): boolean => {
    const [before, after] = [event.old as Pod | undefined, event.new as Pod | undefined];
    if ((after ?? before)?.metadata.namespace !== pod.metadata.namespace) return false;
    const constraints = constraintsFor(pod, 'DoNotSchedule', args, listers);
    if (event.resource === 'TargetPod' && tolerationsOf(before) !== tolerationsOf(after)) {
      if (constraints.some(c => c.nodeTaintsPolicy === 'Honor')) return true;
    }
    const counts = (c: Constraint, other: Pod | undefined): boolean => other !== undefined && matches(c.selector, labelsOf(other));
    return constraints.some(c => counts(c, before) !== counts(c, after));
  };
  return {
    name: NAME,
    args,

    preFilter(cycle, pod) {
      const constraints = constraintsFor(pod, 'DoNotSchedule', args, cycle.listers);
      if (constraints.length === 0) return {status: skip};
      const counts = constraints.map(() => new Map<string, number>());
      for (const node of cycle.snapshot.nodes) {
        if (!hasAllKeys(node.labels, constraints)) continue;
        constraints.forEach((constraint, i) => {
          if (!isIncluded(constraint, pod, node)) return;
          const domain = node.labels[constraint.topologyKey]!;
          counts[i]!.set(domain, (counts[i]!.get(domain) ?? 0) + countMatching(node.pods, constraint.selector, namespaceOf(pod)));
        });
      }
      cycle.state.set(NAME, {constraints, counts, minimums: []} satisfies FilterState);
      return undefined;
    },
    addPod: (cycle, pod, added, node) => update(cycle.state.get(NAME) as FilterState, pod, added, node, 1),
    removePod: (cycle, pod, removed, node) => update(cycle.state.get(NAME) as FilterState, pod, removed, node, -1),
    cloneState(cycle) {
      const state = cycle.state.get(NAME) as FilterState;
      cycle.state.set(NAME, {...state, counts: state.counts.map(c => new Map(c)), minimums: [...state.minimums]} satisfies FilterState);
    },

    filter(cycle, pod, node) {
      const {constraints, counts, minimums} = cycle.state.get(NAME) as FilterState;
      for (const [i, constraint] of constraints.entries()) {
        const domain = node.labels[constraint.topologyKey];
        if (domain === undefined) return unresolvable(REASON_MISSING_LABEL);
        const self = matches(constraint.selector, labelsOf(pod)) ? 1 : 0;
        minimums[i] ??= globalMinimum(constraint, counts[i]!);
        const skew = (counts[i]!.get(domain) ?? 0) + self - minimums[i]!;
        if (skew > constraint.maxSkew) return unschedulable(REASON_CONSTRAINTS);
      }
      return undefined;
    },

    preScore(cycle, pod, nodes) {
      const constraints = constraintsFor(pod, 'ScheduleAnyway', args, cycle.listers);
      if (constraints.length === 0) return skip;
      // The system defaults are about zones too, which a cluster need not have: only spelled-out constraints demand every key.
      const demandsAll = (pod.spec?.topologySpreadConstraints ?? []).length > 0 || args.defaultingType !== 'System';
      const counts = constraints.map(() => new Map<string, number>());
      const ignored = new Set<string>();
      for (const node of nodes) {
        if (demandsAll && !hasAllKeys(node.labels, constraints)) {
          ignored.add(node.name);
          continue;
        }
        constraints.forEach((c, i) => {
          if (c.topologyKey !== LABEL_HOSTNAME) counts[i]!.set(node.labels[c.topologyKey] ?? '', 0);
        });
      }
      const weights = constraints.map((c, i) =>
        topologyWeight(c.topologyKey === LABEL_HOSTNAME ? nodes.length - ignored.size : counts[i]!.size),
      );
      for (const node of cycle.snapshot.nodes) {
        if (demandsAll && !hasAllKeys(node.labels, constraints)) continue;
        constraints.forEach((c, i) => {
          const domain = node.labels[c.topologyKey] ?? '';
          const known = counts[i]!.get(domain);
          if (known === undefined || !isIncluded(c, pod, node)) return;
          counts[i]!.set(domain, known + countMatching(node.pods, c.selector, namespaceOf(pod)));
        });
      }
      cycle.state.set(SCORE_STATE, {constraints, ignored, counts, weights} satisfies ScoreState);
      return undefined;
    },
    score(cycle, pod, node) {
      const {constraints, ignored, counts, weights} = cycle.state.get(SCORE_STATE) as ScoreState;
      if (ignored.has(node.name)) return 0;
      let score = 0;
      constraints.forEach((c, i) => {
        const domain = node.labels[c.topologyKey];
        if (domain === undefined) return;
        const count = c.topologyKey === LABEL_HOSTNAME ? countMatching(node.pods, c.selector, namespaceOf(pod)) : counts[i]!.get(domain)!;
        score += count * weights[i]! + (c.maxSkew - 1);
      });
      return Math.round(score);
    },
    normalizeScore(cycle, _pod, scores, nodes) {
      const {ignored} = cycle.state.get(SCORE_STATE) as ScoreState;
      const isIgnored = nodes.map(node => ignored.has(node.name));
      return normalizeSpread(scores, i => isIgnored[i]!);
    },

    events: [
      {resource: 'AssignedPod', actions: ['Add', 'Delete', 'UpdatePodLabel'], hint: changesCounts},
      {resource: 'TargetPod', actions: ['UpdatePodLabel', 'UpdatePodToleration'], hint: changesCounts},
      {
        resource: 'Node',
        actions: ['Add', 'Delete', 'UpdateNodeLabel', 'UpdateNodeTaint'],
        hint(pod, event, listers) {
          const constraints = constraintsFor(pod, 'DoNotSchedule', args, listers);
          const [before, after] = [event.old as Node | undefined, event.new as Node | undefined];
          const counts = (node: Node | undefined): boolean => node !== undefined && hasAllKeys(nodeLabels(node), constraints);
          if (counts(before) !== counts(after)) return true;
          if (!before || !after || !counts(after)) return false;
          const taints = (node: Node): string => JSON.stringify(node.spec?.taints ?? []);
          return (
            constraints.some(c => nodeLabels(before)[c.topologyKey] !== nodeLabels(after)[c.topologyKey]) ||
            taints(before) !== taints(after)
          );
        },
      },
    ],
  };
}

/** The fewer matching pods, the better: 100 * (max + min - s) / max; all 100 where there is nothing; 0 for ignored nodes. */
export function normalizeSpread(scores: readonly number[], isIgnored: (i: number) => boolean): number[] {
  let min = Number.MAX_SAFE_INTEGER;
  let max = 0;
  scores.forEach((score, i) => {
    if (isIgnored(i)) return;
    min = Math.min(min, score);
    max = Math.max(max, score);
  });
  return scores.map((score, i) => {
    if (isIgnored(i)) return 0;
    return max === 0 ? MAX_NODE_SCORE : Math.trunc((MAX_NODE_SCORE * (max + min - score)) / max);
  });
}
