/**
 * What is the same for all pods of a template, computed once: which nodes have a place for one, and the sum of those scores that look at nothing but the
 * template and the node. It is remembered node by node until the node changes; of a node whose labels or taints change it is asked anew. Filters and scores of labels and taints are computed by the plugins themselves.
 */
import {featuresNeededBy} from '../../api/declared-features.ts';
import type {Pod} from '../../api/types.ts';
import {demandOf, requestsKey} from '../framework/demand.ts';
import {type Status, skip} from '../framework/status.ts';
import type {Cycle, NodeInfo, Plugin} from '../framework/types.ts';
import type {Columns} from './columns.ts';
import {compileResources} from './resources.ts';

/** Filters and scores that depend on the pod's spec and on facts of the Node object alone; of `taints` it is enough to ask about one node of a class. */
export const STATIC_PLUGINS: ReadonlyMap<string, 'taints' | 'node'> = new Map([
  ['NodeUnschedulable', 'taints'],
  ['NodeName', 'node'],
  ['TaintToleration', 'taints'],
  ['NodeAffinity', 'node'],
  ['NodeDeclaredFeatures', 'node'],
]);

/** Raw scores by node. */
export interface StaticScores {
  readonly column: Int32Array;
  /** The score before and after normalization, while it is the same for all. */
  readonly flat: {readonly raw: number; readonly normalized: number} | undefined;
  set(i: number, score: number): void;
}

/** Which nodes a kind of topology constraint counts, and how that is found out. */
export interface Included {
  readonly mask: Uint8Array;
  counts(pod: Pod, node: NodeInfo): boolean;
}

/** In place of a sum: a filter objects. */
export const OUT = -1;
/** In place of a sum: the node has changed since. */
export const STALE = -2;

export interface Template {
  /** By node: the weighted scores that need no normalization, added up; OUT, or STALE until `refresh` has been asked. */
  readonly sums: Int32Array;
  refresh(i: number): number;
  /** By node that is OUT: what the filters say of it, for whoever asks to remember; forgotten by `refresh`. */
  readonly whyOut: (Status | undefined)[];
  /** Asks anew about nodes whose labels or taints have changed since the last time, and marks all that have changed as STALE. The pod is one of the template. */
  catchUp(cycle: Cycle, pod: Pod): void;
  /** A plugin cannot score such a pod. */
  readonly failsToScore: boolean;
  /** Raw scores that are part of the sums. */
  readonly resources: ReadonlyMap<string, Uint8Array>;
  /** Of the static plugins that have something to say. */
  readonly scores: ReadonlyMap<string, StaticScores>;
  /** By key. */
  readonly included: Map<string, Included>;
}

/** Equal for pods that the static plugins and the resource plugins cannot tell apart. */
export function templateKey(cycle: Cycle, pod: Pod): string {
  const {nodeSelector, affinity, tolerations, nodeName = ''} = pod.spec!;
  const parts = `${textOf(nodeSelector)} ${textOf(affinity?.nodeAffinity)} ${textOf(tolerations)}`;
  return `${cycle.framework.profileName} ${nodeName} ${requestsKey(pod)} ${parts} ${featuresNeededBy(pod.spec).join()}`;
}

const texts = new WeakMap<object, string>();

/** Pods of a kind share the parts of their specs, so a part's text is made once. */
function textOf(part: object | undefined): string {
  if (!part) return '';
  const known = texts.get(part);
  if (known !== undefined) return known;
  const text = JSON.stringify(part);
  texts.set(part, text);
  return text;
}

/** What a static plugin answers for every node. */
function ask(plugin: string, {nodes, taints}: Columns, question: (node: NodeInfo) => number): Int32Array {
  if (STATIC_PLUGINS.get(plugin) === 'node') return Int32Array.from(nodes, question);
  const {of, samples} = taints();
  const answers = samples.map(question);
  return of.map(taintClass => answers[taintClass]!);
}

const staticFilters = ({framework, skipFilter}: Cycle): Plugin[] =>
  framework.filter.filter(({name}) => STATIC_PLUGINS.has(name) && !skipFilter.includes(name));

/** By node: 1 where no static filter objects. */
function askFilters(cycle: Cycle, pod: Pod, columns: Columns): Uint8Array {
  const passes = new Uint8Array(columns.nodes.length).fill(1);
  for (const {name, filter} of staticFilters(cycle)) {
    const objects = ask(name, columns, node => (filter!(cycle, pod, node) ? 1 : 0));
    for (let i = 0; i < passes.length; i++) if (objects[i] === 1) passes[i] = 0;
  }
  return passes;
}

/** Those that have something to say of such a pod, ready to be asked; undefined: one has failed. */
function staticScorers(cycle: Cycle, pod: Pod, {nodes}: Columns): Plugin[] | undefined {
  const scorers: Plugin[] = [];
  for (const {plugin} of cycle.framework.score) {
    const status = STATIC_PLUGINS.has(plugin.name) ? plugin.preScore?.(cycle, pod, nodes) : skip;
    if (!status) scorers.push(plugin);
    else if (status.code !== 'Skip') return undefined;
  }
  return scorers;
}

function askScores(scorers: readonly Plugin[], cycle: Cycle, pod: Pod, columns: Columns): Map<string, StaticScores> {
  const scores = new Map<string, StaticScores>();
  for (const plugin of scorers) {
    const column = ask(plugin.name, columns, node => plugin.score!(cycle, pod, node));
    const raw = column[0]!;
    const normalized = plugin.normalizeScore ? plugin.normalizeScore(cycle, pod, [raw], [columns.nodes[0]!])[0]! : raw;
    const all = {raw, normalized};
    let others = column.reduce((count, score) => (score === raw ? count : count + 1), 0);
    const known = {
      column,
      flat: others === 0 ? all : undefined,
      set(i: number, score: number) {
        others += Number(score !== raw) - Number(column[i] !== raw);
        known.flat = others === 0 ? all : undefined;
        column[i] = score;
      },
    };
    scores.set(plugin.name, known);
  }
  return scores;
}

export function compileTemplate(cycle: Cycle, pod: Pod, columns: Columns): Template {
  const passes = askFilters(cycle, pod, columns);
  const scorers = staticScorers(cycle, pod, columns);
  const scores = askScores(scorers ?? [], cycle, pod, columns);
  const included = new Map<string, Included>();
  const {fits, scores: resources} = compileResources(cycle, pod, demandOf(pod).requests, columns);
  const sums = new Int32Array(columns.nodes.length).fill(STALE);
  const whyOut: (Status | undefined)[] = [];
  let seen = columns.changes.count;
  let factsSeen = columns.factChanges.count;

  const askAgain = (asking: Cycle, asked: Pod): void => {
    const filters = staticFilters(asking);
    const scorers = staticScorers(asking, asked, columns) ?? [];
    columns.factChanges.visitSince(factsSeen, i => {
      const node = columns.nodes[i]!;
      passes[i] = filters.some(({filter}) => filter!(asking, asked, node)) ? 0 : 1;
      for (const {name, score} of scorers) scores.get(name)!.set(i, score!(asking, asked, node));
      for (const {mask, counts} of included.values()) columns.include(mask, i, counts(asked, node) ? 1 : 0);
    });
    factsSeen = columns.factChanges.count;
  };

  return {
    sums,
    refresh(i) {
      let sum = OUT;
      whyOut[i] = undefined;
      if (passes[i] === 1 && fits(i)) {
        sum = 0;
        for (const {at, column, weight} of resources) {
          const score = at(i);
          column[i] = score;
          sum += score * weight;
        }
      }
      sums[i] = sum;
      return sum;
    },
    whyOut,
    failsToScore: !scorers,
    catchUp(asking, asked) {
      if (factsSeen < columns.factChanges.count) askAgain(asking, asked);
      columns.changes.markSince(seen, sums, STALE);
      seen = columns.changes.count;
    },
    resources: new Map(resources.map(({plugin, column}) => [plugin, column])),
    scores,
    included,
  };
}
