/** Conditions over the state and the whole history. A verdict that is not met says what is missing. */
import {fieldAt} from '../selectors/field-path.ts';
import {claimsOf} from './claims/claims.ts';
import {lastJudgements} from './claims/judgements.ts';
import {type Found, findAll, found, inKeyOrder, standing} from './findings.ts';
import {difference, matches} from './match.ts';
import {type Chronicle, kindOfMatch, type RecordKind} from './records.ts';
import type {Check, Match, Query} from './types.ts';

export interface Verdict {
  readonly met: boolean;
  /** What is missing, in words, as the cluster stands when it is asked; '' when it is met. Most verdicts are never asked. */
  gap(): string;
}

const MET: Verdict = {met: true, gap: () => ''};
const unmet = (gap: () => string): Verdict => ({met: false, gap});

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
  | 'ordered'
  | 'judged';

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
    return verdicts.find(v => v.met) ?? unmet(() => verdicts.map(v => v.gap()).join(', or '));
  },
  not({not}: {not: Check}, chronicle) {
    return evaluate(not, chronicle).met ? unmet(() => 'what must not be is so') : MET;
  },
  now({now}: {now: Match}, chronicle) {
    return countOf(now, chronicle) > 0 ? MET : unmet(() => gapOf(now, chronicle));
  },
  eventually({eventually, after}: {eventually: Match; after?: Match}, chronicle) {
    const since = after ? firstPlace(after, chronicle) : -1;
    if (since === undefined) return unmet(() => 'something else comes first');
    const all = found(eventually, chronicle);
    return all.some(({position}) => position > since) ? MET : unmet(() => gapOf(eventually, chronicle, since));
  },
  never({never}: {never: Match}, chronicle) {
    const [first] = found(never, chronicle);
    return first ? unmet(() => `${describe(kindOfMatch(never)[0], first.record)}: that was to be avoided`) : MET;
  },
  always(check: {always: Match; of: Match}, chronicle) {
    const [kind, subject] = kindOfMatch(check.of);
    const [, pattern] = kindOfMatch(check.always);
    const [first] = findAll(kind, check, record => matches(subject, record) && !matches(pattern, record), chronicle);
    return first ? unmet(() => `${describe(kind, first.record)}: ${difference(pattern, first.record)}`) : MET;
  },
  before({before, never}: {before: Match; never: Match}, chronicle) {
    const early = firstPlace(never, chronicle) ?? Number.POSITIVE_INFINITY;
    const time = firstPlace(before, chronicle) ?? chronicle.cluster.history.position;
    return early <= time ? unmet(() => 'it came before its time') : MET;
  },
  count({count, atLeast, atMost}: {count: Match; atLeast?: number; atMost?: number}, chronicle) {
    const number = countOf(count, chronicle);
    const [kind] = kindOfMatch(count);
    if (atLeast !== undefined && number < atLeast) return unmet(() => `${number} of ${atLeast} ${kind}s so far`);
    if (atMost !== undefined && number > atMost) return unmet(() => `${number} ${kind}s, ${atMost} at most`);
    return MET;
  },
  rewound({rewound}: {rewound: number}, chronicle) {
    return chronicle.rewound >= rewound ? MET : unmet(() => 'you have not gone back in time yet');
  },
  predicted(_check: {predicted: true}, chronicle) {
    return chronicle.predicted ? MET : unmet(() => 'make your prediction first');
  },
  ordered({ordered}: {ordered: number}, chronicle) {
    if (chronicle.ordered >= ordered) return MET;
    return unmet(() =>
      chronicle.ordered === 0 ? 'put the cards in order first' : `${chronicle.ordered} % are in order, ${ordered} % are wanted`,
    );
  },
  judged({judged, right}: {judged: string; right?: number}, {commands}) {
    const said = lastJudgements(commands);
    const claims = claimsOf(judged);
    const [tried, rightly] = [claims.filter(({number}) => said.has(number)), claims.filter(({number}) => said.get(number))];
    if (right !== undefined && rightly.length < right)
      return unmet(() => `${rightly.length} of ${claims.length} judged rightly, ${right} are wanted`);
    const left = claims.filter(claim => !tried.includes(claim)).map(({number}) => number);
    return right !== undefined || left.length === 0 ? MET : unmet(() => `not judged yet: ${left.join(', ')}`);
  },
};

export const CHECKS = Object.keys(evaluators) as CheckKind[];

/** The kind of a check: its first key. `before` carries a `never`, `always` an `of`. */
export const checkKind = (check: Check): CheckKind => ('before' in check ? 'before' : (Object.keys(check)[0] as CheckKind));

/** Whether a check is met, and if not, what is missing. */
export const evaluate = (check: Check, chronicle: Chronicle): Verdict => evaluators[checkKind(check)](check as never, chronicle);

/** Where the first record that matches stands; undefined when there is none. */
const firstPlace = (match: Match, chronicle: Chronicle): number | undefined => found(match, chronicle)[0]?.position;

/** How many records match; of objects: how many there are now. */
export const countOf = (match: Match, chronicle: Chronicle): number =>
  kindOfMatch(match)[0] === 'object' ? standing(match, chronicle).size : found(match, chronicle).length;

/** What a query reads off, as text; undefined when nothing matches and it names no other word for that. */
export function read(query: Query, chronicle: Chronicle): string | undefined {
  if ('count' in query) return String(countOf(query.count, chronicle));
  const record = 'first' in query ? found(query.first, chronicle)[0]?.record : latest(query.of, chronicle);
  const value = fieldAt(record, query.field);
  return value === undefined || value === '' ? query.otherwise : String(value);
}

/** The last record behind a position that matches; of objects, as they stand, the one with the last key. */
function latest(match: Match, chronicle: Chronicle, since = -1): unknown {
  if (kindOfMatch(match)[0] === 'object') return inKeyOrder(standing(match, chronicle)).at(-1);
  const last: Found | undefined = found(match, chronicle).at(-1);
  return last && last.position > since ? last.record : undefined;
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

/** What a match looks for, by who it is alone. */
const identities = new WeakMap<Match, Match>();

function identityOf(match: Match): Match {
  let identity = identities.get(match);
  if (!identity) {
    const [kind, pattern] = kindOfMatch(match);
    const {metadata, ...p} = (pattern ?? {}) as Named;
    const named = (['kind', 'verb', 'resource', 'reason', 'pod'] as const).filter(field => p[field]).map(field => [field, p[field]]);
    const who = {...Object.fromEntries(named), ...(metadata?.name && {metadata: {name: metadata.name}})};
    identities.set(match, (identity = {[kind]: who} as unknown as Match));
  }
  return identity;
}

/** What is said where nothing comes near. */
const NOT_YET = {
  request: 'no such request yet',
  event: 'no such event yet',
  trace: 'it has not happened yet',
  decision: 'no such decision yet',
  commit: 'nothing of the kind is in etcd yet',
  failure: 'it has not failed yet',
  command: 'you have not typed it yet',
  packet: 'no such packet yet',
  lookup: 'no such question to DNS yet',
  stage: 'no request has come to this stage yet',
} satisfies Record<Exclude<RecordKind, 'object'>, string>;

/** What is nearest to a match behind a position, and where it differs. */
function gapOf(match: Match, chronicle: Chronicle, since = -1): string {
  const [kind, pattern] = kindOfMatch(match);
  const nearest = latest(identityOf(match), chronicle, since);
  // Another line says nothing about the one that is wanted.
  const {line} = (pattern ?? {}) as Named;
  const other = kind === 'command' && line !== undefined && difference({line}, nearest) !== undefined;
  if (nearest !== undefined && !other) return `${describe(kind, nearest)}: ${difference(pattern, nearest)}`;
  if (kind !== 'object') return NOT_YET[kind];
  const wanted = (pattern ?? {}) as Named;
  return `there is no ${`${wanted.kind ?? 'object'} ${wanted.metadata?.name ?? ''}`.trim()} yet`;
}
