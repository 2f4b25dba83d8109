/**
 * What follows from the whole of a cluster or of its past, kept beside the journal: the next look goes on from the last one and reads no step twice, so what is asked
 * ten times a second costs what has happened meanwhile, not what there is. It is a memory only: who looks for the first time finds the same.
 */
import type {Journal} from '../engine/machine/journal.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Entity, Step} from '../engine/machine/types.ts';

/** How far a journal has been read. */
export interface Reading {
  /** Position behind the last step that was read. */
  read: number;
  /** That step. It has stood in one past only: where it still stands, all before it do. */
  last: Step | undefined;
}

/** What was read of each journal for each question; a question is whatever object stands for it. */
export type Readings<T extends Reading> = WeakMap<Journal, WeakMap<object, T>>;

/** The step at a position; undefined where the journal no longer holds it. */
export const stepAt = (journal: Journal, position: number): Step | undefined => journal.steps[position - journal.first];

/** What is known of a question, or a new beginning where nothing is, or where the journal has another past by now. */
export function recall<T extends Reading>(readings: Readings<T>, journal: Journal, question: object, begin: () => T): T {
  let ofJournal = readings.get(journal);
  if (!ofJournal) readings.set(journal, (ofJournal = new WeakMap()));
  const known = ofJournal.get(question);
  if (known && known.read >= journal.first && stepAt(journal, known.read - 1) === known.last) return known;
  const begun = begin();
  ofJournal.set(question, begun);
  return begun;
}

/** A figure over a table that each change of a slot changes. */
export interface Account<T> {
  readonly table: string;
  /** Of an empty table. */
  begin(): T;
  /** After a change; `undefined` is an empty slot. It may change `value` itself. */
  put(value: T, slot: number, old: Entity | undefined, now: Entity | undefined): T;
  /** The same once more, to be changed by itself: with it, a branch need not count anew. */
  copy?(value: T): T;
}

interface Balance extends Reading {
  value: unknown;
}

const balances: Readings<Balance> = new WeakMap();
/** The journal of which each question was asked last. */
const askedLast = new WeakMap<object, WeakRef<Journal>>();

/** Remembers of which journal a question was asked: branches that leave it go on from what is known there. */
export function asked(question: object, journal: Journal): void {
  if (askedLast.get(question)?.deref() !== journal) askedLast.set(question, new WeakRef(journal));
}

/** What is known of a question on the line that a journal has left, and the position where they part; undefined where nothing can be had from it. */
export function knownBefore<T extends Reading>(
  readings: Readings<T>,
  journal: Journal,
  question: object,
): {known: T; line: Journal; parting: number} | undefined {
  const line = askedLast.get(question)?.deref();
  const known = line && readings.get(line)?.get(question);
  if (!known || line === journal || stepAt(line, known.read - 1) !== known.last) return undefined;
  const parting = partingOf(line, journal);
  return parting === undefined || known.read < Math.max(line.first, journal.first) ? undefined : {known, line, parting};
}

/** The figure as the machine stands, in the past too. */
export function balanceOf<T>(machine: Machine, account: Account<T>): T {
  const {journal} = machine;
  const known = recall(balances, journal, account, () => inherited(journal, account) ?? counted(machine, account));
  asked(account, journal);
  let value = known.value as T;
  while (known.read < journal.position)
    for (const {table, slot, old, new: now} of stepAt(journal, known.read++)!.writes)
      if (table === account.table) value = account.put(value, slot, old, now);
  while (known.read > journal.position)
    for (const {table, slot, old, new: now} of stepAt(journal, --known.read)!.writes.toReversed())
      if (table === account.table) value = account.put(value, slot, now, old);
  known.value = value;
  known.last = stepAt(journal, known.read - 1);
  return value;
}

function counted<T>(machine: Machine, account: Account<T>): Balance {
  const {journal} = machine;
  let value = account.begin();
  for (const [slot, entity] of machine.table(account.table).entries()) value = account.put(value, slot, undefined, entity);
  return {value, read: journal.position, last: stepAt(journal, journal.position - 1)};
}

/** A branch goes on from what is known of the line that it left, as it was where they parted. */
function inherited<T>(journal: Journal, account: Account<T>): Balance | undefined {
  const before = account.copy && knownBefore(balances, journal, account);
  if (!account.copy || !before) return undefined;
  const {known, line, parting} = before;
  let value = account.copy(known.value as T);
  let read = known.read;
  while (read > parting)
    for (const {table, slot, old, new: now} of stepAt(line, --read)!.writes.toReversed())
      if (table === account.table) value = account.put(value, slot, now, old);
  return {value, read, last: stepAt(journal, read - 1)};
}

/** Where two lines part: they hold the very steps of the past that they share, so it is found by halving. Undefined: they share none. */
function partingOf(one: Journal, other: Journal): number | undefined {
  const start = Math.max(one.first, other.first);
  let [low, high] = [start, Math.min(one.length, other.length)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (stepAt(one, middle - 1) === stepAt(other, middle - 1)) low = middle;
    else high = middle - 1;
  }
  return low > start ? low : undefined;
}

/** The entities of a table that are wanted, by slot; in no order. */
export const chosen = <T extends Entity>(table: string, wanted: (entity: T) => boolean): Account<Map<number, T>> => ({
  table,
  begin: () => new Map(),
  put(entities, slot, _old, now) {
    if (now && wanted(now as T)) entities.set(slot, now as T);
    else entities.delete(slot);
    return entities;
  },
  copy: entities => new Map(entities),
});

/** The entities of a table by a key of theirs, and by slot; those without a key are left out. In no order. */
export const gathered = <T extends Entity>(
  table: string,
  keyOf: (entity: T) => string | undefined,
): Account<Map<string, Map<number, T>>> => ({
  table,
  begin: () => new Map(),
  put(groups, slot, old, now) {
    const was = old && keyOf(old as T);
    const is = now && keyOf(now as T);
    if (was !== undefined && was !== is) {
      const group = groups.get(was);
      group?.delete(slot);
      if (group?.size === 0) groups.delete(was);
    }
    if (is !== undefined) {
      const group = groups.get(is);
      if (group) group.set(slot, now as T);
      else groups.set(is, new Map([[slot, now as T]]));
    }
    return groups;
  },
  copy: groups => new Map([...groups].map(([key, group]) => [key, new Map(group)])),
});
