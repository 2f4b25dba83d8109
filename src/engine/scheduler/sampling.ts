/** How many nodes are worth finding. upstream: pkg/scheduler/schedule_one.go numFeasibleNodesToFind */

const MIN_FEASIBLE_NODES = 100;
const MIN_FEASIBLE_PERCENTAGE = 5;

/** The search stops at this many feasible nodes. A percentage of 0 adapts to the cluster's size; the profile's goes before the global one. */
export function feasibleNodesToFind(nodes: number, profilePercentage: number | undefined, globalPercentage: number): number {
  if (nodes < MIN_FEASIBLE_NODES) return nodes;
  const adaptive = Math.max(50 - Math.trunc(nodes / 125), MIN_FEASIBLE_PERCENTAGE);
  const percentage = (profilePercentage ?? globalPercentage) || adaptive;
  return Math.max(Math.trunc((nodes * percentage) / 100), MIN_FEASIBLE_NODES);
}
