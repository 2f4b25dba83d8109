/**
 * NodeResourcesFit and NodeResourcesBalancedAllocation for one template, remembered node by node until the node changes. Where amounts are in columns they are
 * computed from there; otherwise the plugins compute them.
 */
import type {Pod} from '../../api/types.ts';
import {newCycle} from '../framework/runtime.ts';
import {type Cycle, MAX_NODE_SCORE, type Plugin, type Resource} from '../framework/types.ts';
import type {BalancedAllocationArgs} from '../plugins/balanced-allocation.ts';
import type {NodeResourcesFitArgs} from '../plugins/node-resources-fit.ts';
import {podRequestList, type WeightedResource} from '../plugins/resource-scoring.ts';
import {type AmountColumns, type ColumnName, type Columns, isColumn} from './columns.ts';

export const FIT = 'NodeResourcesFit';
export const BALANCED = 'NodeResourcesBalancedAllocation';

type At = (i: number) => number;

export interface ResourceMemo {
  /** By node: 1 where there is room. Valid after `refresh` of the node. */
  readonly fits: Uint8Array;
  /** Raw scores by node of the plugins that do not skip; valid likewise. */
  readonly scores: ReadonlyMap<string, Int32Array>;
  refresh(i: number): void;
}

interface Column {
  readonly allocatable: Float64Array;
  readonly used: Float64Array;
  readonly request: number;
  readonly weight: number;
}

/** Room for one pod more, over columns. */
function fitAt({allocatable, requested, podsAllowed, pods}: Columns, {milliCPU, memory, ephemeralStorage}: Resource): At {
  const hasRoom = (name: ColumnName, amount: number, i: number): boolean =>
    amount === 0 || amount <= allocatable[name][i]! - requested[name][i]!;
  return i => {
    const count = pods[i]! < podsAllowed[i]!;
    return count && hasRoom('cpu', milliCPU, i) && hasRoom('memory', memory, i) && hasRoom('ephemeral-storage', ephemeralStorage, i)
      ? 1
      : 0;
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

const NO_LISTERS = () => ({get: () => undefined, list: () => []});

/** The plugin itself, on the node as it is now. Its state hangs on the template alone, so it is computed once. */
function plainly(cycle: Cycle, pod: Pod, plugin: Plugin, columns: Columns): {fits: At; score: At} | undefined {
  const own = newCycle({...cycle, listers: NO_LISTERS, random: () => 0});
  plugin.preFilter?.(own, pod);
  if (plugin.preScore?.(own, pod, [])?.code === 'Skip') return undefined;
  return {
    fits: i => (plugin.filter!(own, pod, columns.nodes[i]!) ? 0 : 1),
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

export function compileResources(cycle: Cycle, pod: Pod, requests: Resource, columns: Columns): ResourceMemo {
  const {filter, score} = cycle.framework;
  const size = columns.nodes.length;
  const seen = new Int32Array(size);
  const fits = new Uint8Array(size).fill(1);
  const scores = new Map<string, Int32Array>();
  const steps: ((i: number) => void)[] = [];
  const fitPlugin = filter.find(plugin => plugin.name === FIT);
  if (fitPlugin) {
    const at = Object.keys(requests.scalar).length === 0 ? fitAt(columns, requests) : plainly(cycle, pod, fitPlugin, columns)!.fits;
    steps.push(i => {
      fits[i] = at(i);
    });
  }
  for (const {plugin} of score) {
    const plain = COLUMN_SCORES[plugin.name] && plainly(cycle, pod, plugin, columns);
    if (!plain) continue;
    const at = COLUMN_SCORES[plugin.name]!(plugin, pod, columns) ?? plain.score;
    const column = new Int32Array(size);
    scores.set(plugin.name, column);
    steps.push(i => {
      column[i] = at(i);
    });
  }
  return {
    fits,
    scores,
    refresh(i) {
      if (seen[i] === columns.versions[i]) return;
      seen[i] = columns.versions[i]!;
      for (const step of steps) step(i);
    },
  };
}
