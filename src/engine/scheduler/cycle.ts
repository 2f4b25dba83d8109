/** One scheduling cycle, from a pod and a snapshot to a node or the reasons why none. Pure. upstream: pkg/scheduler/schedule_one.go */
import type {Pod} from '../api/types.ts';
import {EXTENDER_NAME} from './extenders/extender.ts';
import {extenderScores, extendersChoose, passExtenders} from './extenders/rounds.ts';
import {fitError, NO_NODES_AVAILABLE} from './framework/fit-error.ts';
import {type PluginScores, runFiltersWithNominated, runPostFilters, runPreFilter, runScores} from './framework/runtime.ts';
import {isRejected, message, type NodeStatuses, nodeStatuses, type Status, unresolvable} from './framework/status.ts';
import type {Cycle, NodeInfo, Victims} from './framework/types.ts';
import {feasibleNodesToFind} from './sampling.ts';

export interface Sampling {
  /** Where in the list of nodes to begin. */
  readonly start: number;
  /** 0: adaptive. */
  readonly percentageOfNodesToScore: number;
}

/** What came of a cycle. */
export interface Outcome {
  readonly node: string | undefined;
  /** Why there is no node. */
  readonly failure?: Status;
  readonly feasible: readonly NodeInfo[];
  readonly statuses: NodeStatuses;
  readonly scores: readonly PluginScores[];
  /** By node, in the order of `feasible`. */
  readonly totals: readonly number[];
  readonly evaluated: number;
  readonly nextStart: number;
  /** Plugins whose mind an event would have to change. */
  readonly rejectedBy: ReadonlySet<string>;
  /** undefined: leave status.nominatedNodeName alone. */
  readonly nominatedNode?: string;
  readonly victims?: Victims;
}

interface Search {
  readonly feasible: readonly NodeInfo[];
  /** How many nodes were looked at in all. */
  readonly looked: number;
  /** Extenders had something against some of them. */
  readonly struckOut?: true;
  readonly error?: Status;
}

/** Runs the filters round the nodes from `start` until enough fit, and hands those to the extenders. */
function findFeasible(
  cycle: Cycle,
  pod: Pod,
  nodes: readonly NodeInfo[],
  {start, percentageOfNodesToScore}: Sampling,
  statuses: NodeStatuses,
): Search {
  const {framework} = cycle;
  const wanted =
    framework.score.length === 0 && !extendersChoose(cycle)
      ? 1
      : feasibleNodesToFind(nodes.length, framework.percentageOfNodesToScore, percentageOfNodesToScore);
  const feasible: NodeInfo[] = [];
  for (let i = 0; i < nodes.length && feasible.length < wanted; i++) {
    const node = nodes[(start + i) % nodes.length]!;
    const status = runFiltersWithNominated(cycle, pod, node);
    if (!status) feasible.push(node);
    else if (status.code === 'Error') return {feasible, looked: feasible.length + statuses.explicit.size, error: status};
    else statuses.explicit.set(node.name, status);
  }
  const looked = feasible.length + statuses.explicit.size;
  const left = passExtenders(cycle, pod, feasible, statuses);
  if ('code' in left) return {feasible: [], looked, error: left};
  return {feasible: left, looked, ...(left.length !== feasible.length && {struckOut: true})};
}

/** The sums of weighted scores, node by node. */
export const totalsOf = (scores: readonly PluginScores[], nodes: number): number[] =>
  Array.from({length: nodes}, (_, i) => scores.reduce((sum, s) => sum + s.normalized[i]! * s.weight, 0));

/** The index of the highest of the first `count` totals; among equals the generator decides. */
export function pickBest(totals: ArrayLike<number>, random: () => number, count = totals.length): number {
  let at = 0;
  let best = totals[0]!;
  let level = 1;
  for (let i = 1; i < count; i++) {
    const total = totals[i]!;
    if (total === best) level++;
    else if (total > best) {
      best = total;
      at = i;
      level = 1;
    }
  }
  if (level > 1) for (let left = Math.floor(random() * level); left > 0; ) if (totals[++at] === best) left--;
  return at;
}

const nothing = {node: undefined, feasible: [], scores: [], totals: []} as const;

/** Tries to find a node for the pod; where none fits, asks the PostFilter plugins what could be done. */
export function schedulePod(cycle: Cycle, pod: Pod, sampling: Sampling): Outcome {
  const {snapshot} = cycle;
  const statuses = nodeStatuses();
  const base = {...nothing, statuses, evaluated: 0, nextStart: sampling.start, rejectedBy: new Set<string>()};
  if (snapshot.size === 0) return {...base, failure: unresolvable(NO_NODES_AVAILABLE), nominatedNode: ''};

  // 1. PreFilter: may turn the pod away from all nodes, or name the few worth looking at.
  const preFilter = runPreFilter(cycle, pod);
  const rejectedBy = new Set(preFilter.narrowedBy);
  if (preFilter.status) {
    if (!isRejected(preFilter.status)) return {...base, failure: preFilter.status, nominatedNode: ''};
    statuses.absent = preFilter.status;
    if (preFilter.status.plugin) rejectedBy.add(preFilter.status.plugin);
    return afterFilters(cycle, pod, {...base, rejectedBy}, message(preFilter.status));
  }

  // 2. Filter: the node that preemption has freed first, then round the cluster.
  const promised = snapshot.get((pod.status as {nominatedNodeName?: string} | undefined)?.nominatedNodeName ?? '');
  let search: Search = {feasible: [], looked: 0};
  if (promised) search = findFeasible(cycle, pod, [promised], sampling, statuses);
  let nextStart = sampling.start;
  if (search.feasible.length === 0) {
    const few = preFilter.nodes && [...preFilter.nodes].map(name => snapshot.get(name)).filter(node => node !== undefined);
    if (few) statuses.absent = unresolvable(`node(s) didn't satisfy plugin(s) [${[...preFilter.narrowedBy].sort().join(' ')}]`);
    search = findFeasible(cycle, pod, few ?? snapshot.nodes, sampling, statuses);
    nextStart = (sampling.start + search.looked) % snapshot.size;
  }
  for (const {plugin} of statuses.explicit.values()) if (plugin) rejectedBy.add(plugin);
  if (search.struckOut) rejectedBy.add(EXTENDER_NAME);
  const evaluated = search.feasible.length + statuses.explicit.size;
  const found = {...base, evaluated, nextStart, rejectedBy};
  if (search.error) return {...found, failure: search.error, nominatedNode: ''};
  const {feasible} = search;
  if (feasible.length === 0) return afterFilters(cycle, pod, found);

  // 3. Score: not needed when there is no choice.
  if (feasible.length === 1) return {...found, node: feasible[0]!.name, feasible};
  const ofPlugins = runScores(cycle, pod, feasible);
  if ('code' in ofPlugins) return {...found, failure: ofPlugins, nominatedNode: ''};
  const scores = [...ofPlugins, ...extenderScores(cycle, pod, feasible)];
  const totals = totalsOf(scores, feasible.length);
  return {...found, node: feasible[pickBest(totals, cycle.random)]!.name, feasible, scores, totals};
}

/** No node fits: what preemption says of it. `found`: what is known so far. */
export function afterFilters(cycle: Cycle, pod: Pod, found: Outcome, preFilterMessage?: string): Outcome {
  const diagnosis = {numAllNodes: cycle.snapshot.size, statuses: found.statuses, ...(preFilterMessage && {preFilterMessage})};
  if (cycle.framework.postFilter.length === 0)
    return {...found, failure: {code: 'Unschedulable', reasons: [fitError(diagnosis)]}, nominatedNode: ''};
  const {status, nominatedNode, victims} = runPostFilters(cycle, pod, found.statuses);
  const text = fitError({...diagnosis, postFilterMessage: message(status)});
  return {
    ...found,
    failure: {code: 'Unschedulable', reasons: [text]},
    ...(nominatedNode !== undefined && {nominatedNode}),
    ...(victims && {victims}),
  };
}
