/** What would have to be different for a node to win: each answer has been tried by running the cycle again on the changed world. Pure. */
import type {Pod} from '../../api/types.ts';
import type {NodeInfo} from '../framework/types.ts';
import {amountText, type Change, CURES, cheaperTaints, cpuOf, enlarged, preferring} from './changes.ts';
import {type Explanation, explain, obstacles} from './explain.ts';
import {unplaced, type World, without} from './world.ts';

export interface Counterfactual {
  readonly changes: readonly Change[];
  /** 'tied': chance decides between it and others. */
  readonly wins: 'alone' | 'tied';
}

export interface WhyNot {
  readonly node: string;
  /** Filters that keep the pod off; a single one is the whole reason. */
  readonly obstacles: readonly {readonly plugin: string; readonly reasons: readonly string[]}[];
  /** Points behind the best node; 0 where it is among the best, undefined where it does not fit. */
  readonly behind?: number;
  /** The fewest changes first. Empty where the node is the only best already, or nothing that was tried helps. */
  readonly changes: readonly Counterfactual[];
}

const apply = (world: World, pod: Pod, changes: readonly Change[]): {world: World; pod: Pod} => {
  let [now, then] = [world, pod];
  for (const {node, pod: changed} of changes) {
    if (changed) then = changed;
    if (node) now = {...now, nodes: now.nodes.map(n => (n.name === node.name ? node : n))};
  }
  return {world: now, pod: then};
};

function outcome({best}: Explanation, node: string): Counterfactual['wins'] | undefined {
  if (!best.includes(node)) return undefined;
  return best.length === 1 ? 'alone' : 'tied';
}

/** Obstacle by obstacle the i-th cure, each made on what the one before left. undefined: an obstacle has no such cure. */
function cureAll(world: World, pod: Pod, name: string, i: number): Change[] | undefined {
  const changes: Change[] = [];
  let state = {world, pod};
  for (let round = 0; round < Object.keys(CURES).length; round++) {
    const [first] = obstacles(explain(state.world, state.pod), name);
    if (!first) return changes;
    const node = state.world.nodes.find(n => n.name === name)!;
    const {pod: patient, world: around} = state;
    const passes = (changed: Pod): boolean => obstacles(explain(around, changed), name).every(o => o.plugin !== first.plugin);
    const cures = CURES[first.plugin]?.(patient, node, passes) ?? [];
    const cure = cures[Math.min(i, cures.length - 1)];
    if (!cure) return undefined;
    changes.push(cure);
    state = apply(state.world, state.pod, [cure]);
  }
  return undefined;
}

/** The least weight, of 1 to 100, with which a wish for the node makes it win. */
function leastPreference(world: World, pod: Pod, node: NodeInfo, before: readonly Change[]): Counterfactual | undefined {
  const wins = (weight: number): Counterfactual | undefined => {
    const changes = [...before, preferring(apply(world, pod, before).pod, node, weight)];
    const then = apply(world, pod, changes);
    const how = outcome(explain(then.world, then.pod), node.name);
    return how && {changes, wins: how};
  };
  let [low, high] = [1, 100];
  if (!wins(high)) return undefined;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (wins(middle)) high = middle;
    else low = middle + 1;
  }
  return wins(low);
}

const CPU_STEP = 500;
const MOST_STEPS = 256;

/** The least CPU, in steps of half a core, with which the node wins. */
function leastCpu(world: World, pod: Pod, node: NodeInfo, before: readonly Change[]): Counterfactual | undefined {
  const wins = (steps: number): Counterfactual | undefined => {
    const current = apply(world, pod, before).world.nodes.find(n => n.name === node.name)!;
    const cpu = cpuOf(current) + steps * CPU_STEP;
    const text = `give ${node.name} ${amountText('cpu', cpu)} cpu instead of ${amountText('cpu', cpuOf(current))}`;
    const changes: Change[] = [...before, {kind: 'node-resource', text, node: enlarged(current, 'cpu', cpu)}];
    const then = apply(world, pod, changes);
    const how = outcome(explain(then.world, then.pod), node.name);
    return how && {changes, wins: how};
  };
  let high = 1;
  while (high < MOST_STEPS && !wins(high)) high *= 2;
  if (!wins(high)) return undefined;
  let low = Math.floor(high / 2) + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (wins(middle)) high = middle;
    else low = middle + 1;
  }
  return wins(high);
}

/** Why a node is not chosen for the pod, and the smallest changes that would make it win. `pod` may be placed already. */
export function whyNot(world: World, pod: Pod, name: string): WhyNot {
  const [empty, fresh] = [without(world, pod), unplaced(pod)];
  const node = empty.nodes.find(n => n.name === name);
  if (!node) return {node: name, obstacles: [], changes: []};
  const now = explain(empty, fresh);
  const inTheWay = obstacles(now, name);
  const behind = name in now.totals ? Math.max(...Object.values(now.totals)) - now.totals[name]! : undefined;
  const base: WhyNot = {node: name, obstacles: inTheWay, ...(behind !== undefined && {behind}), changes: []};
  if (outcome(now, name) === 'alone') return base;

  // 1. Out of the way with what keeps the pod off: once by the pod's side of it, once by the node's.
  const ways =
    inTheWay.length > 0 ? [cureAll(empty, fresh, name, 0), cureAll(empty, fresh, name, 1)].filter(way => way !== undefined) : [[]];
  // 2. Is that enough, or does it take more points?
  const found: Counterfactual[] = [];
  for (const way of ways) {
    const then = apply(empty, fresh, way);
    const how = outcome(explain(then.world, then.pod), name);
    if (how && way.length > 0) found.push({changes: way, wins: how});
    if (how === 'alone') continue;
    for (const change of cheaperTaints(then.pod, node)) {
      const tolerant = [...way, change];
      const tried = apply(empty, fresh, tolerant);
      const wins = outcome(explain(tried.world, tried.pod), name);
      if (wins) found.push({changes: tolerant, wins});
      const more = wins !== 'alone' && leastPreference(empty, fresh, node, tolerant);
      if (more) found.push(more);
    }
    for (const more of [leastPreference(empty, fresh, node, way), leastCpu(empty, fresh, node, way)]) if (more) found.push(more);
  }
  return {...base, changes: worthwhile(found, outcome(now, name))};
}

/** Without repetitions, what takes more changes than another to the same end, and what only ties where the node ties already. */
function worthwhile(found: readonly Counterfactual[], before: Counterfactual['wins'] | undefined): Counterfactual[] {
  const least = (ends: readonly Counterfactual['wins'][]): number =>
    Math.min(...found.filter(({wins}) => ends.includes(wins)).map(({changes}) => changes.length));
  const limits = {alone: least(['alone']), tied: before === 'tied' ? 0 : least(['alone', 'tied'])};
  const texts = new Set<string>();
  const kept = found.filter(({changes, wins}) => {
    const text = changes.map(c => c.text).join('; ');
    return changes.length <= limits[wins] && !texts.has(text) && texts.add(text);
  });
  const rank = ({changes, wins}: Counterfactual): number => changes.length * 2 + (wins === 'tied' ? 1 : 0);
  return kept.sort((a, b) => rank(a) - rank(b));
}
