/** A binary min-heap over numbers or records, with the order given. */
export interface Heap<T> {
  peek(): T | undefined;
  push(item: T): void;
  pop(): T | undefined;
  /** A heap of its own with the same items. */
  fork(): Heap<T>;
}

/** A binary heap over `items` (which it takes over); `before` says which of two goes first. */
export function createHeap<T>(before: (a: T, b: T) => boolean, items: T[] = []): Heap<T> {
  return {
    peek: () => items[0],
    push(item) {
      let i = items.length;
      items.push(item);
      while (i > 0) {
        const parent = (i - 1) >> 1;
        if (!before(item, items[parent]!)) break;
        items[i] = items[parent]!;
        i = parent;
      }
      items[i] = item;
    },
    pop() {
      const top = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return top;
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= items.length) break;
        if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
        if (!before(items[child]!, last)) break;
        items[i] = items[child]!;
        i = child;
      }
      items[i] = last;
      return top;
    },
    fork: () => createHeap(before, items.slice()),
  };
}
