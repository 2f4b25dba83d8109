/**
 * The scoring strategies of NodeResourcesFit.
 * upstream: pkg/scheduler/framework/plugins/noderesources/{resource_allocation,least_allocated,most_allocated,requested_to_capacity_ratio}.go
 */
import type {Pod} from '../../api/types.ts';
import {amount, isScalar, nonZeroRequests, realRequests} from '../framework/resource.ts';
import {MAX_NODE_SCORE, type NodeInfo} from '../framework/types.ts';

export interface WeightedResource {
  readonly name: string;
  readonly weight?: number;
}

export interface UtilizationShapePoint {
  readonly utilization: number;
  readonly score: number;
}

/** What would be requested of one resource with the pod on the node, and what there is. */
export interface Allocation {
  readonly requested: number;
  readonly allocatable: number;
  readonly weight: number;
}

/** The pod's requests of the resources, in their order. `real`: what it asks for; otherwise containers without requests count 100m and 200Mi. */
export function podRequestList(pod: Pod, resources: readonly WeightedResource[], real: boolean): number[] {
  const requests = (real ? realRequests : nonZeroRequests)(pod);
  return resources.map(({name}) => requests[name] ?? 0);
}

/** Resources the node has none of, and extended resources the pod does not ask for, are left out. */
export function allocations(
  node: NodeInfo,
  resources: readonly WeightedResource[],
  requests: readonly number[],
  real: boolean,
): Allocation[] {
  const found: Allocation[] = [];
  resources.forEach(({name, weight = 1}, i) => {
    const request = requests[i]!;
    if (request === 0 && isScalar(name)) return;
    const allocatable = amount(node.allocatable, name);
    if (allocatable === 0) return;
    found.push({requested: usedAmount(node, name, real) + request, allocatable, weight});
  });
  return found;
}

function usedAmount(node: NodeInfo, name: string, real: boolean): number {
  if (!real && name === 'cpu') return node.nonZeroRequested.milliCPU;
  if (!real && name === 'memory') return node.nonZeroRequested.memory;
  return amount(node.requested, name);
}

type Rate = (requested: number, allocatable: number) => number;

const leastRequested: Rate = (requested, allocatable) =>
  requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * MAX_NODE_SCORE) / allocatable);

const mostRequested: Rate = (requested, allocatable) => Math.trunc((Math.min(requested, allocatable) * MAX_NODE_SCORE) / allocatable);

const weightedMean =
  (rate: Rate) =>
  (list: readonly Allocation[]): number => {
    const weights = list.reduce((sum, a) => sum + a.weight, 0);
    if (weights === 0) return 0;
    return Math.trunc(list.reduce((sum, a) => sum + rate(a.requested, a.allocatable) * a.weight, 0) / weights);
  };

/** A function made of straight pieces through the points; flat beyond the first and the last. Integer arithmetic, truncated. */
export function brokenLinear(shape: readonly UtilizationShapePoint[]): (p: number) => number {
  return p => {
    for (let i = 0; i < shape.length; i++) {
      const point = shape[i]!;
      if (p > point.utilization) continue;
      if (i === 0) return point.score;
      const before = shape[i - 1]!;
      return (
        before.score + Math.trunc(((point.score - before.score) * (p - before.utilization)) / (point.utilization - before.utilization))
      );
    }
    return shape[shape.length - 1]!.score;
  };
}

/** Shape scores are written 0..10. */
const MAX_CUSTOM_PRIORITY_SCORE = 10;

function requestedToCapacityRatio(shape: readonly UtilizationShapePoint[]): (list: readonly Allocation[]) => number {
  const scaled = shape.map(p => ({utilization: p.utilization, score: p.score * (MAX_NODE_SCORE / MAX_CUSTOM_PRIORITY_SCORE)}));
  const score = brokenLinear(scaled);
  const rate: Rate = (requested, allocatable) =>
    allocatable === 0 || requested > allocatable ? score(100) : score(Math.trunc((requested * 100) / allocatable));
  return list => {
    let total = 0;
    let weights = 0;
    for (const {requested, allocatable, weight} of list) {
      const resourceScore = rate(requested, allocatable);
      if (resourceScore <= 0) continue;
      total += resourceScore * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.round(total / weights);
  };
}

export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources: readonly WeightedResource[];
  readonly requestedToCapacityRatio?: {readonly shape: readonly UtilizationShapePoint[]};
}

const strategies = {
  LeastAllocated: () => weightedMean(leastRequested),
  MostAllocated: () => weightedMean(mostRequested),
  RequestedToCapacityRatio: strategy => requestedToCapacityRatio(strategy.requestedToCapacityRatio?.shape ?? []),
} satisfies Record<ScoringStrategy['type'], (strategy: ScoringStrategy) => (list: readonly Allocation[]) => number>;

/** The function from a node's allocations to its score. */
export const scorerOf = (strategy: ScoringStrategy): ((list: readonly Allocation[]) => number) => strategies[strategy.type](strategy);
