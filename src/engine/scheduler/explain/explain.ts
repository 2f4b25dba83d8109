/** Every plugin's word on every node for one pod: not only what the scheduler had to ask, but all it could have asked. Pure. */
import type {Pod} from '../../api/types.ts';
import {pickBest, totalsOf} from '../cycle.ts';
import {extenderScores, type FilterRound, filterRounds} from '../extenders/rounds.ts';
import {runScores} from '../framework/runtime.ts';
import type {Status} from '../framework/status.ts';
import type {Cycle, NodeInfo, Plugin} from '../framework/types.ts';
import {cycleIn, unplaced, type World, without} from './world.ts';

export interface FilterRow {
  /** Or the URL of an extender. */
  readonly plugin: string;
  /** The plugin has nothing to do with this pod. */
  readonly skipped: boolean;
  /** By node: why not; null where it passes. Empty where skipped; an extender is asked only about nodes that all before it have let pass. */
  readonly verdicts: Readonly<Record<string, readonly string[] | null>>;
}

export interface ScoreRow {
  readonly plugin: string;
  readonly weight: number;
  /** By feasible node. */
  readonly scores: Readonly<Record<string, {readonly raw: number; readonly normalized: number}>>;
}

export interface Explanation {
  /** `namespace/name` */
  readonly pod: string;
  readonly filters: readonly FilterRow[];
  readonly feasible: readonly string[];
  readonly scores: readonly ScoreRow[];
  readonly totals: Readonly<Record<string, number>>;
  /** The nodes that share the highest total: chance decides among them. */
  readonly best: readonly string[];
}

const byName = <T>(nodes: readonly NodeInfo[], of: (node: NodeInfo, i: number) => T): Record<string, T> =>
  Object.fromEntries(nodes.map((node, i) => [node.name, of(node, i)]));

/** A plugin's own PreFilter, then its Filter on every node; the nodes it did not name fail as the framework would word it. */
function filterRow(plugin: Plugin, cycle: Cycle, pod: Pod, isPreFilter: boolean): FilterRow {
  const {nodes} = cycle.snapshot;
  const before = isPreFilter ? plugin.preFilter!(cycle, pod) : undefined;
  if (before?.status?.code === 'Skip') return {plugin: plugin.name, skipped: true, verdicts: {}};
  const verdict = (node: NodeInfo): readonly string[] | null => {
    if (before?.status) return before.status.reasons;
    const status: Status | undefined = plugin.filter?.(cycle, pod, node);
    if (status) return status.reasons;
    return before?.nodes && !before.nodes.has(node.name) ? [`node(s) didn't satisfy plugin(s) [${plugin.name}]`] : null;
  };
  return {plugin: plugin.name, skipped: false, verdicts: byName(nodes, verdict)};
}

/** What an extender has against the nodes that are left: its words, or that it could not be asked. */
function extenderRow({extender, nodes, left, statuses, error}: FilterRound): FilterRow {
  if (error && extender.ignorable) return {plugin: extender.name, skipped: true, verdicts: {}};
  const verdict = (node: NodeInfo): readonly string[] | null =>
    left.includes(node) ? null : ((error ?? statuses.get(node.name))?.reasons ?? [LEFT_OUT]);
  return {plugin: extender.name, skipped: false, verdicts: byName(nodes, verdict)};
}

const LEFT_OUT = 'left out without a reason';

/** `pod` may be placed already: it is explained as if it were not. */
export function explain(world: World, pod: Pod): Explanation {
  const fresh = unplaced(pod);
  const cycle = cycleIn(without(world, pod));
  const {framework, snapshot} = cycle;
  const preFilters = new Set(framework.preFilter);
  const ofPlugins = framework.filter.map(plugin => filterRow(plugin, cycle, fresh, preFilters.has(plugin)));
  const passed = snapshot.nodes.filter(node => ofPlugins.every(row => row.skipped || row.verdicts[node.name] === null));
  const rounds = [...filterRounds(cycle, fresh, passed)];
  const filters = [...ofPlugins, ...rounds.map(extenderRow)];
  const feasible = rounds.at(-1)?.left ?? passed;
  const scored = feasible.length > 0 ? runScores(cycle, fresh, feasible) : [];
  const scores = 'code' in scored ? [] : [...scored, ...(feasible.length > 1 ? extenderScores(cycle, fresh, feasible) : [])];
  const totals = totalsOf(scores, feasible.length);
  const top = totals.length > 0 ? totals[pickBest(totals, () => 0)]! : 0;
  return {
    pod: `${pod.metadata.namespace}/${pod.metadata.name}`,
    filters,
    feasible: feasible.map(node => node.name),
    scores: scores.map(({plugin, weight, raw, normalized}) => ({
      plugin,
      weight,
      scores: byName(feasible, (_node, i) => ({raw: raw[i]!, normalized: normalized[i]!})),
    })),
    totals: byName(feasible, (_node, i) => totals[i]!),
    best: feasible.filter((_, i) => totals[i] === top).map(node => node.name),
  };
}

/** The filters that keep the pod off a node, and what they say. */
export const obstacles = ({filters}: Explanation, node: string): {plugin: string; reasons: readonly string[]}[] =>
  filters.flatMap(({plugin, verdicts}) => (verdicts[node] ? [{plugin, reasons: verdicts[node]}] : []));
