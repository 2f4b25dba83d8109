/** Strings kept in order (code-unit order, as etcd orders bytes for ASCII keys) in chunks, so that adding one among 150,000 moves only a few hundred. */
export interface SortedKeys {
  add(key: string): void;
  delete(key: string): void;
  /** Keys >= key, ascending. The keys must not change while walking. */
  from(key: string): IterableIterator<string>;
}

const CHUNK = 512;

export function createSortedKeys(): SortedKeys {
  const chunks: string[][] = [[]];

  const chunkOf = (key: string): number => {
    let low = 0;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (chunks[middle]![0]! <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const placeIn = (chunk: string[], key: string): number => {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (chunk[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    add(key) {
      const c = chunkOf(key);
      const chunk = chunks[c]!;
      const at = placeIn(chunk, key);
      if (chunk[at] === key) return;
      chunk.splice(at, 0, key);
      if (chunk.length > CHUNK) chunks.splice(c, 1, chunk.slice(0, CHUNK / 2), chunk.slice(CHUNK / 2));
    },
    delete(key) {
      const c = chunkOf(key);
      const chunk = chunks[c]!;
      const at = placeIn(chunk, key);
      if (chunk[at] !== key) return;
      chunk.splice(at, 1);
      if (chunk.length === 0 && chunks.length > 1) chunks.splice(c, 1);
    },
    *from(key) {
      let c = chunkOf(key);
      let at = placeIn(chunks[c]!, key);
      for (; c < chunks.length; c++, at = 0) {
        const chunk = chunks[c]!;
        for (; at < chunk.length; at++) yield chunk[at]!;
      }
    },
  };
}
