/**
 * What a journal holds of what checks look for. Whoever judges after every step reads no step twice: what was found is kept beside the journal, and the next look
 * goes on from there. It is a memory only: the same is found by who looks for the first time.
 */
import type {KubeObject} from '../engine/api/types.ts';
import type {Journal} from '../engine/machine/journal.ts';
import type {Step} from '../engine/machine/types.ts';
import {matches} from './match.ts';
import {type Chronicle, isStored, kindOfMatch, type RecordKind, recordsOfStep, type Stored, storeOf} from './records.ts';
import type {Match} from './types.ts';

/** A record, and its place in the journal. */
export interface Found {
  readonly position: number;
  readonly record: unknown;
}

/** How far a journal has been read. */
interface Reading {
  /** Position behind the last step that was read. */
  read: number;
  /** That step. It has stood in one past only: where it still stands, all before it do. */
  last: Step | undefined;
}

interface Findings extends Reading {
  readonly from: number;
  readonly found: Found[];
}

interface Standing extends Reading {
  readonly objects: Map<string, KubeObject>;
}

type Memory<T> = WeakMap<Journal, WeakMap<object, T>>;
const findings: Memory<Findings> = new WeakMap();
const standings: Memory<Standing> = new WeakMap();

const stepAt = (journal: Journal, position: number): Step | undefined => journal.steps[position - journal.first];

/** What is remembered of a question about a journal, or a new beginning where the journal has another past by now. */
function recall<T extends Reading>(memory: Memory<T>, journal: Journal, question: object, begin: () => T, fits: (known: T) => boolean): T {
  let ofJournal = memory.get(journal);
  if (!ofJournal) memory.set(journal, (ofJournal = new WeakMap()));
  const known = ofJournal.get(question);
  if (known && known.read >= journal.first && stepAt(journal, known.read - 1) === known.last && fits(known)) return known;
  const begun = begin();
  ofJournal.set(question, begun);
  return begun;
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
  const from = Math.max(chronicle.from, journal.first);
  const known = recall(
    findings,
    journal,
    question,
    () => ({from, found: [], read: from, last: stepAt(journal, from - 1)}),
    each => each.from === from,
  );
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

/** The objects that match as the cluster stands, by their keys in the store; in no order. */
export function standing(match: Match, chronicle: Chronicle): ReadonlyMap<string, KubeObject> {
  const {journal} = chronicle.cluster.machine;
  const [, pattern] = kindOfMatch(match);
  const known = recall(
    standings,
    journal,
    match,
    () => ({
      objects: new Map(storeOf(chronicle).flatMap(({key, value}) => (matches(pattern, value) ? [[key, value] as const] : []))),
      read: journal.position,
      last: stepAt(journal, journal.position - 1),
    }),
    () => true,
  );
  const put = (before: Stored | undefined, after: Stored | undefined): void => {
    if (before) known.objects.delete(before.key);
    if (after && matches(pattern, after.value)) known.objects.set(after.key, after.value);
  };
  // What happened since, or, in the past, what had not happened yet
  while (known.read < journal.position) for (const {old, new: now} of stepAt(journal, known.read++)!.writes.filter(isStored)) put(old, now);
  while (known.read > journal.position) {
    const written = stepAt(journal, --known.read)!.writes.filter(isStored);
    for (const {old, new: now} of written.reverse()) put(now, old);
  }
  known.last = stepAt(journal, known.read - 1);
  return known.objects;
}

/** The same in the order of their keys. */
export const inKeyOrder = (objects: ReadonlyMap<string, KubeObject>): KubeObject[] =>
  [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
