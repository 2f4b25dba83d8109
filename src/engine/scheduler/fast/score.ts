/** Scores over columns. A plugin that gives every feasible node the same is not asked node by node. */
import type {Pod} from '../../api/types.ts';
import type {PluginScores} from '../framework/runtime.ts';
import type {Cycle, NodeInfo, Plugin} from '../framework/types.ts';
import {imagePriority, imagesOf, scaledImageScore} from '../plugins/image-locality.ts';
import {isNobodysMatter} from '../plugins/inter-pod-affinity.ts';
import {normalizeSpread} from '../plugins/pod-topology-spread.ts';
import type {PodTopologySpreadArgs} from '../plugins/topology-constraints.ts';
import type {Columns} from './columns.ts';
import {SPREAD, spreadScores} from './spread.ts';
import {STATIC_PLUGINS, type Template} from './template.ts';

const IMAGES = 'ImageLocality';
const AFFINITY = 'InterPodAffinity';

export interface Scored {
  /** By feasible node. */
  readonly totals: readonly number[];
  /** What the totals are made of. */
  scores(): PluginScores[];
}

/** One number for all nodes, or one a feasible node. */
type Raw = number | readonly number[];

interface Answer {
  readonly raw: Raw;
  readonly normalized: Raw;
  /** By node of the cluster, where the raw score stands as it is; `raw` and `normalized` are only filled in for showing. */
  readonly column?: Int32Array;
}

interface Field {
  readonly cycle: Cycle;
  readonly pod: Pod;
  readonly columns: Columns;
  readonly template: Template;
  readonly feasible: readonly number[];
  /** The scores will be shown. */
  readonly detail: boolean;
  nodes(): readonly NodeInfo[];
}

function gather(column: Int32Array, feasible: readonly number[]): number[] {
  const list = new Array<number>(feasible.length);
  for (let k = 0; k < feasible.length; k++) list[k] = column[feasible[k]!]!;
  return list;
}

export function nodesAt({nodes}: Columns, indexes: readonly number[]): NodeInfo[] {
  const list = new Array<NodeInfo>(indexes.length);
  for (let k = 0; k < list.length; k++) list[k] = nodes[indexes[k]!]!;
  return list;
}

function normalized(plugin: Plugin, {cycle, pod, columns, feasible, nodes}: Field, raw: Raw): Answer {
  if (!plugin.normalizeScore) return {raw, normalized: raw};
  if (typeof raw === 'number') return {raw, normalized: plugin.normalizeScore(cycle, pod, [raw], [columns.nodes[feasible[0]!]!])[0]!};
  return {raw, normalized: plugin.normalizeScore(cycle, pod, raw, nodes())};
}

/** Mirrors plugins/image-locality.ts; images that no node has are not looked for on each. */
function imageScores({cycle, pod, columns, feasible}: Field): Raw {
  const {snapshot} = cycle;
  const images = imagesOf(pod);
  const spread = images.map(image => [image, snapshot.imageNodes(image)] as const).filter(([, nodes]) => nodes > 0);
  if (spread.length === 0) return imagePriority(0, images.length);
  const scores = new Array<number>(feasible.length);
  for (let k = 0; k < feasible.length; k++) {
    let sum = 0;
    for (const [image, nodes] of spread) {
      const size = columns.nodes[feasible[k]!]!.images[image];
      if (size !== undefined) sum += scaledImageScore(size, nodes, snapshot.size);
    }
    scores[k] = imagePriority(sum, images.length);
  }
  return scores;
}

/** undefined: the plugin has nothing to say of this pod. */
function answerOf(plugin: Plugin, field: Field): Answer | undefined {
  const {cycle, pod, columns, template, feasible} = field;
  const fixed = template.scores.get(plugin.name);
  if (fixed) return normalized(plugin, field, fixed.flat ? fixed.column[0]! : gather(fixed.column, feasible));
  if (STATIC_PLUGINS.has(plugin.name)) return undefined;
  const resource = template.resources.scores.get(plugin.name);
  if (resource && !plugin.normalizeScore) {
    const raw = field.detail ? gather(resource, feasible) : 0;
    return {raw, normalized: raw, column: resource};
  }
  if (resource) return normalized(plugin, field, gather(resource, feasible));
  if (plugin.name === IMAGES) return normalized(plugin, field, imageScores(field));
  if (plugin.name === SPREAD) {
    const scores = spreadScores(cycle, pod, columns, template, plugin.args as PodTopologySpreadArgs, feasible);
    return scores && {raw: scores.raw, normalized: normalizeSpread(scores.raw, scores.isIgnored)};
  }
  if (plugin.name === AFFINITY && isNobodysMatter(cycle, pod)) return undefined;
  if (plugin.preScore?.(cycle, pod, field.nodes())?.code === 'Skip') return undefined;
  return normalized(
    plugin,
    field,
    field.nodes().map(node => plugin.score!(cycle, pod, node)),
  );
}

const spreadOut = (raw: Raw, size: number): readonly number[] => (typeof raw === 'number' ? new Array<number>(size).fill(raw) : raw);

export function scoreAll(
  cycle: Cycle,
  pod: Pod,
  columns: Columns,
  template: Template,
  feasible: readonly number[],
  detail: boolean,
): Scored {
  let infos: NodeInfo[] | undefined;
  const nodes = (): NodeInfo[] => (infos ??= nodesAt(columns, feasible));
  const field: Field = {cycle, pod, columns, template, feasible, detail, nodes};
  const answers: (Answer & {plugin: string; weight: number})[] = [];
  let common = 0;
  for (const {plugin, weight} of cycle.framework.score) {
    const answer = answerOf(plugin, field);
    if (!answer) continue;
    answers.push({...answer, plugin: plugin.name, weight});
    if (!answer.column && typeof answer.normalized === 'number') common += answer.normalized * weight;
  }
  const totals = new Array<number>(feasible.length).fill(common);
  for (const {normalized: list, weight, column} of answers) {
    if (column) for (let k = 0; k < totals.length; k++) totals[k] = totals[k]! + column[feasible[k]!]! * weight;
    else if (typeof list !== 'number') for (let k = 0; k < totals.length; k++) totals[k] = totals[k]! + list[k]! * weight;
  }
  return {
    totals,
    scores: () =>
      answers.map(({plugin, weight, raw, normalized: list}) => ({
        plugin,
        weight,
        raw: spreadOut(raw, feasible.length),
        normalized: spreadOut(list, feasible.length),
      })),
  };
}
