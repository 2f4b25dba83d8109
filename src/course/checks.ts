/** Conditions over the state and the whole history. A verdict that is not met says what is missing. */
import {fieldAt} from '../selectors/field-path.ts';
import {difference, matches} from './match.ts';
import {
  type Chronicle,
  currentObjects,
  kindOfMatch,
  placedRecordsOf,
  type RecordKind,
  recordsOf,
  recordsOfStep,
  stepsOf,
} from './records.ts';
import type {Check, Match, Query} from './types.ts';

export interface Verdict {
  readonly met: boolean;
  /** What is missing, in words; '' when it is met. */
  readonly gap: string;
}

const MET: Verdict = {met: true, gap: ''};
const unmet = (gap: string): Verdict => ({met: false, gap});

type Evaluate = {[K in CheckKind]: (check: never, chronicle: Chronicle) => Verdict};
type CheckKind =
  | 'all'
  | 'any'
  | 'not'
  | 'now'
  | 'eventually'
  | 'never'
  | 'always'
  | 'before'
  | 'count'
  | 'rewound'
  | 'predicted'
  | 'ordered';

const evaluators: Evaluate = {
  all({all}: {all: readonly Check[]}, chronicle) {
    for (const check of all) {
      const verdict = evaluate(check, chronicle);
      if (!verdict.met) return verdict;
    }
    return MET;
  },
  any({any}: {any: readonly Check[]}, chronicle) {
    const verdicts = any.map(check => evaluate(check, chronicle));
    return verdicts.find(v => v.met) ?? unmet(verdicts.map(v => v.gap).join(', or '));
  },
  not({not}: {not: Check}, chronicle) {
    return evaluate(not, chronicle).met ? unmet('what must not be is so') : MET;
  },
  now({now}: {now: Match}, chronicle) {
    const [kind, pattern] = kindOfMatch(now);
    const all = kind === 'object' ? currentObjects(chronicle) : [...recordsOf(chronicle, kind)];
    return all.some(record => matches(pattern, record)) ? MET : unmet(gapOf(kind, pattern, all));
  },
  eventually({eventually, after}: {eventually: Match; after?: Match}, chronicle) {
    const since = after ? firstPlace(after, chronicle) : 0;
    if (since === undefined) return unmet('something else comes first');
    const [kind, pattern] = kindOfMatch(eventually);
    const all: unknown[] = [];
    for (const [position, record] of placedRecordsOf(chronicle, kind)) {
      if (position < since) continue;
      if (matches(pattern, record)) return MET;
      all.push(record);
    }
    return unmet(gapOf(kind, pattern, kind === 'object' ? currentObjects(chronicle) : all));
  },
  never({never}: {never: Match}, chronicle) {
    const [kind, pattern] = kindOfMatch(never);
    for (const record of recordsOf(chronicle, kind))
      if (matches(pattern, record)) return unmet(`${describe(kind, record)}: that was to be avoided`);
    return MET;
  },
  always({always, of}: {always: Match; of: Match}, chronicle) {
    const [kind, subject] = kindOfMatch(of);
    const [, pattern] = kindOfMatch(always);
    for (const record of recordsOf(chronicle, kind)) {
      if (matches(subject, record) && !matches(pattern, record)) return unmet(`${describe(kind, record)}: ${difference(pattern, record)}`);
    }
    return MET;
  },
  before({before, never}: {before: Match; never: Match}, chronicle) {
    const [untilKind, until] = kindOfMatch(before);
    const [kind, pattern] = kindOfMatch(never);
    for (const step of stepsOf(chronicle)) {
      if (recordsOfStep(step, kind).some(r => matches(pattern, r))) return unmet('it came before its time');
      if (recordsOfStep(step, untilKind).some(r => matches(until, r))) break;
    }
    return MET;
  },
  count({count, atLeast, atMost}: {count: Match; atLeast?: number; atMost?: number}, chronicle) {
    const found = countOf(count, chronicle);
    const [kind] = kindOfMatch(count);
    if (atLeast !== undefined && found < atLeast) return unmet(`${found} of ${atLeast} ${kind}s so far`);
    if (atMost !== undefined && found > atMost) return unmet(`${found} ${kind}s, ${atMost} at most`);
    return MET;
  },
  rewound({rewound}: {rewound: number}, chronicle) {
    return chronicle.rewound >= rewound ? MET : unmet('you have not gone back in time yet');
  },
  predicted(_check: {predicted: true}, chronicle) {
    return chronicle.predicted ? MET : unmet('make your prediction first');
  },
  ordered({ordered}: {ordered: number}, chronicle) {
    if (chronicle.ordered >= ordered) return MET;
    return unmet(chronicle.ordered === 0 ? 'put the cards in order first' : `${chronicle.ordered} % are in order, ${ordered} % are wanted`);
  },
};

export const CHECKS = Object.keys(evaluators) as CheckKind[];

/** The kind of a check: its first key. `before` carries a `never`, `always` an `of`. */
export const checkKind = (check: Check): CheckKind => ('before' in check ? 'before' : (Object.keys(check)[0] as CheckKind));

/** Whether a check is met, and if not, what is missing. */
export const evaluate = (check: Check, chronicle: Chronicle): Verdict => evaluators[checkKind(check)](check as never, chronicle);

/** Behind the first record that matches; undefined when there is none. */
function firstPlace(match: Match, chronicle: Chronicle): number | undefined {
  const [kind, pattern] = kindOfMatch(match);
  for (const [position, record] of placedRecordsOf(chronicle, kind)) if (matches(pattern, record)) return position + 1;
  return undefined;
}

/** How many records match; of objects: how many there are now. */
export function countOf(match: Match, chronicle: Chronicle): number {
  const [kind, pattern] = kindOfMatch(match);
  const all = kind === 'object' ? currentObjects(chronicle) : [...recordsOf(chronicle, kind)];
  return all.filter(record => matches(pattern, record)).length;
}

/** What a query reads off, as text; undefined when nothing matches and it names no other word for that. */
export function read(query: Query, chronicle: Chronicle): string | undefined {
  if ('count' in query) return String(countOf(query.count, chronicle));
  const first = 'first' in query;
  const [kind, pattern] = kindOfMatch(first ? query.first : query.of);
  const all = kind === 'object' && !first ? currentObjects(chronicle) : [...recordsOf(chronicle, kind)];
  const matching = all.filter(record => matches(pattern, record));
  const value = fieldAt(first ? matching[0] : matching.at(-1), query.field);
  return value === undefined || value === '' ? query.otherwise : String(value);
}

interface Named {
  kind?: string;
  metadata?: {name?: string; namespace?: string};
  verb?: string;
  resource?: string;
  name?: string;
  reason?: string;
  line?: string;
  component?: string;
  stage?: string;
  code?: number;
  to?: {address?: string; port?: number};
  connection?: {verdict?: string};
  lookup?: {queries?: readonly unknown[]};
  /** Of a decision: `namespace/name`. */
  pod?: string;
}

function describe(kind: RecordKind, record: unknown): string {
  const r = record as Named;
  if (kind === 'object' || kind === 'event') return `${r.kind} ${r.metadata?.name ?? ''}`;
  if (kind === 'request') return `${r.verb} ${r.resource} ${r.name} -> ${r.code}`;
  if (kind === 'command') return `${r.line}`;
  if (kind === 'packet') return `a packet to ${r.to?.address}:${r.to?.port} (${r.connection?.verdict})`;
  if (kind === 'lookup') return `the name ${r.name} (${r.lookup?.queries?.length} questions)`;
  if (kind === 'decision') return `the decision about ${r.pod}`;
  return [r.component, r.stage, r.reason].filter(Boolean).join(' ');
}

/** What is nearest to the pattern, and where it differs. */
function gapOf(kind: RecordKind, pattern: unknown, records: readonly unknown[]): string {
  const identity = (p: Named): unknown => ({
    ...(p.kind && {kind: p.kind}),
    ...(p.metadata?.name && {metadata: {name: p.metadata.name}}),
    ...(p.verb && {verb: p.verb}),
    ...(p.resource && {resource: p.resource}),
    ...(p.reason && {reason: p.reason}),
    ...(p.pod && {pod: p.pod}),
  });
  const wanted = (pattern ?? {}) as Named;
  const nearest = records.filter(r => matches(identity(wanted), r)).at(-1);
  if (nearest !== undefined) return `${describe(kind, nearest)}: ${difference(pattern, nearest)}`;
  const what = kind === 'object' ? `${wanted.kind ?? 'object'} ${wanted.metadata?.name ?? ''}`.trim() : kind;
  return kind === 'object' ? `there is no ${what} yet` : `no such ${what} yet`;
}
