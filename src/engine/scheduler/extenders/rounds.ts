/** When extenders are asked, and what their answers do. upstream: pkg/scheduler/schedule_one.go, framework/preemption/preemption.go callExtenders */
import type {Pod} from '../../api/types.ts';
import type {PluginScores} from '../framework/runtime.ts';
import {failure, type NodeStatuses, type Status, unresolvable, unschedulable} from '../framework/status.ts';
import {type Cycle, MAX_NODE_SCORE, type NodeInfo, type PodInfo, type Victims} from '../framework/types.ts';
import {
  BINDING_RESULT,
  type BindingResult,
  FILTER_RESULT,
  type FilterResult,
  HOST_PRIORITIES,
  type HostPriority,
  PREEMPTION_RESULT,
  type PreemptionResult,
} from './answers.ts';
import {EXTENDER_NAME, type Extender, isInterested, type Question} from './extender.ts';
import {ask} from './send.ts';

/** upstream: MaxExtenderPriority */
const MAX_EXTENDER_PRIORITY = 10;

const asked = ({extenders}: Cycle, question: Question, pod: Pod): Extender[] =>
  extenders.list.filter(extender => extender.verbs[question] !== undefined && isInterested(extender, pod));

/** Whether the cycle can do without any extender for this pod. */
export const needsNoExtender = ({extenders}: Cycle, pod: Pod): boolean => !extenders.list.some(extender => isInterested(extender, pod));

/** Whether any extender filters or scores: then one node that fits is not enough. */
export const extendersChoose = ({extenders}: Cycle): boolean => extenders.list.some(({verbs}) => verbs.filter ?? verbs.prioritize);

const notAmongThem = (extender: Extender, node: string): Status =>
  failure(`extender "${extender.name}" claims a filtered node "${node}" which is not found in the input node list`);

/** The nodes that an extender leaves, and why not the others. */
function filter(cycle: Cycle, extender: Extender, nodes: readonly NodeInfo[]): {left: NodeInfo[]; answer: FilterResult} | {error: Status} {
  const reply = ask<FilterResult>(cycle.extenders, extender, 'filter', FILTER_RESULT);
  if ('error' in reply) return reply;
  const {answer} = reply;
  if (answer.Error) return {error: failure(answer.Error)};
  const {Nodes, NodeNames} = answer;
  const names = extender.nodeCacheCapable && NodeNames ? NodeNames : (Nodes?.items ?? []).map(({metadata}) => metadata?.name ?? '');
  const left: NodeInfo[] = [];
  for (const name of names) {
    const node = nodes.find(each => each.name === name);
    if (!node) return {error: notAmongThem(extender, name)};
    left.push(node);
  }
  return {left, answer};
}

/** One extender's turn to filter. */
export interface FilterRound {
  readonly extender: Extender;
  readonly nodes: readonly NodeInfo[];
  /** Those that it leaves. */
  readonly left: readonly NodeInfo[];
  /** Why not the others, as far as it says. */
  readonly statuses: ReadonlyMap<string, Status>;
  /** It could not be asked: the cycle ends, unless it may be ignored. */
  readonly error?: Status;
}

/** One after the other strikes out nodes, until none is left, or one fails that may not. */
export function* filterRounds(cycle: Cycle, pod: Pod, feasible: readonly NodeInfo[]): Generator<FilterRound> {
  let nodes = feasible;
  for (const extender of asked(cycle, 'filter', pod)) {
    if (nodes.length === 0) return;
    const filtered = filter(cycle, extender, nodes);
    if ('error' in filtered) {
      const {error} = filtered;
      yield {extender, nodes, left: extender.ignorable ? nodes : [], statuses: new Map(), error};
      if (extender.ignorable) continue;
      return;
    }
    const {FailedNodes = {}, FailedAndUnresolvableNodes = {}} = filtered.answer;
    const statuses = new Map<string, Status>();
    for (const [node, why] of Object.entries(FailedNodes)) statuses.set(node, {...unschedulable(why), plugin: EXTENDER_NAME});
    for (const [node, why] of Object.entries(FailedAndUnresolvableNodes)) statuses.set(node, {...unresolvable(why), plugin: EXTENDER_NAME});
    yield {extender, nodes, left: filtered.left, statuses};
    nodes = filtered.left;
  }
}

/** The nodes that all of them leave; why not the others, goes into `statuses`. A Status where the cycle ends. */
export function passExtenders(cycle: Cycle, pod: Pod, feasible: readonly NodeInfo[], statuses: NodeStatuses): readonly NodeInfo[] | Status {
  let nodes = feasible;
  for (const round of filterRounds(cycle, pod, feasible)) {
    if (round.error && !round.extender.ignorable) return round.error;
    for (const [node, status] of round.statuses) statuses.explicit.set(node, status);
    nodes = round.left;
  }
  return nodes;
}

/** What extenders add to the sums. One that fails adds nothing. They are asked all at once: the scheduler waits as long as for the slowest. */
export function extenderScores(cycle: Cycle, pod: Pod, nodes: readonly NodeInfo[]): PluginScores[] {
  const {extenders} = cycle;
  const scorers = asked(cycle, 'prioritize', pod);
  if (scorers.length === 0) return [];
  const before = extenders.waitedMs;
  let longest = 0;
  const scores = scorers.flatMap((extender): PluginScores[] => {
    extenders.waitedMs = before;
    const reply = ask<readonly HostPriority[]>(extenders, extender, 'prioritize', HOST_PRIORITIES);
    longest = Math.max(longest, extenders.waitedMs - before);
    if ('error' in reply) return [];
    const raw = nodes.map(({name}) => reply.answer.filter(({Host}) => Host === name).reduce((sum, {Score = 0}) => sum + Score, 0));
    const normalized = raw.map(score => score * (MAX_NODE_SCORE / MAX_EXTENDER_PRIORITY));
    return [{plugin: extender.name, weight: extender.weight, raw, normalized}];
  });
  extenders.waitedMs = before + longest;
  return scores;
}

/** Binds in the scheduler's stead; undefined where none does, so that the profile's own plugin has to. */
export function bindByExtender(cycle: Cycle, pod: Pod): {status: Status | undefined} | undefined {
  for (const extender of asked(cycle, 'bind', pod)) {
    const reply = ask<BindingResult>(cycle.extenders, extender, 'bind', BINDING_RESULT);
    const error = 'error' in reply ? reply.error : reply.answer.Error ? failure(reply.answer.Error) : undefined;
    if (!error || !extender.ignorable) return {status: error};
  }
  return undefined;
}

const atLeastOne = (node: string): Status => failure(`expected at least one victim pod on node "${node}"`);

/** The victims that the answer names, found again among the pods of their nodes. */
function victimsIn({snapshot}: Cycle, {name}: Extender, {NodeNameToMetaVictims = {}}: PreemptionResult): Victims[] | Status {
  const all: Victims[] = [];
  for (const [node, {Pods = [], NumPDBViolations = 0}] of Object.entries(NodeNameToMetaVictims)) {
    const info = snapshot.get(node);
    if (!info) return failure(`nodeinfo not found for node name "${node}"`);
    const pods: PodInfo[] = [];
    for (const {UID = ''} of Pods) {
      const pod = info.pods.find(({uid}) => uid === UID);
      if (!pod) {
        return failure(`extender: ${name} claims to preempt pod (UID: &{${UID}}) on node: ${node}, but the pod is not found on that node`);
      }
      pods.push(pod);
    }
    all.push({node, pods, pdbViolations: NumPDBViolations});
  }
  return all;
}

/** Extenders that know of preemption strike out candidates, or name other victims. */
export function passVictims(cycle: Cycle, pod: Pod, candidates: readonly Victims[]): readonly Victims[] | Status {
  let left = candidates;
  for (const extender of asked(cycle, 'preempt', pod)) {
    if (left.length === 0) break;
    const reply = ask<PreemptionResult>(cycle.extenders, extender, 'preempt', PREEMPTION_RESULT);
    const victims = 'error' in reply ? reply.error : victimsIn(cycle, extender, reply.answer);
    if ('code' in victims) {
      if (extender.ignorable) continue;
      return victims;
    }
    const empty = victims.find(({pods}) => pods.length === 0);
    if (empty && !extender.ignorable) return atLeastOne(empty.node);
    left = victims.filter(({pods}) => pods.length > 0);
  }
  return left;
}
