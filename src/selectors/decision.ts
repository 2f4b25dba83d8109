/** A decision of the scheduler as a screen tells it: of many nodes those that came out on top, and one for each filter that turned nodes down. */
import {byText} from '../engine/api/order.ts';
import type {Decision} from '../engine/scheduler/decision.ts';
import {CAPS} from './caps.ts';
import type {DecisionFacts} from './facts/scheduler.ts';
import type {DecisionNote, Heard} from './notes.ts';
import {onceEach} from './once-each.ts';

/** The nodes that were looked at: the chosen one first, then by points, then those that were turned down. */
export function nodesOf({filters, totals, node: chosen}: Pick<Decision, 'filters' | 'totals' | 'node'>): string[] {
  const rank = (node: string): number => (node === chosen ? Number.POSITIVE_INFINITY : (totals[node] ?? (filters[node] ? -1 : 0)));
  return Object.keys(filters).sort((one, other) => rank(other) - rank(one) || byText(one, other));
}

export const decisionFacts = onceEach(({note, step}: Heard<DecisionNote>): DecisionFacts => {
  const {pod, atMs, node, message, evaluated, skipped, filters, scores, totals} = note;
  const told = toldOf(note);
  const only = <T>(byNode: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(byNode).filter(([name]) => told.has(name)));
  return {
    step: step.id,
    ...{pod, atMs, node, message, evaluated, skipped},
    allNodes: Object.keys(filters).length,
    filters: only(filters),
    scores: Object.fromEntries(Object.entries(scores).map(([plugin, byNode]) => [plugin, only(byNode)])),
    totals: only(totals),
  };
});

/** The nodes that are told of. */
function toldOf(note: DecisionNote): ReadonlySet<string> {
  const nodes = nodesOf(note);
  const told = new Set(nodes.slice(0, CAPS.decisionNodes));
  const refused = new Set<string>();
  for (const node of nodes) {
    const plugin = note.filters[node]?.plugin;
    if (plugin === undefined || refused.has(plugin)) continue;
    refused.add(plugin);
    told.add(node);
  }
  return told;
}
