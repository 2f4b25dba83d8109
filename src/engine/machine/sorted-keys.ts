/** Strings kept in order (code-unit order, as etcd orders bytes for ASCII keys) in chunks, so that adding one among 150,000 moves only a few hundred. */
import {newEdit} from './edits.ts';
import {placeIn} from './place-in.ts';

export interface SortedKeys {
  add(key: string): void;
  delete(key: string): void;
  /** Keys >= key, ascending. The keys must not change while walking. */
  from(key: string): IterableIterator<string>;
  /** Keys of its own that are the same: chunks are shared until one of the two writes. */
  fork(): SortedKeys;
}

interface Chunk {
  readonly edit: number;
  readonly keys: string[];
}

const CHUNK = 512;

export const createSortedKeys = (): SortedKeys => keysOf([{edit: 0, keys: []}]);

function keysOf(chunks: Chunk[]): SortedKeys {
  let edit = newEdit();

  const chunkOf = (key: string): number => {
    let low = 0;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (chunks[middle]!.keys[0]! <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  /** The keys of a chunk, to be written. */
  const own = (c: number): string[] => {
    const chunk = chunks[c]!;
    if (chunk.edit === edit) return chunk.keys;
    const keys = chunk.keys.slice();
    chunks[c] = {edit, keys};
    return keys;
  };

  return {
    add(key) {
      const c = chunkOf(key);
      const at = placeIn(chunks[c]!.keys, key);
      if (chunks[c]!.keys[at] === key) return;
      const keys = own(c);
      keys.splice(at, 0, key);
      if (keys.length > CHUNK) chunks.splice(c, 1, {edit, keys: keys.slice(0, CHUNK / 2)}, {edit, keys: keys.slice(CHUNK / 2)});
    },
    delete(key) {
      const c = chunkOf(key);
      const at = placeIn(chunks[c]!.keys, key);
      if (chunks[c]!.keys[at] !== key) return;
      const keys = own(c);
      keys.splice(at, 1);
      if (keys.length === 0 && chunks.length > 1) chunks.splice(c, 1);
    },
    *from(key) {
      let c = chunkOf(key);
      let at = placeIn(chunks[c]!.keys, key);
      for (; c < chunks.length; c++, at = 0) {
        const {keys} = chunks[c]!;
        for (; at < keys.length; at++) yield keys[at]!;
      }
    },
    fork() {
      edit = newEdit();
      return keysOf(chunks.slice());
    },
  };
}
