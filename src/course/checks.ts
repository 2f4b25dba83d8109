/** Conditions over the state and the whole history. A verdict that is not met says what is missing. */
import {fieldAt} from '../selectors/field-path.ts';
import {claimsOf} from './claims/claims.ts';
import {lastJudgements} from './claims/judgements.ts';
import {findAll, found, latest, standing} from './findings.ts';
import {describe, gapOf, nearestOf, stillSo} from './gaps.ts';
import {difference, matches} from './match.ts';
import {type Chronicle, kindOfMatch} from './records.ts';
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
    return verdicts.find(v => v.met) ?? unmet(() => nearestOf(verdicts.map(v => v.gap())));
  },
  not({not}: {not: Check}, chronicle) {
    return evaluate(not, chronicle).met ? unmet(() => stillSo(not, chronicle)) : MET;
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
    const [tried, rightly] = [claims.filter(({number}) => said.has(number)), claims.filter(({number}) => said.get(number)?.right)];
    if (right !== undefined && rightly.length < right)
      return unmet(() => `${rightly.length} of ${claims.length} judged rightly, ${right} are wanted`);
    const left = claims.filter(claim => !tried.includes(claim)).map(({number}) => number);
    return right !== undefined || left.length === 0 ? MET : unmet(() => `not judged yet: ${left.join(', ')}`);
  },
};

/** The kind of a check: its first key. `before` carries a `never`, `always` an `of`. */
export const checkKind = (check: Check): CheckKind => ('before' in check ? 'before' : (Object.keys(check)[0] as CheckKind));

/** Whether a check is met, and if not, what is missing. */
export const evaluate = (check: Check, chronicle: Chronicle): Verdict => evaluators[checkKind(check)](check as never, chronicle);

/** Where the first record that matches stands; undefined when there is none. */
const firstPlace = (match: Match, chronicle: Chronicle): number | undefined => found(match, chronicle)[0]?.position;

/** How many records match; of objects: how many there are now. */
const countOf = (match: Match, chronicle: Chronicle): number =>
  kindOfMatch(match)[0] === 'object' ? standing(match, chronicle).size : found(match, chronicle).length;

/** What a query reads off, as text; undefined when nothing matches and it names no other word for that. */
export function read(query: Query, chronicle: Chronicle): string | undefined {
  if ('count' in query) return String(countOf(query.count, chronicle));
  const record = 'first' in query ? found(query.first, chronicle)[0]?.record : latest(query.of, chronicle);
  const value = fieldAt(record, query.field);
  return value === undefined || value === '' ? query.otherwise : String(value);
}
