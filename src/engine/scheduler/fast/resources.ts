/**
 * NodeResourcesFit and NodeResourcesBalancedAllocation for one template. Where amounts are in columns they are computed from there; otherwise the plugins
 * compute them.
 */
import type {Pod} from '../../api/types.ts';
import {NO_OBJECTS, newCycle} from '../framework/runtime.ts';
import {type Cycle, MAX_NODE_SCORE, type Plugin, type Resource} from '../framework/types.ts';
import type {BalancedAllocationArgs} from '../plugins/balanced-allocation.ts';
import type {NodeResourcesFitArgs} from '../plugins/node-resources-fit.ts';
import {podRequestList, type WeightedResource} from '../plugins/resource-scoring.ts';
import {type AmountColumns, type ColumnName, type Columns, isColumn} from './columns.ts';

export const FIT = 'NodeResourcesFit';
const BALANCED = 'NodeResourcesBalancedAllocation';

type At = (i: number) => number;

/** One plugin's raw score of a node as it is now: 0..100, without normalization. */
export interface ResourceScore {
  readonly plugin: string;
  readonly weight: number;
  readonly at: At;
  /** By node: for whoever asks to remember. */
  readonly column: Uint8Array;
}

export interface Resources {
  /** Whether there is room on a node as it is now. */
  readonly fits: (i: number) => boolean;
  /** Of the plugins that do not skip. */
  readonly scores: readonly ResourceScore[];
}

interface Column {
  readonly allocatable: Float64Array;
  readonly used: Float64Array;
  readonly request: number;
  readonly weight: number;
}

/** Room for one pod more, over columns. */
function fitAt(columns: Columns, {milliCPU, memory, ephemeralStorage}: Resource): (i: number) => boolean {
  const {allocatable, requested, podsAllowed, pods} = columns;
  const asked: readonly (readonly [ColumnName, number])[] = [
    ['cpu', milliCPU],
    ['memory', memory],
    ['ephemeral-storage', ephemeralStorage],
  ];
  const limits = asked
    .filter(([, amount]) => amount > 0)
    .map(([name, amount]) => ({has: allocatable[name], used: requested[name], amount}));
  return i => {
    if (pods[i]! >= podsAllowed[i]!) return false;
    for (const {has, used, amount} of limits) if (amount > has[i]! - used[i]!) return false;
    return true;
  };
}

/** Mirrors LeastAllocated of plugins/resource-scoring.ts. */
const leastAllocatedAt =
  (list: readonly Column[]): At =>
  i => {
    let sum = 0;
    let weights = 0;
    for (const {allocatable, used, request, weight} of list) {
      const total = allocatable[i]!;
      if (total === 0) continue;
      const asked = used[i]! + request;
      if (asked <= total) sum += Math.trunc(((total - asked) * MAX_NODE_SCORE) / total) * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.trunc(sum / weights);
  };

/** Mirrors plugins/balanced-allocation.ts for two resources. */
function balancedAt(a: Column, b: Column): At {
  const fraction = ({allocatable, used, request}: Column, i: number): number => Math.min((used[i]! + request) / allocatable[i]!, 1);
  return i => {
    const deviation = a.allocatable[i] === 0 || b.allocatable[i] === 0 ? 0 : Math.abs((fraction(a, i) - fraction(b, i)) / 2);
    return Math.trunc((1 - deviation) * MAX_NODE_SCORE);
  };
}

/** The columns of the resources to score; undefined where one has none. */
function columnsFor(
  resources: readonly WeightedResource[],
  requests: readonly number[],
  allocatable: AmountColumns,
  used: AmountColumns,
): Column[] | undefined {
  const list = resources.map(({name, weight = 1}, i) =>
    isColumn(name) ? {allocatable: allocatable[name], used: used[name], request: requests[i]!, weight} : undefined,
  );
  return list.every(c => c !== undefined) ? list : undefined;
}

/** The plugin itself, on the node as it is now. Its state hangs on the template alone, so it is computed once. */
function plainly(cycle: Cycle, pod: Pod, plugin: Plugin, columns: Columns): {fits: Resources['fits']; score: At} | undefined {
  const own = newCycle({...cycle, listers: () => NO_OBJECTS, random: () => 0});
  plugin.preFilter?.(own, pod);
  if (plugin.preScore?.(own, pod, [])?.code === 'Skip') return undefined;
  return {
    fits: i => plugin.filter!(own, pod, columns.nodes[i]!) === undefined,
    score: i => plugin.score!(own, pod, columns.nodes[i]!),
  };
}

function fitScore(plugin: Plugin, pod: Pod, columns: Columns): At | undefined {
  const {type, resources} = (plugin.args as NodeResourcesFitArgs).scoringStrategy;
  const list =
    type === 'LeastAllocated'
      ? columnsFor(resources, podRequestList(pod, resources, false), columns.allocatable, columns.scored)
      : undefined;
  return list && leastAllocatedAt(list);
}

function balancedScore(plugin: Plugin, pod: Pod, columns: Columns): At | undefined {
  const {resources} = plugin.args as BalancedAllocationArgs;
  const list = columnsFor(resources, podRequestList(pod, resources, true), columns.allocatable, columns.requested);
  return list?.length === 2 ? balancedAt(list[0]!, list[1]!) : undefined;
}

const COLUMN_SCORES: Readonly<Record<string, (plugin: Plugin, pod: Pod, columns: Columns) => At | undefined>> = {
  [FIT]: fitScore,
  [BALANCED]: balancedScore,
};

function fitsFor(cycle: Cycle, pod: Pod, requests: Resource, columns: Columns): Resources['fits'] {
  const plugin = cycle.framework.filter.find(({name}) => name === FIT);
  if (!plugin) return () => true;
  return Object.keys(requests.scalar).length === 0 ? fitAt(columns, requests) : plainly(cycle, pod, plugin, columns)!.fits;
}

/** `requests`: what the pod really asks for. */
export function compileResources(cycle: Cycle, pod: Pod, requests: Resource, columns: Columns): Resources {
  const scores: ResourceScore[] = [];
  for (const {plugin, weight} of cycle.framework.score) {
    const overColumns = COLUMN_SCORES[plugin.name];
    const plain = overColumns && plainly(cycle, pod, plugin, columns);
    if (!plain) continue;
    const at = overColumns(plugin, pod, columns) ?? plain.score;
    scores.push({plugin: plugin.name, weight, at, column: new Uint8Array(columns.nodes.length)});
  }
  return {fits: fitsFor(cycle, pod, requests, columns), scores};
}
