/** A cycle's outcome as the journal and `run -o json` show it. */
import type {Pod} from '../api/types.ts';
import type {Outcome} from './cycle.ts';
import {message} from './framework/status.ts';

export interface Decision {
  /** `namespace/name` */
  readonly pod: string;
  /** Virtual milliseconds. */
  readonly atMs: number;
  readonly node: string | null;
  /** What the event says. */
  readonly message: string;
  /** How many nodes were looked at. */
  readonly evaluated: number;
  /** By node: the first filter that turned it down and why; null where all let the pod pass. */
  readonly filters: Readonly<Record<string, {readonly plugin: string; readonly reasons: readonly string[]} | null>>;
  /** Filters that had nothing to do with this pod, in order of name. */
  readonly skipped: readonly string[];
  readonly scores: Readonly<Record<string, Readonly<Record<string, Score>>>>;
  readonly totals: Readonly<Record<string, number>>;
}

export interface Score {
  readonly raw: number;
  readonly normalized: number;
  readonly weight: number;
}

export const successMessage = (pod: Pod, node: string): string =>
  `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node}`;

/** By node name, in the order in which the nodes were found. */
const byNode = <T>(outcome: Outcome, of: (i: number) => T): Record<string, T> =>
  Object.fromEntries(outcome.feasible.map((node, i) => [node.name, of(i)]));

/** `skipped`: as the cycle left it. */
export function decisionOf(outcome: Outcome, pod: Pod, atMs: number, skipped: Iterable<string> = []): Decision {
  const filters: Record<string, {plugin: string; reasons: readonly string[]} | null> = byNode(outcome, () => null);
  for (const [node, {plugin = '', reasons}] of outcome.statuses.explicit) filters[node] = {plugin, reasons};
  return {
    pod: `${pod.metadata.namespace}/${pod.metadata.name}`,
    atMs,
    node: outcome.node ?? null,
    message: outcome.node === undefined ? message(outcome.failure) : successMessage(pod, outcome.node),
    evaluated: outcome.evaluated,
    filters,
    skipped: [...skipped].sort(),
    scores: Object.fromEntries(
      outcome.scores.map(s => [s.plugin, byNode(outcome, i => ({raw: s.raw[i]!, normalized: s.normalized[i]!, weight: s.weight}))]),
    ),
    totals: outcome.scores.length > 0 ? byNode(outcome, i => outcome.totals[i]!) : {},
  };
}
