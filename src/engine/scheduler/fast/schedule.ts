/**
 * The scheduling cycle over columns: the same outcome as `schedulePod`, for large clusters. Plugins without a column form are run as they are, on the nodes
 * that have come through the others. Answers undefined where only the plain cycle can tell: a plugin turns the pod away or names the nodes to look at, a node
 * is promised to the pod, a plugin fails, or nothing fits and one of those plugins had a say.
 */
import type {Pod} from '../../api/types.ts';
import {afterFilters, type Outcome, pickBest, type Sampling, totalsOf} from '../cycle.ts';
import {runFilters, runFiltersWithNominated} from '../framework/runtime.ts';
import {isRejected, type NodeStatuses, nodeStatuses, type Status} from '../framework/status.ts';
import type {Cycle, NodeInfo} from '../framework/types.ts';
import type {PodTopologySpreadArgs} from '../plugins/topology-constraints.ts';
import {feasibleNodesToFind} from '../sampling.ts';
import type {Columns} from './columns.ts';
import {FIT} from './resources.ts';
import {addScores, nodesAt, type Part, scoreTables} from './score.ts';
import {SPREAD, spreadFilter} from './spread.ts';
import {compileTemplate, OUT, STALE, STATIC_PLUGINS, type Template, templateKey} from './template.ts';

/** Below this the plain cycle looks at every node anyway. */
export const FAST_FROM = 100;

/** Plugins whose PreFilter only prepares what the columns have already. */
const DONE_BY_COLUMNS: ReadonlySet<string> = new Set([FIT, SPREAD]);

type Passes = (i: number) => boolean;

/** As `Passes`; undefined: a plugin has failed, and the cycle with it. */
type Asks = (i: number) => boolean | undefined;

const verdictOf = (status: Status | undefined): boolean | undefined => !status || (isRejected(status) ? false : undefined);

/** Runs PreFilter where it may matter. False: a plugin turned the pod away, or named the nodes to look at. */
function preFilter(cycle: Cycle, pod: Pod): boolean {
  for (const plugin of cycle.framework.preFilter) {
    if (DONE_BY_COLUMNS.has(plugin.name)) continue;
    const result = plugin.preFilter!(cycle, pod);
    if (result?.status?.code === 'Skip') cycle.skipFilter.push(plugin.name);
    else if (result?.status || result?.nodes) return false;
  }
  return true;
}

/** Runs PreFilter where the columns could do without. */
function preFilterPlainly(cycle: Cycle, pod: Pod): void {
  for (const plugin of cycle.framework.preFilter) {
    if (DONE_BY_COLUMNS.has(plugin.name) && !cycle.skipFilter.includes(plugin.name)) plugin.preFilter!(cycle, pod);
  }
}

/** The filters beside those of the template, in their order; undefined where there are none. */
function otherFilters(cycle: Cycle, pod: Pod, columns: Columns, template: Template): Asks | undefined {
  const {nodes} = columns;
  const {nominated} = cycle.snapshot;
  const asks: Asks[] = [];
  for (const plugin of cycle.framework.filter) {
    if (STATIC_PLUGINS.has(plugin.name) || plugin.name === FIT || cycle.skipFilter.includes(plugin.name)) continue;
    if (plugin.name === SPREAD) {
      const spreads: Passes | undefined = spreadFilter(cycle, pod, columns, template, plugin.args as PodTopologySpreadArgs);
      if (spreads) asks.push(spreads);
      else cycle.skipFilter.push(SPREAD);
    } else asks.push(i => verdictOf(plugin.filter!(cycle, pod, nodes[i]!)));
  }
  if (nominated.size > 0) {
    preFilterPlainly(cycle, pod);
    asks.push(i => !nominated.has(nodes[i]!.name) || verdictOf(runFiltersWithNominated(cycle, pod, nodes[i]!)));
  }
  if (asks.length < 2) return asks[0];
  return i => {
    for (const ask of asks) {
      const answer = ask(i);
      if (answer !== true) return answer;
    }
    return true;
  };
}

interface Found {
  /** How many nodes fit. Which, and the sums of the template for them, stands in the columns' scratch, in the order in which they were found. */
  readonly count: number;
  /** How many nodes were looked at. */
  readonly evaluated: number;
}

/** undefined: a plugin has failed. */
function search(cycle: Cycle, columns: Columns, template: Template, others: Asks | undefined, sampling: Sampling): Found | undefined {
  const {sums} = template;
  const {feasible, totals} = columns.scratch;
  const size = columns.nodes.length;
  const {score, percentageOfNodesToScore} = cycle.framework;
  const wanted = score.length === 0 ? 1 : feasibleNodesToFind(size, percentageOfNodesToScore, sampling.percentageOfNodesToScore);
  let count = 0;
  let evaluated = 0;
  for (let i = sampling.start % size; evaluated < size && count < wanted; evaluated++, i = i + 1 === size ? 0 : i + 1) {
    let sum = sums[i]!;
    if (sum === STALE) sum = template.refresh(i);
    if (sum === OUT) continue;
    if (others) {
      const passes = others(i);
      if (passes === undefined) return undefined;
      if (!passes) continue;
    }
    feasible[count] = i;
    totals[count] = sum;
    count++;
  }
  return {count, evaluated};
}

/** The nodes that were looked at in vain. */
function rejected({nodes, scratch}: Columns, {count, evaluated}: Found, start: number): NodeInfo[] {
  const list: NodeInfo[] = [];
  let next = 0;
  for (let n = 0; n < evaluated && count < evaluated; n++) {
    const i = (start + n) % nodes.length;
    if (next < count && scratch.feasible[next] === i) next++;
    else list.push(nodes[i]!);
  }
  return list;
}

/** What the plain filters say of these nodes. */
function statusesOf(cycle: Cycle, pod: Pod, nodes: readonly NodeInfo[]): NodeStatuses {
  const statuses = nodeStatuses();
  if (nodes.length === 0) return statuses;
  preFilterPlainly(cycle, pod);
  for (const node of nodes) statuses.explicit.set(node.name, runFiltersWithNominated(cycle, pod, node)!);
  return statuses;
}

/** No node has a place for a pod of the template. What the filters said of a node the last time holds until it changes. */
function nothingFits(cycle: Cycle, pod: Pod, {nodes}: Columns, {whyOut}: Template, start: number): Outcome {
  preFilterPlainly(cycle, pod);
  const statuses = nodeStatuses();
  const rejectedBy = new Set<string>();
  for (let n = 0; n < nodes.length; n++) {
    const i = (start + n) % nodes.length;
    const status = (whyOut[i] ??= runFilters(cycle, pod, nodes[i]!)!);
    statuses.explicit.set(nodes[i]!.name, status);
    rejectedBy.add(status.plugin!);
  }
  const evaluated = nodes.length;
  const nextStart = start % nodes.length;
  return afterFilters(cycle, pod, {node: undefined, feasible: [], scores: [], totals: [], statuses, evaluated, nextStart, rejectedBy});
}

const NOBODY: ReadonlySet<string> = new Set();
const NOTHING = {feasible: [], scores: [], totals: [], statuses: nodeStatuses()} as const;

type Tables = Pick<Outcome, 'feasible' | 'scores' | 'totals' | 'statuses'>;

interface Detail {
  readonly cycle: Cycle;
  readonly pod: Pod;
  readonly parts: readonly Part[];
  readonly feasible: readonly NodeInfo[];
  readonly rejected: readonly NodeInfo[];
  /** Filters that look beyond the node had a say: they have to be asked now. */
  readonly hasOthers: boolean;
}

/** Tables that are made when they are looked at, from the nodes as they are now. */
function tablesOf({cycle, pod, parts, feasible, rejected: refused, hasOthers}: Detail): Tables {
  let statuses = hasOthers ? statusesOf(cycle, pod, refused) : undefined;
  return {
    feasible,
    get scores() {
      return scoreTables(parts, feasible.length);
    },
    get totals() {
      return parts.length > 0 ? totalsOf(scoreTables(parts, feasible.length), feasible.length) : [];
    },
    get statuses() {
      return (statuses ??= statusesOf(cycle, pod, refused));
    },
  };
}

/** `detail`: also list the feasible nodes with their scores, and say why the others were turned down. */
export function schedulePodFast(cycle: Cycle, pod: Pod, columns: Columns, sampling: Sampling, detail: boolean): Outcome | undefined {
  const {nodes, scratch} = columns;
  const isPromised = Boolean((pod.status as {nominatedNodeName?: string} | undefined)?.nominatedNodeName);
  if (nodes.length < FAST_FROM || isPromised || !preFilter(cycle, pod)) return undefined;
  const template = columns.compiled(templateKey(cycle, pod), () => compileTemplate(cycle, pod, columns));
  template.catchUp(cycle, pod);
  const others = otherFilters(cycle, pod, columns, template);
  const found = search(cycle, columns, template, others, sampling);
  if (!found) return undefined;
  const {count, evaluated} = found;
  if (count === 0) return others ? undefined : nothingFits(cycle, pod, columns, template, sampling.start);
  const parts = count > 1 ? addScores(cycle, pod, columns, template, count, detail) : [];
  if (!parts) return undefined;
  const best = count > 1 ? pickBest(scratch.totals, cycle.random, count) : 0;
  const node = nodes[scratch.feasible[best]!]!.name;
  const nextStart = (sampling.start + evaluated) % nodes.length;
  if (!detail) {
    const {feasible, scores, totals, statuses} = NOTHING;
    return {node, evaluated, nextStart, rejectedBy: NOBODY, feasible, scores, totals, statuses};
  }
  const tables = tablesOf({
    cycle,
    pod,
    parts,
    feasible: nodesAt(columns, scratch.feasible, count),
    rejected: rejected(columns, found, sampling.start),
    hasOthers: others !== undefined,
  });
  return Object.assign(tables, {node, evaluated, nextStart, rejectedBy: NOBODY});
}
