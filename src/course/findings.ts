/** What a journal holds of what checks look for. Whoever judges after every step reads no step twice. */
import {byText} from '../engine/api/order.ts';
import type {KubeObject} from '../engine/api/types.ts';
import {type Account, balanceOf, chosen, type Reading, type Readings, recall, stepAt} from '../selectors/reading.ts';
import {matches} from './match.ts';
import {type Chronicle, isObject, kindOfMatch, type RecordKind, recordsOfStep, STORE, type Stored} from './records.ts';
import type {Match} from './types.ts';

/** A record, and its place in the journal. */
export interface Found {
  readonly position: number;
  readonly record: unknown;
}

interface Findings extends Reading {
  from: number;
  found: Found[];
}

const findings: Readings<Findings> = new WeakMap();

/**
 * The records of a kind since the lesson began that are wanted, oldest first; objects: every version that was written. `question` is the object (a match, a check)
 * that the answer is remembered by: the same one must always want the same.
 */
export function findAll(kind: RecordKind, question: object, wanted: (record: unknown) => boolean, chronicle: Chronicle): readonly Found[] {
  const {journal} = chronicle.cluster.machine;
  if (kind === 'command') {
    return chronicle.commands
      .filter(command => command.position <= journal.position && wanted(command))
      .map(record => ({position: record.position, record}));
  }
  const from = Math.max(chronicle.from, journal.first);
  const begin = (): Findings => ({from, found: [], read: from, last: stepAt(journal, from - 1)});
  const known = recall(findings, journal, question, begin);
  if (known.from !== from) Object.assign(known, begin());
  for (; known.read < journal.position; known.read++) {
    const step = stepAt(journal, known.read)!;
    for (const record of recordsOfStep(step, kind)) if (wanted(record)) known.found.push({position: known.read, record});
    known.last = step;
  }
  return known.read === journal.position ? known.found : known.found.filter(({position}) => position < journal.position);
}

/** The records that match, oldest first. */
export function found(match: Match, chronicle: Chronicle): readonly Found[] {
  const [kind, pattern] = kindOfMatch(match);
  return findAll(kind, match, record => matches(pattern, record), chronicle);
}

type Standing = Map<number, Stored>;
const standings = new WeakMap<Match, Account<Standing>>();

/** The objects that match as the cluster stands, by their slots in the store; in no order. */
export function standing(match: Match, {cluster}: Chronicle): ReadonlyMap<number, Stored> {
  let account = standings.get(match);
  if (!account) {
    const [, pattern] = kindOfMatch(match);
    standings.set(match, (account = chosen<Stored>(STORE, stored => isObject(stored) && matches(pattern, stored.value))));
  }
  return balanceOf(cluster.machine, account);
}

/** The same in the order of their keys. */
export const inKeyOrder = (objects: ReadonlyMap<number, Stored>): KubeObject[] =>
  [...objects.values()].sort((a, b) => byText(a.key, b.key)).map(({value}) => value);

/** The last record behind a position that matches; of objects, as they stand, the one with the last key. */
export function latest(match: Match, chronicle: Chronicle, since = -1): unknown {
  if (kindOfMatch(match)[0] === 'object') return inKeyOrder(standing(match, chronicle)).at(-1);
  const last = found(match, chronicle).at(-1);
  return last && last.position > since ? last.record : undefined;
}
