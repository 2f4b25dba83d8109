/** The tables of the state with their derived indexes. Every change passes `write`, forwards and backwards alike. */
import {createHeap, type Heap} from './heap.ts';
import {createIndex, type Index, type IndexDefinition} from './indexes.ts';
import type {Entity, ReadTable} from './types.ts';
import {emptyVector, type Vector, vectorEntries, vectorGet, vectorSet} from './vector.ts';

/** Tables by name: an immutable value. */
export type Snapshot = Readonly<Record<string, Vector>>;

interface Table {
  vector: Vector;
  count: number;
  /** One more than the highest slot ever used here; slots below it that are empty wait in `free`. */
  high: number;
  free: Heap<number>;
  indexes: Map<string, Index>;
  read: ReadTable<Entity>;
}

export interface Tables {
  read<T extends Entity>(name: string): ReadTable<T>;
  write(table: string, slot: number, old: Entity | undefined, now: Entity | undefined): void;
  /** The lowest empty slot. */
  emptySlot(table: string): number;
  snapshot(): Snapshot;
  names(): string[];
  /** Called with every change of a table, in both directions of time. */
  onChange(table: string, listener: (slot: number, old: Entity | undefined, now: Entity | undefined) => void): void;
}

/** Page ownership must never collide between machines that share pages, so edits are counted once for all of them; the count is no part of any state. */
let edits = 0;

export function createTables(definitions: readonly IndexDefinition[], from: Snapshot = {}): Tables {
  const tables = new Map<string, Table>();
  const listeners = new Map<string, ((slot: number, old: Entity | undefined, now: Entity | undefined) => void)[]>();
  let edit = ++edits;

  const create = (name: string, vector: Vector): Table => {
    const indexes = new Map(definitions.filter(d => d.table === name).map(d => [d.name, createIndex(d)]));
    const table: Table = {vector, count: 0, high: 0, free: createHeap((a, b) => a < b), indexes, read: undefined as never};
    const index = (key: string): Index => {
      const found = indexes.get(key);
      if (!found) throw new Error(`table ${name} has no index ${key}`);
      return found;
    };
    const get = (slot: number): Entity | undefined => vectorGet<Entity>(table.vector, slot);
    table.read = {
      get,
      get count() {
        return table.count;
      },
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
    for (const [slot, entity] of vectorEntries<Entity>(vector)) {
      for (let s = table.high; s < slot; s++) table.free.push(s);
      table.high = slot + 1;
      table.count++;
      for (const i of indexes.values()) i.change(slot, undefined, entity);
    }
    tables.set(name, table);
    return table;
  };
  const tableOf = (name: string): Table => tables.get(name) ?? create(name, emptyVector());
  for (const [name, vector] of Object.entries(from)) create(name, vector);

  return {
    read: <T extends Entity>(name: string) => tableOf(name).read as ReadTable<T>,
    write(name, slot, old, now) {
      const table = tableOf(name);
      table.vector = vectorSet(table.vector, slot, now, edit);
      if (old === undefined) table.count++;
      if (now === undefined) {
        table.count--;
        table.free.push(slot);
      }
      for (; table.high <= slot; table.high++) if (table.high < slot) table.free.push(table.high);
      for (const index of table.indexes.values()) index.change(slot, old, now);
      const heard = listeners.get(name);
      if (heard) for (const listener of heard) listener(slot, old, now);
    },
    emptySlot(name) {
      const table = tableOf(name);
      for (let slot = table.free.pop(); slot !== undefined; slot = table.free.pop()) {
        if (slot < table.high && vectorGet(table.vector, slot) === undefined) return slot;
      }
      return table.high;
    },
    snapshot() {
      edit = ++edits;
      return Object.freeze(Object.fromEntries([...tables].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, t]) => [name, t.vector])));
    },
    names: () => [...tables.keys()].sort(),
    onChange(name, listener) {
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
    },
  };
}
