/** The tables of the state with their derived indexes. Every change passes `write`, forwards and backwards alike. */
import {newEdit} from './edits.ts';
import {createHeap, type Heap} from './heap.ts';
import {createIndex, type Index, type IndexDefinition} from './indexes.ts';
import type {Entity, ReadTable} from './types.ts';
import {emptyVector, type Vector, vectorEntries, vectorGet, vectorSet} from './vector.ts';

/** Tables by name: an immutable value. */
export type Snapshot = Readonly<Record<string, Vector>>;

/** A table as it is, and what is derived from it. */
interface Contents {
  vector: Vector;
  count: number;
  /** One more than the highest slot ever used here; slots below it that are empty wait in `free`. */
  high: number;
  readonly free: Heap<number>;
  readonly indexes: ReadonlyMap<string, Index>;
}

type Listener = (slot: number, old: Entity | undefined, now: Entity | undefined) => void;

interface Table extends Contents {
  /** With the count as a field of its own: a getter would make each of these an object that is looked up in like a map. */
  readonly read: ReadTable<Entity> & {count: number};
  readonly listeners: Listener[];
}

export interface Tables {
  read<T extends Entity>(name: string): ReadTable<T>;
  /** Changes a slot; false when that left the keys of all indexes as they were. Who knows so of this change already says it: the indexes are not asked then. */
  write(table: string, slot: number, old: Entity | undefined, now: Entity | undefined, keysStay?: boolean): boolean;
  /** The lowest empty slot. */
  emptySlot(table: string): number;
  snapshot(): Snapshot;
  names(): string[];
  /** Tables of its own with the same contents, that nobody listens to yet. */
  fork(): Tables;
  /** Called with every change of a table, in both directions of time. */
  onChange(table: string, listener: Listener): void;
}

/** The tables of a state, their indexes derived from it. */
export function createTables(definitions: readonly IndexDefinition[], from: Snapshot = {}): Tables {
  const derived = Object.entries(from).map(([name, vector]): [string, Contents] => {
    const table = noContents(definitions, name);
    table.vector = vector;
    for (const [slot, entity] of vectorEntries<Entity>(vector)) {
      for (let s = table.high; s < slot; s++) table.free.push(s);
      table.high = slot + 1;
      table.count++;
      for (const i of table.indexes.values()) i.change(slot, undefined, entity);
    }
    return [name, table];
  });
  return tablesOf(definitions, derived);
}

const noContents = (definitions: readonly IndexDefinition[], name: string): Contents => ({
  vector: emptyVector(),
  count: 0,
  high: 0,
  free: createHeap((a, b) => a < b),
  indexes: new Map(definitions.filter(d => d.table === name).map(d => [d.name, createIndex(d)])),
});

function tablesOf(definitions: readonly IndexDefinition[], contents: Iterable<[string, Contents]>): Tables {
  const tables = new Map<string, Table>();
  let edit = newEdit();

  const add = (name: string, contents: Contents): Table => {
    const index = (key: string): Index => {
      const found = contents.indexes.get(key);
      if (!found) throw new Error(`table ${name} has no index ${key}`);
      return found;
    };
    const get = (slot: number): Entity | undefined => vectorGet<Entity>(table.vector, slot);
    const read: Table['read'] = {
      get,
      count: contents.count,
      entries: () => vectorEntries<Entity>(table.vector),
      slotOf: (i, key) => index(i).slotOf(key),
      find: (i, key) => {
        const slot = index(i).slotOf(key);
        return slot < 0 ? undefined : get(slot);
      },
      slotsOf: (i, key) => index(i).slotsOf(key),
      all: (i, key) =>
        index(i)
          .slotsOf(key)
          .map(slot => get(slot)!),
      slotAt: (i, ...path) => index(i).slotAt(path),
      at(i, ...path) {
        const slot = index(i).slotAt(path);
        return slot < 0 ? undefined : get(slot);
      },
      under: (i, ...path) =>
        index(i)
          .slotsUnder(path)
          .map(slot => get(slot)!),
      *range(i, prefix, start = prefix) {
        const found = index(i);
        for (const key of found.from(start)) {
          if (!key.startsWith(prefix)) return;
          yield get(found.slotOf(key))!;
        }
      },
    };
    const table: Table = {...contents, read, listeners: []};
    tables.set(name, table);
    return table;
  };
  const tableOf = (name: string): Table => tables.get(name) ?? add(name, noContents(definitions, name));
  for (const [name, table] of contents) add(name, table);

  return {
    read: <T extends Entity>(name: string) => tableOf(name).read as ReadTable<T>,
    write(name, slot, old, now, keysStay = false) {
      const table = tableOf(name);
      table.vector = vectorSet(table.vector, slot, now, edit);
      if (old === undefined) table.count++;
      if (now === undefined) {
        table.count--;
        table.free.push(slot);
      }
      table.read.count = table.count;
      for (; table.high <= slot; table.high++) if (table.high < slot) table.free.push(table.high);
      let rekeyed = false;
      if (!keysStay) for (const index of table.indexes.values()) rekeyed = index.change(slot, old, now) || rekeyed;
      for (const listener of table.listeners) listener(slot, old, now);
      return rekeyed;
    },
    emptySlot(name) {
      const table = tableOf(name);
      for (let slot = table.free.pop(); slot !== undefined; slot = table.free.pop()) {
        if (slot < table.high && vectorGet(table.vector, slot) === undefined) return slot;
      }
      return table.high;
    },
    snapshot() {
      edit = newEdit();
      return Object.freeze(Object.fromEntries([...tables].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, t]) => [name, t.vector])));
    },
    names: () => [...tables.keys()].sort(),
    fork() {
      edit = newEdit();
      const copies = [...tables].map(([name, {vector, count, high, free, indexes}]): [string, Contents] => [
        name,
        {vector, count, high, free: free.fork(), indexes: new Map([...indexes].map(([key, index]) => [key, index.fork()]))},
      ]);
      return tablesOf(definitions, copies);
    },
    onChange: (name, listener) => void tableOf(name).listeners.push(listener),
  };
}
