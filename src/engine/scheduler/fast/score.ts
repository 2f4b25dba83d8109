/** Scores over columns. A plugin that gives every feasible node the same is not asked node by node. */
import type {Pod} from '../../api/types.ts';
import type {PluginScores} from '../framework/runtime.ts';
import type {Status} from '../framework/status.ts';
import type {Cycle, NodeInfo, Plugin} from '../framework/types.ts';
import {containersOf, imagePriority, imagesOf, scaledImageScore} from '../plugins/image-locality.ts';
import {isNobodysMatter} from '../plugins/inter-pod-affinity.ts';
import {normalizeSpread} from '../plugins/pod-topology-spread.ts';
import type {PodTopologySpreadArgs} from '../plugins/topology-constraints.ts';
import type {Columns} from './columns.ts';
import {SPREAD, spreadScores} from './spread.ts';
import {STATIC_PLUGINS, type Template} from './template.ts';

const IMAGES = 'ImageLocality';
const AFFINITY = 'InterPodAffinity';

/** One number for all nodes, or one a feasible node. */
type Raw = number | readonly number[];

interface Answer {
  readonly raw: Raw;
  readonly normalized: Raw;
}

/** A plugin's answer with its place in the totals. */
export interface Part extends Answer {
  readonly plugin: string;
  readonly weight: number;
}

interface Field {
  readonly cycle: Cycle;
  readonly pod: Pod;
  readonly columns: Columns;
  readonly template: Template;
  /** The first `count` are meant. */
  readonly feasible: Int32Array;
  readonly count: number;
  /** Made when the first plugin asks for them. */
  nodes?: readonly NodeInfo[];
}

const nodesOf = (field: Field): readonly NodeInfo[] => (field.nodes ??= nodesAt(field.columns, field.feasible, field.count));

function gather(column: ArrayLike<number>, {feasible, count}: Field): number[] {
  const list = new Array<number>(count);
  for (let k = 0; k < count; k++) list[k] = column[feasible[k]!]!;
  return list;
}

export function nodesAt({nodes}: Columns, indexes: Int32Array, count: number): NodeInfo[] {
  const list = new Array<NodeInfo>(count);
  for (let k = 0; k < count; k++) list[k] = nodes[indexes[k]!]!;
  return list;
}

function normalized(plugin: Plugin, field: Field, raw: Raw): Answer {
  const {cycle, pod, columns, feasible} = field;
  if (!plugin.normalizeScore) return {raw, normalized: raw};
  if (typeof raw === 'number') return {raw, normalized: plugin.normalizeScore(cycle, pod, [raw], [columns.nodes[feasible[0]!]!])[0]!};
  return {raw, normalized: plugin.normalizeScore(cycle, pod, raw, nodesOf(field))};
}

/** Mirrors plugins/image-locality.ts; images that no node has are not looked for on each. */
function imageScores({cycle, pod, columns, feasible, count}: Field): Raw {
  const {snapshot} = cycle;
  const containers = containersOf(pod);
  const spread: {sizes: Float64Array; nodes: number}[] = [];
  for (const image of imagesOf(pod)) {
    const nodes = snapshot.imageNodes(image);
    if (nodes > 0) spread.push({sizes: columns.imageSizes(image), nodes});
  }
  if (spread.length === 0) return imagePriority(0, containers);
  const scores = new Array<number>(count);
  for (let k = 0; k < count; k++) {
    let sum = 0;
    for (const {sizes, nodes} of spread) sum += scaledImageScore(sizes[feasible[k]!]!, nodes, snapshot.size);
    scores[k] = imagePriority(sum, containers);
  }
  return scores;
}

/** Of the plugins whose scores the template's sums do not hold. undefined: the plugin has nothing to say of this pod; a Status: it has failed. */
function answerOf(plugin: Plugin, field: Field): Answer | Status | undefined {
  const {cycle, pod, columns, template, feasible, count} = field;
  const fixed = template.scores.get(plugin.name);
  if (fixed) return fixed.flat ?? normalized(plugin, field, gather(fixed.column, field));
  if (STATIC_PLUGINS.has(plugin.name)) return undefined;
  if (plugin.name === IMAGES) return normalized(plugin, field, imageScores(field));
  if (plugin.name === SPREAD) {
    const scores = spreadScores(cycle, pod, columns, template, plugin.args as PodTopologySpreadArgs, feasible, count);
    return scores && {raw: scores.raw, normalized: normalizeSpread(scores.raw, scores.isIgnored)};
  }
  if (plugin.name === AFFINITY && isNobodysMatter(cycle, pod)) return undefined;
  const status = plugin.preScore?.(cycle, pod, nodesOf(field));
  if (status) return status.code === 'Skip' ? undefined : status;
  return normalized(
    plugin,
    field,
    nodesOf(field).map(node => plugin.score!(cycle, pod, node)),
  );
}

/**
 * Adds to the scratch's `count` totals, which hold the sums of the template, what tells the nodes apart beside them. `detail`: says what all the plugins say,
 * those that give every node the same and those that are in the sums included; otherwise nothing. undefined: a plugin has failed.
 */
export function addScores(
  cycle: Cycle,
  pod: Pod,
  columns: Columns,
  template: Template,
  count: number,
  detail: boolean,
): Part[] | undefined {
  if (template.failsToScore) return undefined;
  const {feasible, totals} = columns.scratch;
  const field: Field = {cycle, pod, columns, template, feasible, count};
  const parts: Part[] = [];
  for (const {plugin, weight} of cycle.framework.score) {
    const column = template.resources.get(plugin.name);
    if (column && !detail) continue;
    const raw = column && gather(column, field);
    const answer = raw ? {raw, normalized: raw} : answerOf(plugin, field);
    if (!answer) continue;
    if ('code' in answer) return undefined;
    const list = answer.normalized;
    if (detail) parts.push({plugin: plugin.name, weight, raw: answer.raw, normalized: list});
    if (!column && typeof list !== 'number') for (let k = 0; k < count; k++) totals[k] = totals[k]! + list[k]! * weight;
  }
  return parts;
}

const spreadOut = (raw: Raw, size: number): readonly number[] => (typeof raw === 'number' ? new Array<number>(size).fill(raw) : raw);

/** The parts as tables have them: one number a node. */
export const scoreTables = (parts: readonly Part[], size: number): PluginScores[] =>
  parts.map(({plugin, weight, raw, normalized: list}) => ({
    plugin,
    weight,
    raw: spreadOut(raw, size),
    normalized: spreadOut(list, size),
  }));
