/** Tries what evicting pods of a node would do. upstream: pkg/scheduler/framework/preemption/preemption.go, plugins/defaultpreemption/default_preemption.go */
import type {Pod, PodDisruptionBudget} from '../../api/types.ts';
import {podPriority, withoutPod, withPod} from '../framework/node-info.ts';
import {cloneCycle, runFiltersWithNominated, runPodChange} from '../framework/runtime.ts';
import {failure, type NodeStatuses, nodeStatuses, type Status, unresolvable} from '../framework/status.ts';
import type {Cycle, NodeInfo, PodInfo, Victims} from '../framework/types.ts';
import {byImportance} from './importance.ts';
import {splitByViolation} from './pdb.ts';

const NO_VICTIMS = 'No preemption victims found for incoming pod';
/** Said of a node that has room without anybody's eviction: the filters that sent the pod here had other reasons. */
const noVictimOn = (node: string): string => `expected at least one victim pod on node "${node}"`;

/** The fewest pods of the node whose eviction lets the pod in, or why there are none. */
function selectVictims(original: Cycle, pod: Pod, full: NodeInfo, budgets: readonly PodDisruptionBudget[]): Victims | Status {
  const cycle = cloneCycle(original);
  let node = full;
  const remove = (info: PodInfo): void => {
    node = withoutPod(node, info);
    runPodChange(cycle, pod, info, node, 'removePod');
  };
  const add = (info: PodInfo): void => {
    node = withPod(node, info);
    runPodChange(cycle, pod, info, node, 'addPod');
  };

  // 1. Without all pods of lower priority, does it fit at all?
  const lower = node.pods.filter(p => p.priority < podPriority(pod));
  if (lower.length === 0) return unresolvable(NO_VICTIMS);
  for (const info of lower) remove(info);
  const status = runFiltersWithNominated(cycle, pod, node);
  if (status) return status;

  // 2. Put back as many as possible: those first whose eviction breaks a budget, the more important before the less.
  const important = byImportance(cycle.listers);
  const {violating, nonViolating} = splitByViolation([...lower].sort(important), budgets);
  const victims: PodInfo[] = [];
  const reprieve = (info: PodInfo): boolean => {
    add(info);
    if (!runFiltersWithNominated(cycle, pod, node)) return true;
    remove(info);
    victims.push(info);
    return false;
  };
  const pdbViolations = violating.filter(info => !reprieve(info)).length;
  for (const info of nonViolating) reprieve(info);
  if (victims.length === 0) return failure(noVictimOn(node.name));
  return {node: node.name, pods: victims.sort(important), pdbViolations};
}

export interface DryRun {
  readonly candidates: readonly Victims[];
  readonly statuses: NodeStatuses;
}

/** Goes round the nodes from an offset until it has enough candidates, at least one of them without a broken budget. */
export function dryRun(
  cycle: Cycle,
  pod: Pod,
  nodes: readonly NodeInfo[],
  budgets: readonly PodDisruptionBudget[],
  offset: number,
  wanted: number,
): DryRun {
  const sound: Victims[] = [];
  const violating: Victims[] = [];
  const statuses = nodeStatuses();
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[(offset + i) % nodes.length]!;
    const result = selectVictims(cycle, pod, node, budgets);
    if ('code' in result) {
      statuses.explicit.set(node.name, result);
      continue;
    }
    (result.pdbViolations === 0 ? sound : violating).push(result);
    if (sound.length > 0 && sound.length + violating.length >= wanted) break;
  }
  return {candidates: [...sound.slice(0, wanted), ...violating.slice(0, wanted)], statuses};
}
