/** Scores over columns. A plugin that gives every feasible node the same is not asked node by node. */
import type {Pod} from '../../api/types.ts';
import type {PluginScores} from '../framework/runtime.ts';
import type {Cycle, NodeInfo, Plugin} from '../framework/types.ts';
import {imagePriority, imagesOf, scaledImageScore} from '../plugins/image-locality.ts';
import {normalizeSpread} from '../plugins/pod-topology-spread.ts';
import type {PodTopologySpreadArgs} from '../plugins/topology-constraints.ts';
import type {Columns} from './columns.ts';
import {SPREAD, spreadScores} from './spread.ts';
import type {Template} from './template.ts';

const IMAGES = 'ImageLocality';

export interface Scored {
  /** By feasible node. */
  readonly totals: readonly number[];
  /** What the totals are made of. */
  scores(): PluginScores[];
}

/** One number for all nodes, or one a node. */
type Raw = number | readonly number[];

interface Answer {
  readonly raw: Raw;
  readonly normalized: Raw;
}

interface Field {
  readonly cycle: Cycle;
  readonly pod: Pod;
  readonly columns: Columns;
  readonly template: Template;
  readonly feasible: readonly number[];
  nodes(): readonly NodeInfo[];
}

function gather(column: ArrayLike<number>, feasible: readonly number[]): number[] {
  const list = new Array<number>(feasible.length);
  for (let k = 0; k < feasible.length; k++) list[k] = column[feasible[k]!]!;
  return list;
}

function normalized(plugin: Plugin, {cycle, pod, nodes}: Field, raw: Raw): Answer {
  if (!plugin.normalizeScore) return {raw, normalized: raw};
  if (typeof raw === 'number') return {raw, normalized: plugin.normalizeScore(cycle, pod, [raw], nodes().slice(0, 1))[0]!};
  return {raw, normalized: plugin.normalizeScore(cycle, pod, raw, nodes())};
}

/** Mirrors plugins/image-locality.ts; images that no node has are not looked for on each. */
function imageScores({cycle, pod, columns, feasible}: Field): Raw {
  const {snapshot} = cycle;
  const images = imagesOf(pod);
  const spread = images.map(image => [image, snapshot.imageNodes(image)] as const).filter(([, nodes]) => nodes > 0);
  if (spread.length === 0) return imagePriority(0, images.length);
  return feasible.map(i => {
    let sum = 0;
    for (const [image, nodes] of spread) {
      const size = columns.nodes[i]!.images[image];
      if (size !== undefined) sum += scaledImageScore(size, nodes, snapshot.size);
    }
    return imagePriority(sum, images.length);
  });
}

/** undefined: the plugin has nothing to say of this pod. */
function answerOf(plugin: Plugin, field: Field): Answer | undefined {
  const {cycle, pod, columns, template, feasible} = field;
  const fixed = template.scores.get(plugin.name);
  if (fixed) return normalized(plugin, field, fixed.flat ? fixed.column[0]! : gather(fixed.column, feasible));
  const resource = template.resources.scores.get(plugin.name);
  if (resource) return normalized(plugin, field, gather(resource, feasible));
  if (plugin.name === IMAGES) return normalized(plugin, field, imageScores(field));
  if (plugin.name === SPREAD) {
    const scores = spreadScores(cycle, pod, columns, template, plugin.args as PodTopologySpreadArgs, feasible);
    return scores && {raw: scores.raw, normalized: normalizeSpread(scores.raw, scores.isIgnored)};
  }
  if (plugin.preScore?.(cycle, pod, field.nodes())?.code === 'Skip') return undefined;
  return normalized(
    plugin,
    field,
    field.nodes().map(node => plugin.score!(cycle, pod, node)),
  );
}

const spreadOut = (raw: Raw, size: number): readonly number[] => (typeof raw === 'number' ? new Array<number>(size).fill(raw) : raw);

export function scoreAll(cycle: Cycle, pod: Pod, columns: Columns, template: Template, feasible: readonly number[]): Scored {
  let infos: NodeInfo[] | undefined;
  const nodes = (): NodeInfo[] => (infos ??= feasible.map(i => columns.nodes[i]!));
  const field: Field = {cycle, pod, columns, template, feasible, nodes};
  const answers: (Answer & {plugin: string; weight: number})[] = [];
  let common = 0;
  for (const {plugin, weight} of cycle.framework.score) {
    const answer = answerOf(plugin, field);
    if (!answer) continue;
    answers.push({...answer, plugin: plugin.name, weight});
    if (typeof answer.normalized === 'number') common += answer.normalized * weight;
  }
  const totals = new Array<number>(feasible.length).fill(common);
  for (const {normalized: list, weight} of answers) {
    if (typeof list === 'number') continue;
    for (let k = 0; k < totals.length; k++) totals[k] = totals[k]! + list[k]! * weight;
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
