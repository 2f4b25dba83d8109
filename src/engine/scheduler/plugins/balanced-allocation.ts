/** Favours nodes whose resources are used evenly. upstream: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go */
import {skip} from '../framework/status.ts';
import {MAX_NODE_SCORE, type Plugin} from '../framework/types.ts';
import {type Allocation, allocations, podRequestList, type WeightedResource} from './resource-scoring.ts';

const NAME = 'NodeResourcesBalancedAllocation';

export interface BalancedAllocationArgs {
  readonly resources: readonly WeightedResource[];
}

/** (1 - standard deviation of the fractions in use) * 100. Doubles, truncated at the end, as Go does. */
function balancedScore(list: readonly Allocation[]): number {
  const fractions = list.map(({requested, allocatable}) => Math.min(requested / allocatable, 1));
  return Math.trunc((1 - deviation(fractions)) * MAX_NODE_SCORE);
}

function deviation(fractions: readonly number[]): number {
  const n = fractions.length;
  if (n < 2) return 0;
  if (n === 2) return Math.abs((fractions[0]! - fractions[1]!) / 2);
  const mean = fractions.reduce((a, b) => a + b, 0) / n;
  return Math.sqrt(fractions.reduce((sum, f) => sum + (f - mean) * (f - mean), 0) / n);
}

export const balancedAllocation = ({resources}: BalancedAllocationArgs): Plugin => ({
  name: NAME,
  args: {resources},
  preScore(cycle, pod) {
    const requests = podRequestList(pod, resources, true);
    if (requests.every(r => r === 0)) return skip;
    cycle.state.set(NAME, requests);
    return undefined;
  },
  score: (cycle, _pod, node) => balancedScore(allocations(node, resources, cycle.state.get(NAME) as number[], true)),
});
