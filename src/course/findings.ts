/** What a journal holds of what checks look for. Whoever judges after every step reads no step twice. */
import {byText} from '../engine/api/order.ts';
import type {KubeObject} from '../engine/api/types.ts';
import type {Journal} from '../engine/machine/journal.ts';
import {type Account, asked, balanceOf, chosen, knownBefore, type Reading, type Readings, recall, stepAt} from '../selectors/reading.ts';
import {matches} from './match.ts';
import {
  type Chronicle,
  isObject,
  kindOfMatch,
  RARE_KINDS,
  type RecordKind,
  rareOfStep,
  recordsOfStep,
  STORE,
  type Stored,
} from './records.ts';
import type {Match} from './types.ts';

/** A record, and its place in the journal. */
export interface Found {
  readonly position: number;
  readonly record: unknown;
}

interface Findings<T extends Found = Found> extends Reading {
  from: number;
  found: T[];
}

const findings: Readings<Findings> = new WeakMap();

/** Brings what is known of a question up to where the journal stands: `read` takes up what the steps from one position to another hold. */
function readOn<T extends Found>(
  question: object,
  chronicle: Chronicle,
  read: (known: T[], from: number, until: number) => void,
): readonly T[] {
  const {journal} = chronicle.cluster.machine;
  const from = Math.max(chronicle.from, journal.first);
  const readings = findings as unknown as Readings<Findings<T>>;
  const begin = (): Findings<T> =>
    inherited(readings, journal, question, from) ?? {from, found: [], read: from, last: stepAt(journal, from - 1)};
  const known = recall(readings, journal, question, begin);
  if (known.from !== from) Object.assign(known, begin());
  asked(question, journal);
  if (known.read < journal.position) {
    read(known.found, known.read, journal.position);
    known.read = journal.position;
    known.last = stepAt(journal, known.read - 1);
  }
  return known.read === journal.position ? known.found : known.found.filter(({position}) => position < journal.position);
}

/** A branch goes on from what was found on the line that it left, as far as they are the same. */
function inherited<T extends Found>(
  readings: Readings<Findings<T>>,
  journal: Journal,
  question: object,
  from: number,
): Findings<T> | undefined {
  const before = knownBefore(readings, journal, question);
  if (!before || before.known.from !== from || before.parting < from) return undefined;
  const {known, parting} = before;
  const read = Math.min(known.read, parting);
  return {from, found: known.found.slice(0, placeFrom(known.found, read)), read, last: stepAt(journal, read - 1)};
}

interface Rare extends Found {
  readonly kind: RecordKind;
}

/** The records of all rare kinds, oldest first. Whoever judges a cluster asks as it goes on, so that it never has much to read. */
export const rareRecords = (chronicle: Chronicle): readonly Rare[] =>
  readOn<Rare>(RARE_KINDS, chronicle, (known, from, until) => {
    const {journal} = chronicle.cluster.machine;
    for (let position = from; position < until; position++)
      rareOfStep(stepAt(journal, position)!, (kind, record) => void known.push({position, kind, record}));
  });

/** Where the records from a position on begin in a list of them. */
function placeFrom(records: readonly Found[], position: number): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (records[middle]!.position < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

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
  return readOn<Found>(question, chronicle, (known, from, until) => {
    if (RARE_KINDS.has(kind)) {
      const records = rareRecords(chronicle);
      for (let i = placeFrom(records, from); i < records.length; i++)
        if (records[i]!.kind === kind && wanted(records[i]!.record)) known.push(records[i]!);
      return;
    }
    for (let position = from; position < until; position++)
      for (const record of recordsOfStep(stepAt(journal, position)!, kind)) if (wanted(record)) known.push({position, record});
  });
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
