/** All stored objects under a prefix, in key order, as one array that stays the same as long as none of them changes: caches may hang on its identity. */
import {type KeyValue, KV} from '../etcd/etcd.ts';
import {placeIn} from '../machine/place-in.ts';
import type {Entity, ReadTable} from '../machine/types.ts';

/** What was read last, and what has changed since: by key, the new value, or undefined where it went. */
interface Kept {
  readonly keys: string[];
  list: readonly unknown[];
  readonly changes: Map<string, unknown>;
  /** How often a key came or went since: the others had to make room, or close up. */
  moves: number;
}

/** With more of them the list is read anew: that is cheaper than so many moves. */
const MOVES = 64;

const attached = new WeakMap<ReadTable<KeyValue>, Map<string, Kept>>();

interface ChangingTables {
  table<T extends Entity>(name: string): ReadTable<T>;
  onChange(table: string, listener: (slot: number, old: Entity | undefined, now: Entity | undefined) => void): void;
}

/** Lets a machine's collections be kept between reads; to be called once for each machine. */
export function keepCollections(machine: ChangingTables): void {
  const kept = new Map<string, Kept>();
  attached.set(machine.table<KeyValue>(KV), kept);
  machine.onChange(KV, (_slot, old, now) => {
    const {key} = (now ?? old) as KeyValue;
    for (let at = key.lastIndexOf('/'); at > 0 && kept.size > 0; at = key.lastIndexOf('/', at - 1)) {
      const prefix = key.slice(0, at + 1);
      const known = kept.get(prefix);
      if (!known) continue;
      known.changes.set(key, (now as KeyValue | undefined)?.value);
      if (!old || !now) known.moves++;
      // Where most has changed, or nobody reads any more, it is read anew when somebody does.
      if (known.moves > MOVES || known.changes.size > known.keys.length) kept.delete(prefix);
    }
  });
}

/** The objects whose key begins with `prefix` (which ends in a slash). */
export function collection<T>(from: {table<T extends Entity>(name: string): ReadTable<T>}, prefix: string): readonly T[] {
  const table = from.table<KeyValue>(KV);
  const all = attached.get(table);
  const known = all?.get(prefix);
  if (known) return brought(known) as readonly T[];
  const found = [...table.range('key', prefix)];
  const list = found.map(kv => kv.value as T);
  all?.set(prefix, {keys: found.map(kv => kv.key), list, changes: new Map(), moves: 0});
  return list;
}

/** The list as it is by now: another array where something has changed. */
function brought(kept: Kept): readonly unknown[] {
  const {keys, changes} = kept;
  if (changes.size === 0) return kept.list;
  const list = kept.list.slice();
  for (const [key, value] of changes) {
    const at = placeIn(keys, key);
    const isThere = keys[at] === key;
    if (value === undefined) {
      if (!isThere) continue;
      keys.splice(at, 1);
      list.splice(at, 1);
    } else if (isThere) list[at] = value;
    else {
      keys.splice(at, 0, key);
      list.splice(at, 0, value);
    }
  }
  changes.clear();
  kept.moves = 0;
  kept.list = list;
  return list;
}
