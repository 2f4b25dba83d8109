/**
 * The scheduling cycle over columns: the same outcome as `schedulePod`, for large clusters. Plugins without a column form are run as they are, on the nodes
 * that have come through the others. Answers undefined where only the plain cycle can tell: nothing fits, or a plugin names the nodes to look at.
 */
import type {Pod} from '../../api/types.ts';
import {type Outcome, pickBest, type Sampling} from '../cycle.ts';
import {runFilters} from '../framework/runtime.ts';
import {type NodeStatuses, nodeStatuses} from '../framework/status.ts';
import type {Cycle, Plugin} from '../framework/types.ts';
import type {PodTopologySpreadArgs} from '../plugins/topology-constraints.ts';
import {feasibleNodesToFind} from '../sampling.ts';
import type {Columns} from './columns.ts';
import {FIT} from './resources.ts';
import {nodesAt, type Scored, scoreAll} from './score.ts';
import {SPREAD, spreadFilter} from './spread.ts';
import {compileTemplate, STATIC_PLUGINS, type Template, templateKey} from './template.ts';

/** Below this the plain cycle looks at every node anyway. */
export const FAST_FROM = 100;

type Passes = (i: number) => boolean;

/** Runs PreFilter where it may matter. False: a plugin turned the pod away, or named the nodes to look at. */
function preFilter(cycle: Cycle, pod: Pod): boolean {
  for (const plugin of cycle.framework.preFilter) {
    if (plugin.name === SPREAD || plugin.name === FIT) continue;
    const result = plugin.preFilter!(cycle, pod);
    if (result?.status?.code === 'Skip') cycle.skipFilter.add(plugin.name);
    else if (result?.status || result?.nodes) return false;
  }
  return true;
}

/** The filters beside those of the template; undefined where there are none. */
function otherFilters(cycle: Cycle, pod: Pod, columns: Columns, template: Template): Passes | undefined {
  let spreads: Passes | undefined;
  const plain: Plugin[] = [];
  for (const plugin of cycle.framework.filter) {
    if (STATIC_PLUGINS.has(plugin.name) || plugin.name === FIT || cycle.skipFilter.has(plugin.name)) continue;
    if (plugin.name === SPREAD) spreads = spreadFilter(cycle, pod, columns, template, plugin.args as PodTopologySpreadArgs);
    else plain.push(plugin);
  }
  if (plain.length === 0) return spreads;
  return i => (!spreads || spreads(i)) && !plain.some(plugin => plugin.filter!(cycle, pod, columns.nodes[i]!));
}

interface Found {
  /** Indexes of nodes, in the order in which they were found. */
  readonly feasible: readonly number[];
  /** How many nodes were looked at. */
  readonly evaluated: number;
}

function search(cycle: Cycle, columns: Columns, template: Template, others: Passes | undefined, sampling: Sampling): Found {
  const {passes, resources} = template;
  const size = columns.nodes.length;
  const {score, percentageOfNodesToScore} = cycle.framework;
  const wanted = score.length === 0 ? 1 : feasibleNodesToFind(size, percentageOfNodesToScore, sampling.percentageOfNodesToScore);
  const {fits} = resources;
  const feasible = new Array<number>(Math.min(wanted, size));
  let count = 0;
  let evaluated = 0;
  for (let i = sampling.start % size; evaluated < size && count < wanted; evaluated++, i = i + 1 === size ? 0 : i + 1) {
    if (passes[i] === 0) continue;
    resources.refresh(i);
    if (fits[i] === 1 && (!others || others(i))) feasible[count++] = i;
  }
  feasible.length = count;
  return {feasible, evaluated};
}

/** What the plain filters say of the nodes that were looked at in vain. */
function rejections(cycle: Cycle, pod: Pod, columns: Columns, {feasible, evaluated}: Found, start: number): NodeStatuses {
  const statuses = nodeStatuses();
  for (const plugin of cycle.framework.preFilter) {
    if (plugin.name !== SPREAD && plugin.name !== FIT) continue;
    if (plugin.preFilter!(cycle, pod)?.status?.code === 'Skip') cycle.skipFilter.add(plugin.name);
  }
  if (feasible.length === evaluated) return statuses;
  const fit = new Set(feasible);
  for (let n = 0; n < evaluated; n++) {
    const i = (start + n) % columns.nodes.length;
    if (!fit.has(i)) statuses.explicit.set(columns.nodes[i]!.name, runFilters(cycle, pod, columns.nodes[i]!)!);
  }
  return statuses;
}

const ONLY_ONE: Scored = {totals: [], scores: () => []};

/** `detail`: also list the feasible nodes with their scores, and say why the others were turned down. */
export function schedulePodFast(cycle: Cycle, pod: Pod, columns: Columns, sampling: Sampling, detail: boolean): Outcome | undefined {
  if (columns.nodes.length < FAST_FROM || !preFilter(cycle, pod)) return undefined;
  const template = columns.compiled(templateKey(cycle, pod), () => compileTemplate(cycle, pod, columns));
  const found = search(cycle, columns, template, otherFilters(cycle, pod, columns, template), sampling);
  const {feasible, evaluated} = found;
  if (feasible.length === 0) return undefined;
  const {totals, scores} = feasible.length > 1 ? scoreAll(cycle, pod, columns, template, feasible, detail) : ONLY_ONE;
  const best = feasible.length > 1 ? pickBest(totals, cycle.random) : 0;
  return {
    node: columns.nodes[feasible[best]!]!.name,
    evaluated,
    nextStart: (sampling.start + evaluated) % columns.nodes.length,
    rejectedBy: new Set(),
    get feasible() {
      return detail ? nodesAt(columns, feasible) : [];
    },
    get scores() {
      return detail ? scores() : [];
    },
    get totals() {
      return detail ? totals : [];
    },
    statuses: detail ? rejections(cycle, pod, columns, found, sampling.start) : nodeStatuses(),
  };
}
