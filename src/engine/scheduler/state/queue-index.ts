/** The queue's heaps. Derived from the `queue` records, beside the state: entries that have been replaced since are dropped when they come up. */
import {createHeap, type Heap} from '../../machine/heap.ts';
import type {QueuedPod} from '../framework/types.ts';
import type {QueueEntry} from './records.ts';

interface Waiting {
  readonly key: string;
  readonly entry: QueueEntry;
}

export interface QueueIndex {
  set(key: string, entry: QueueEntry | undefined): void;
  get(key: string): QueueEntry | undefined;
  /** Next of the active queue. */
  firstActive(): Waiting | undefined;
  /** Next of those that back off because they were rejected, by the second their time is up, then as the active queue would. */
  firstBackoff(): Waiting | undefined;
  firstErrorBackoff(): Waiting | undefined;
  readonly poolSize: number;
  /** Keys of the pods that wait for an event, in order of key. */
  pool(): string[];
  /** Keys of the pods that are being bound, in order of key. */
  binding(): string[];
}

export function createQueueIndex(
  records: Iterable<readonly [string, QueueEntry]>,
  less: (a: QueuedPod, b: QueuedPod) => boolean,
): QueueIndex {
  const entries = new Map<string, QueueEntry>();
  const pool = new Set<string>();
  const binding = new Set<string>();
  const inOrder = (a: Waiting, b: Waiting): boolean => less(a.entry, b.entry) || (!less(b.entry, a.entry) && a.entry.seq < b.entry.seq);
  const byExpiry = (a: Waiting, b: Waiting): boolean =>
    a.entry.backoffUntil < b.entry.backoffUntil || (a.entry.backoffUntil === b.entry.backoffUntil && inOrder(a, b));
  const heaps: Readonly<Record<string, Heap<Waiting>>> = {
    active: createHeap(inOrder),
    backoff: createHeap(byExpiry),
    errorBackoff: createHeap(byExpiry),
  };

  const first = (heap: Heap<Waiting>): Waiting | undefined => {
    for (let top = heap.peek(); top; top = heap.peek()) {
      if (entries.get(top.key) === top.entry) return top;
      heap.pop();
    }
    return undefined;
  };

  const index: QueueIndex = {
    set(key, entry) {
      pool.delete(key);
      binding.delete(key);
      if (!entry) {
        entries.delete(key);
        return;
      }
      entries.set(key, entry);
      heaps[entry.place]?.push({key, entry});
      if (entry.place === 'unschedulable' || entry.place === 'gated') pool.add(key);
      if (entry.place === 'binding') binding.add(key);
    },
    get: key => entries.get(key),
    firstActive: () => first(heaps['active']!),
    firstBackoff: () => first(heaps['backoff']!),
    firstErrorBackoff: () => first(heaps['errorBackoff']!),
    get poolSize() {
      return pool.size;
    },
    pool: () => [...pool].sort(),
    binding: () => [...binding].sort(),
  };
  for (const [key, entry] of records) index.set(key, entry);
  return index;
}
