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
  const filters: Record<string, {plugin: string; reasons: readonly string[]} | null> = byNode(outcome, () => null);
  for (const [node, {plugin = '', reasons}] of outcome.statuses.explicit) filters[node] = {plugin, reasons};
  return {
    filters,
    scores: Object.fromEntries(
      outcome.scores.map(s => [s.plugin, byNode(outcome, i => ({raw: s.raw[i]!, normalized: s.normalized[i]!, weight: s.weight}))]),
    ),
    totals: outcome.scores.length > 0 ? byNode(outcome, i => outcome.totals[i]!) : {},
  };
}

/** A decision whose tables are made when somebody looks at them; once it is told to forget, they are empty. */
export interface RecordedDecision extends Decision {
  readonly kind: 'decision';
  forget(): void;
}

/** `skipped`: as the cycle left it. */
export function decisionOf(outcome: Outcome, pod: Pod, atMs: number, skipped: Iterable<string> = []): RecordedDecision {
  let source: Outcome | undefined = outcome;
  let made: Tables | undefined;
  const tables = (): Tables => (made ??= source ? tablesOf(source) : NO_TABLES);
  const decision = {
    kind: 'decision' as const,
    pod: `${pod.metadata.namespace}/${pod.metadata.name}`,
    atMs,
    node: outcome.node ?? null,
    message: outcome.node === undefined ? message(outcome.failure) : successMessage(pod, outcome.node),
    evaluated: outcome.evaluated,
    skipped: [...skipped].sort(),
    get filters() {
      return tables().filters;
    },
    get scores() {
      return tables().scores;
    },
    get totals() {
      return tables().totals;
    },
  };
  const forget = (): void => {
    source = undefined;
    made = NO_TABLES;
  };
  return Object.defineProperty(decision as Decision, 'forget', {value: forget}) as RecordedDecision;
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
