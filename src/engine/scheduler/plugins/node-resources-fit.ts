/** upstream: pkg/scheduler/framework/plugins/noderesources/fit.go */
import type {ResourceList} from '../../api/pod-resources.ts';
import type {Node, Pod} from '../../api/types.ts';
import {demandOf} from '../framework/demand.ts';
import {nodeInfo} from '../framework/node-info.ts';
import {allocatableOf, amount, isExtendedResource, realRequests, resourceOf} from '../framework/resource.ts';
import {unresolvable, unschedulable} from '../framework/status.ts';
import type {NodeInfo, Plugin, Resource} from '../framework/types.ts';
import {allocations, podRequestList, type ScoringStrategy, scorerOf} from './resource-scoring.ts';

const NAME = 'NodeResourcesFit';
const SCORE_STATE = `PreScore${NAME}`;
const REASON_TOO_MANY_PODS = 'Too many pods';
const insufficient = (resource: string): string => `Insufficient ${resource}`;

export interface NodeResourcesFitArgs {
  readonly ignoredResources?: readonly string[];
  readonly ignoredResourceGroups?: readonly string[];
  readonly scoringStrategy: ScoringStrategy;
}

export interface InsufficientResource {
  readonly resource: string;
  readonly reason: string;
  readonly requested: number;
  readonly used: number;
  readonly capacity: number;
  /** More than the node has when empty: no preemption can help. */
  readonly unresolvable: boolean;
}

const NATIVE: readonly string[] = ['cpu', 'memory', 'ephemeral-storage'];

/** In the order in which they are told. */
function namesOf({scalar}: Resource): readonly string[] {
  const others = Object.keys(scalar);
  return others.length === 0 ? NATIVE : [...NATIVE, ...others.sort()];
}

/** Everything the node is short of for such a pod: pods, cpu, memory, ephemeral-storage, then the rest. */
export function insufficientResources(
  request: Resource,
  node: NodeInfo,
  isIgnored: (resource: string) => boolean = () => false,
): InsufficientResource[] {
  const short: InsufficientResource[] = [];
  const count = node.pods.length;
  if (count + 1 > node.allocatable.pods) {
    const capacity = node.allocatable.pods;
    short.push({resource: 'pods', reason: REASON_TOO_MANY_PODS, requested: 1, used: count, capacity, unresolvable: false});
  }
  for (const resource of namesOf(request)) {
    const requested = amount(request, resource);
    if (requested === 0 || isIgnored(resource)) continue;
    const capacity = amount(node.allocatable, resource);
    const used = amount(node.requested, resource);
    if (requested > capacity - used) {
      short.push({resource, reason: insufficient(resource), requested, used, capacity, unresolvable: requested > capacity});
    }
  }
  return short;
}

/** Extended resources that somebody else looks after. */
export const ignoredBy =
  ({ignoredResources = [], ignoredResourceGroups = []}: Pick<NodeResourcesFitArgs, 'ignoredResources' | 'ignoredResourceGroups'>) =>
  (resource: string): boolean =>
    isExtendedResource(resource) && (ignoredResources.includes(resource) || ignoredResourceGroups.includes(resource.split('/')[0]!));

export function nodeResourcesFit(args: NodeResourcesFitArgs): Plugin {
  const {scoringStrategy} = args;
  const isIgnored = ignoredBy(args);
  const scorer = scorerOf(scoringStrategy);
  return {
    name: NAME,
    args,
    preFilter(cycle, pod) {
      cycle.state.set(NAME, demandOf(pod).requests);
      return undefined;
    },
    filter(cycle, _pod, node) {
      const short = insufficientResources(cycle.state.get(NAME) as Resource, node, isIgnored);
      if (short.length === 0) return undefined;
      return (short.some(s => s.unresolvable) ? unresolvable : unschedulable)(...short.map(s => s.reason));
    },
    preScore(cycle, pod) {
      cycle.state.set(SCORE_STATE, podRequestList(pod, scoringStrategy.resources, false));
      return undefined;
    },
    score: (cycle, _pod, node) => scorer(allocations(node, scoringStrategy.resources, cycle.state.get(SCORE_STATE) as number[], false)),
    events: [
      {resource: 'AssignedPod', actions: ['Delete']},
      {resource: 'AssignedPod', actions: ['UpdatePodScaleDown'], hint: (pod, event) => scaledDown(pod, event.old as Pod, event.new as Pod)},
      {resource: 'TargetPod', actions: ['UpdatePodScaleDown']},
      {
        resource: 'Node',
        actions: ['Add', 'UpdateNodeAllocatable'],
        hint(pod, event) {
          const request = resourceOf(realRequests(pod));
          const now = allocatable(event.new as Node);
          if (insufficientResources(request, nodeInfo(event.new as Node)).length > 0) return false;
          const names = requestedNames(request);
          if (!event.old) return true;
          const before = allocatable(event.old as Node);
          return now.pods > before.pods || names.some(name => amount(now, name) > amount(before, name));
        },
      },
    ],
  };
}

const requestedNames = (request: Resource): string[] =>
  ['cpu', 'memory', 'ephemeral-storage', ...Object.keys(request.scalar)].filter(name => amount(request, name) > 0);

const allocatable = (node: Node) => allocatableOf(node.status?.allocatable as ResourceList | undefined);

function scaledDown(pod: Pod, before: Pod, after: Pod): boolean {
  const [was, is] = [resourceOf(realRequests(before)), resourceOf(realRequests(after))];
  return requestedNames(resourceOf(realRequests(pod))).some(name => amount(is, name) < amount(was, name));
}
