/** All stored objects under a prefix, in key order, as one array that stays the same as long as none of them changes: caches may hang on its identity. */
import {type KeyValue, KV} from '../etcd/etcd.ts';
import type {Entity, ReadTable} from '../machine/types.ts';

interface Cached {
  lists: Map<string, readonly unknown[]>;
}

const attached = new WeakMap<ReadTable<KeyValue>, Cached>();

interface ChangingTables {
  table<T extends Entity>(name: string): ReadTable<T>;
  onChange(table: string, listener: (slot: number, old: Entity | undefined, now: Entity | undefined) => void): void;
}

/** Lets a machine's collections be kept between reads; to be called once for each machine. */
export function keepCollections(machine: ChangingTables): void {
  const cache: Cached = {lists: new Map()};
  attached.set(machine.table<KeyValue>(KV), cache);
  machine.onChange(KV, (_slot, old, now) => {
    const {key} = (now ?? old) as KeyValue;
    for (let at = key.lastIndexOf('/'); at > 0 && cache.lists.size > 0; at = key.lastIndexOf('/', at - 1))
      cache.lists.delete(key.slice(0, at + 1));
  });
}

/** The objects whose key begins with `prefix` (which ends in a slash). */
export function collection<T>(from: {table<T extends Entity>(name: string): ReadTable<T>}, prefix: string): readonly T[] {
  const table = from.table<KeyValue>(KV);
  const cache = attached.get(table);
  const kept = cache?.lists.get(prefix);
  if (kept) return kept as readonly T[];
  const list = [...table.range('key', prefix)].map(kv => kv.value as T);
  cache?.lists.set(prefix, list);
  return list;
}
