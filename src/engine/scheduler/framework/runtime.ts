/** Runs the plugins of an extension point. upstream: pkg/scheduler/framework/runtime/framework.go */
import type {Pod} from '../../api/types.ts';
import {NO_EXTENDERS} from '../extenders/send.ts';
import {withPod} from './node-info.ts';
import {failure, isRejected, message, type NodeStatuses, type Status} from './status.ts';
import type {Cycle, Framework, Listers, NodeInfo, Plugin, PodInfo, PostFilterResult} from './types.ts';

type CycleParts = Pick<Cycle, 'snapshot' | 'listers' | 'framework' | 'now' | 'random'> & Partial<Pick<Cycle, 'extenders' | 'assumed'>>;

/** A fresh cycle over a snapshot. */
export const newCycle = (parts: CycleParts): Cycle => ({
  extenders: NO_EXTENDERS,
  assumed: {listers: parts.listers, add: () => undefined},
  ...parts,
  state: new Map(),
  skipFilter: [],
});

/** What is read of a resource that nobody watches. */
export const NO_OBJECTS = {get: () => undefined, list: () => []};

const named = ({code, reasons}: Status, plugin: Plugin): Status => ({code, reasons, plugin: plugin.name});

/** An error says at which extension point the plugin was asked; whatever else it says, stands. */
export const runningAt = (point: string, plugin: Plugin, status: Status): Status =>
  named(status.code === 'Error' ? failure(`running ${point} plugin "${plugin.name}": ${message(status)}`) : status, plugin);

/** The first plugin that keeps the pod out of the queue. */
export function runPreEnqueue(framework: Framework, pod: Pod, listers: Listers): Status | undefined {
  for (const plugin of framework.preEnqueue) {
    const status = plugin.preEnqueue!(pod, listers);
    if (status) return named(status, plugin);
  }
  return undefined;
}

export interface PreFilterOutcome {
  readonly status?: Status;
  /** The nodes that all plugins agree are worth looking at; undefined: all. */
  readonly nodes?: ReadonlySet<string>;
  /** The plugins that narrowed the nodes down. */
  readonly narrowedBy: readonly string[];
}

/** Plugins answer Skip to be left out of Filter; a rejection ends the cycle for all nodes. */
export function runPreFilter(cycle: Cycle, pod: Pod): PreFilterOutcome {
  let nodes: ReadonlySet<string> | undefined;
  const narrowedBy: string[] = [];
  for (const plugin of cycle.framework.preFilter) {
    const result = plugin.preFilter!(cycle, pod);
    const status = result?.status;
    if (status?.code === 'Skip') {
      cycle.skipFilter.push(plugin.name);
      continue;
    }
    if (status) return {status: runningAt('PreFilter', plugin, status), narrowedBy: [...narrowedBy, plugin.name]};
    if (!result?.nodes) continue;
    narrowedBy.push(plugin.name);
    const before = nodes;
    nodes = before ? new Set([...before].filter(n => result.nodes!.has(n))) : result.nodes;
    if (nodes.size === 0) {
      const by = narrowedBy.length > 1 ? `[${[...narrowedBy].sort().join(' ')}]` : narrowedBy[0];
      const reason = `node(s) didn't satisfy plugin${narrowedBy.length > 1 ? '(s)' : ''} ${by}${narrowedBy.length > 1 ? ' simultaneously' : ''}`;
      return {status: {code: 'UnschedulableAndUnresolvable', reasons: [reason]}, narrowedBy};
    }
  }
  return {...(nodes && {nodes}), narrowedBy};
}

/** The first filter that turns the node down. */
export function runFilters(cycle: Cycle, pod: Pod, node: NodeInfo): Status | undefined {
  for (const plugin of cycle.framework.filter) {
    if (cycle.skipFilter.includes(plugin.name)) continue;
    const status = plugin.filter!(cycle, pod, node);
    if (!status) continue;
    return named(isRejected(status) ? status : failure(`running "${plugin.name}" filter plugin: ${message(status)}`), plugin);
  }
  return undefined;
}

/** Tells the plugins that a pod was put on (or taken off) the node of a trial. */
export function runPodChange(cycle: Cycle, pod: Pod, changed: PodInfo, node: NodeInfo, change: 'addPod' | 'removePod'): void {
  for (const plugin of cycle.framework.preFilter) if (!cycle.skipFilter.includes(plugin.name)) plugin[change]?.(cycle, pod, changed, node);
}

/** A cycle whose state can be changed without the original noticing. */
export function cloneCycle(cycle: Cycle): Cycle {
  const copy: Cycle = {...cycle, state: new Map(cycle.state)};
  for (const plugin of cycle.framework.preFilter) if (!cycle.skipFilter.includes(plugin.name)) plugin.cloneState?.(copy);
  return copy;
}

/**
 * Filters a node twice where more important pods have been promised it: with them, for they will come, and without, for the pod must not depend on them.
 */
export function runFiltersWithNominated(cycle: Cycle, pod: Pod, node: NodeInfo): Status | undefined {
  const priority = pod.spec?.priority ?? 0;
  const promised = cycle.snapshot.nominated.get(node.name)?.filter(p => p.priority >= priority && p.uid !== pod.metadata.uid);
  if (promised && promised.length > 0) {
    const trial = cloneCycle(cycle);
    let full = node;
    for (const info of promised) {
      full = withPod(full, info);
      runPodChange(trial, pod, info, full, 'addPod');
    }
    const status = runFilters(trial, pod, full);
    if (status) return status;
  }
  return runFilters(cycle, pod, node);
}

/** Stops at the first success; otherwise all reasons together. */
export function runPostFilters(cycle: Cycle, pod: Pod, statuses: NodeStatuses): PostFilterResult {
  const reasons: string[] = [];
  let nominatedNode: string | undefined;
  for (const plugin of cycle.framework.postFilter) {
    const result = plugin.postFilter!(cycle, pod, statuses);
    if (!result.status) return result;
    if (result.status.code !== 'Unschedulable') return {...result, status: named(result.status, plugin)};
    nominatedNode = result.nominatedNode ?? nominatedNode;
    reasons.push(...result.status.reasons);
  }
  return {status: {code: 'Unschedulable', reasons}, ...(nominatedNode !== undefined && {nominatedNode})};
}

/** One plugin's scores. Lists go by node, in the order of the nodes given. */
export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: readonly number[];
  readonly normalized: readonly number[];
}

/** PreScore, Score and NormalizeScore of every plugin that has something to say. */
export function runScores(cycle: Cycle, pod: Pod, nodes: readonly NodeInfo[]): PluginScores[] | Status {
  const skipped = new Set<string>();
  for (const plugin of cycle.framework.preScore) {
    const status = plugin.preScore!(cycle, pod, nodes);
    if (status?.code === 'Skip') skipped.add(plugin.name);
    else if (status) return runningAt('PreScore', plugin, status);
  }
  return cycle.framework.score
    .filter(({plugin}) => !skipped.has(plugin.name))
    .map(({plugin, weight}) => {
      const raw = nodes.map(node => plugin.score!(cycle, pod, node));
      return {plugin: plugin.name, weight, raw, normalized: plugin.normalizeScore?.(cycle, pod, raw, nodes) ?? raw};
    });
}
