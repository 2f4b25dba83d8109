/**
 * A map with text keys that forks share. It lies in shards: one that is shared is copied by whoever writes to it first, so a fork costs nothing and a write a
 * small copy at most.
 */
import {newEdit} from './edits.ts';

export interface SharedMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  /** A map of its own with the same contents. */
  fork(): SharedMap<V>;
}

interface Shard<V> {
  /** The edit during which this shard was made; it may be written in place only then. */
  readonly edit: number;
  readonly items: Map<string, V>;
}

/** A thousand keys each where there are as many as in the store of a large cluster. */
const SHARDS = 64;

/** Keys that are alike differ at their ends. */
const shardOf = (key: string): number => (key.charCodeAt(key.length - 1) + 31 * key.charCodeAt(key.length - 2)) & (SHARDS - 1);

export const createSharedMap = <V>(): SharedMap<V> => mapOf<V>(new Array(SHARDS).fill(undefined));

function mapOf<V>(shards: (Shard<V> | undefined)[]): SharedMap<V> {
  let edit = newEdit();
  const own = (at: number): Map<string, V> => {
    const shard = shards[at];
    if (shard?.edit === edit) return shard.items;
    const items = new Map(shard?.items);
    shards[at] = {edit, items};
    return items;
  };
  return {
    get: key => shards[shardOf(key)]?.items.get(key),
    set: (key, value) => void own(shardOf(key)).set(key, value),
    delete: key => void own(shardOf(key)).delete(key),
    fork() {
      edit = newEdit();
      return mapOf(shards.slice());
    },
  };
}
