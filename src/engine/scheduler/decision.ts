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

/** What a decision looked at: by far the most of it. */
type Tables = Pick<Decision, 'filters' | 'scores' | 'totals'>;

const NO_TABLES: Tables = {filters: {}, scores: {}, totals: {}};

/** By node name, in the order in which the nodes were found. */
const byNode = <T>(outcome: Outcome, of: (i: number) => T): Record<string, T> =>
  Object.fromEntries(outcome.feasible.map((node, i) => [node.name, of(i)]));

function tablesOf(outcome: Outcome): Tables {
  // Taken once: the fast columns work each of them out anew whenever it is asked for.
  const {scores, totals, statuses} = outcome;
  const filters: Record<string, {plugin: string; reasons: readonly string[]} | null> = byNode(outcome, () => null);
  for (const [node, {plugin = '', reasons}] of statuses.explicit) filters[node] = {plugin, reasons};
  return {
    filters,
    scores: Object.fromEntries(
      scores.map(s => [s.plugin, byNode(outcome, i => ({raw: s.raw[i]!, normalized: s.normalized[i]!, weight: s.weight}))]),
    ),
    totals: scores.length > 0 ? byNode(outcome, i => totals[i]!) : {},
  };
}

/** A decision whose tables are made when somebody looks at them; once it is told to forget, they are empty. */
export interface RecordedDecision extends Decision {
  readonly kind: 'decision';
  forget(): void;
}

/** `skipped`: as the cycle left it. */
export const decisionOf = (outcome: Outcome, pod: Pod, atMs: number, skipped: Iterable<string> = []): RecordedDecision =>
  new KeptDecision(outcome, pod, atMs, [...skipped].sort());

/** A class, so that of what is made on demand nothing but its source stands in each of them. */
class KeptDecision implements RecordedDecision {
  readonly kind = 'decision';
  readonly pod: string;
  readonly node: string | null;
  readonly message: string;
  readonly evaluated: number;
  #source: Outcome | undefined;
  #made: Tables | undefined;

  constructor(
    outcome: Outcome,
    pod: Pod,
    readonly atMs: number,
    readonly skipped: readonly string[],
  ) {
    this.pod = `${pod.metadata.namespace}/${pod.metadata.name}`;
    this.node = outcome.node ?? null;
    this.message = outcome.node === undefined ? message(outcome.failure) : successMessage(pod, outcome.node);
    this.evaluated = outcome.evaluated;
    this.#source = outcome;
  }

  get filters(): Decision['filters'] {
    return this.#tables().filters;
  }

  get scores(): Decision['scores'] {
    return this.#tables().scores;
  }

  get totals(): Decision['totals'] {
    return this.#tables().totals;
  }

  forget(): void {
    this.#source = undefined;
    this.#made = NO_TABLES;
  }

  #tables(): Tables {
    return (this.#made ??= this.#source ? tablesOf(this.#source) : NO_TABLES);
  }
}

/** Of how many nodes the tables of past decisions are kept, taken together: of each, they hold some twenty numbers. */
const ROWS_KEPT = 131_072;

export interface DecisionKeeper {
  /** Keeps a decision's tables until too many others have been made. */
  keep(decision: RecordedDecision): void;
}

export function createDecisionKeeper(): DecisionKeeper {
  const kept: RecordedDecision[] = [];
  let rows = 0;
  return {
    keep(decision) {
      kept.push(decision);
      rows += decision.evaluated;
      while (rows > ROWS_KEPT && kept.length > 1) {
        const oldest = kept.shift()!;
        rows -= oldest.evaluated;
        oldest.forget();
      }
    },
  };
}
