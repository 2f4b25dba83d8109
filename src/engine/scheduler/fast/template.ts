/**
 * What is the same for all pods of a template, computed once: which nodes the filters let pass that look at nothing but labels and taints, and the raw scores
 * of the plugins of that kind. Computed by those plugins themselves.
 */
import type {Pod} from '../../api/types.ts';
import {realRequests, resourceOf} from '../framework/resource.ts';
import type {Cycle, Plugin} from '../framework/types.ts';
import type {Columns} from './columns.ts';
import {compileResources, type ResourceMemo} from './resources.ts';

/** Filters and scores that depend on the pod's spec and on labels, taints and spec.unschedulable of the node alone. */
export const STATIC_PLUGINS: ReadonlySet<string> = new Set(['NodeUnschedulable', 'NodeName', 'TaintToleration', 'NodeAffinity']);

/** Raw scores by node; `flat`: they are all the same. */
export interface StaticScores {
  readonly column: Int32Array;
  readonly flat: boolean;
}

export interface Template {
  /** By node: 1 where no static filter objects. */
  readonly passes: Uint8Array;
  /** Of the static plugins that have something to say. */
  readonly scores: ReadonlyMap<string, StaticScores>;
  readonly resources: ResourceMemo;
  /** By key: which nodes a kind of topology constraint counts. */
  readonly included: Map<string, Uint8Array>;
}

/** Equal for pods that the static plugins and the resource plugins cannot tell apart. */
export function templateKey(cycle: Cycle, pod: Pod): string {
  const {nodeSelector, affinity, tolerations, nodeName, containers, initContainers, overhead} = pod.spec!;
  const {resources} = pod.spec as {resources?: unknown};
  return JSON.stringify([
    cycle.framework.profileName,
    nodeSelector,
    affinity?.nodeAffinity,
    tolerations,
    nodeName,
    containers.map(c => c.resources?.requests),
    initContainers?.map(c => [(c as {restartPolicy?: string}).restartPolicy, c.resources?.requests]),
    overhead,
    resources,
  ]);
}

const isStatic = (plugin: Plugin): boolean => STATIC_PLUGINS.has(plugin.name);

export function compileTemplate(cycle: Cycle, pod: Pod, columns: Columns): Template {
  const {nodes} = columns;
  const filters = cycle.framework.filter.filter(isStatic);
  const scores = new Map<string, StaticScores>();
  for (const {plugin} of cycle.framework.score.filter(s => isStatic(s.plugin))) {
    if (plugin.preScore?.(cycle, pod, nodes)?.code === 'Skip') continue;
    const column = Int32Array.from(nodes, node => plugin.score!(cycle, pod, node));
    scores.set(plugin.name, {column, flat: column.every(score => score === column[0])});
  }
  return {
    passes: Uint8Array.from(nodes, node => (filters.some(plugin => plugin.filter!(cycle, pod, node)) ? 0 : 1)),
    scores,
    resources: compileResources(cycle, pod, resourceOf(realRequests(pod)), columns),
    included: new Map(),
  };
}
