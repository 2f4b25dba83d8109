/** upstream: pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go */

import {isConditionTrue} from '../../api/conditions.ts';
import type {Pod, PodDisruptionBudget} from '../../api/types.ts';
import {passVictims} from '../extenders/rounds.ts';
import {fitError} from '../framework/fit-error.ts';
import {podPriority} from '../framework/node-info.ts';
import {message, type NodeStatuses, statusOf, unresolvable, unschedulable} from '../framework/status.ts';
import type {Cycle, NodeInfo, Plugin, PodInfo} from '../framework/types.ts';
import {dryRun} from '../preemption/dry-run.ts';
import {PREEMPTION_BY_SCHEDULER} from '../preemption/execute.ts';
import {bestCandidate} from '../preemption/importance.ts';

const NOT_ELIGIBLE_NEVER = 'not eligible due to preemptionPolicy=Never.';
const NOT_ELIGIBLE_TERMINATING = 'not eligible due to a terminating pod on the nominated node.';
const NOT_HELPFUL = 'Preemption is not helpful for scheduling';

export interface DefaultPreemptionArgs {
  readonly minCandidateNodesPercentage: number;
  readonly minCandidateNodesAbsolute: number;
}

/** How many candidates are enough. */
export function candidatesWanted(nodes: number, args: DefaultPreemptionArgs): number {
  return Math.min(Math.max(Math.trunc((nodes * args.minCandidateNodesPercentage) / 100), args.minCandidateNodesAbsolute), nodes);
}

function isDyingForUs(info: PodInfo, cycle: Cycle): boolean {
  if (!info.terminating) return false;
  const conditions = cycle.listers<Pod>('pods').get(info.namespace, info.name)?.status?.conditions;
  return (
    isConditionTrue(conditions, 'DisruptionTarget') &&
    conditions!.find(c => c.type === 'DisruptionTarget')!.reason === PREEMPTION_BY_SCHEDULER
  );
}

/** Why the pod may not preempt (again); undefined where it may. */
export function notEligible(cycle: Cycle, pod: Pod, statuses: NodeStatuses): string | undefined {
  if (pod.spec?.preemptionPolicy === 'Never') return NOT_ELIGIBLE_NEVER;
  const nominated = (pod.status as {nominatedNodeName?: string} | undefined)?.nominatedNodeName;
  if (!nominated || statusOf(statuses, nominated).code === 'UnschedulableAndUnresolvable') return undefined;
  const node = cycle.snapshot.get(nominated);
  const waiting = node?.pods.some(p => p.priority < podPriority(pod) && isDyingForUs(p, cycle));
  return waiting ? NOT_ELIGIBLE_TERMINATING : undefined;
}

/** The nodes whose failed filter the removal of pods may cure. */
const nodesWorthTrying = (cycle: Cycle, statuses: NodeStatuses): NodeInfo[] =>
  cycle.snapshot.nodes.filter(node => statusOf(statuses, node.name).code === 'Unschedulable');

const PREFIX = 'preemption: ';
const NO_CANDIDATE = 'no candidate node for preemption';

export const defaultPreemption = (args: DefaultPreemptionArgs): Plugin => ({
  name: 'DefaultPreemption',
  postFilter(cycle, pod, statuses) {
    // 1. Is the pod allowed to?
    const why = notEligible(cycle, pod, statuses);
    if (why) return {status: unschedulable(PREFIX + why)};

    // 2. Which nodes could it have, and at what price?
    const nodes = nodesWorthTrying(cycle, statuses);
    const budgets = nodes.length > 0 ? cycle.listers<PodDisruptionBudget>('poddisruptionbudgets').list() : [];
    const offset = nodes.length > 0 ? Math.floor(cycle.random() * nodes.length) : 0;
    const {candidates, statuses: tried} = dryRun(cycle, pod, nodes, budgets, offset, candidatesWanted(nodes.length, args));
    if (candidates.length === 0) {
      tried.absent = unresolvable(NOT_HELPFUL);
      const text = fitError({numAllNodes: cycle.snapshot.size, statuses: tried});
      return {status: unschedulable(PREFIX + text), nominatedNode: ''};
    }

    // 3. What do extenders say of it?
    const passed = passVictims(cycle, pod, candidates);
    if ('code' in passed) return {status: {...passed, reasons: [PREFIX + message(passed)]}};

    // 4. The least loss. Evicting is up to the caller.
    const victims = bestCandidate(passed, cycle.listers);
    if (!victims) return {status: unschedulable(PREFIX + NO_CANDIDATE)};
    return {nominatedNode: victims.node, victims};
  },
});
