/** Which due event comes next, and whether any is awaited: derived from the table of due events, outside the state, as its indexes are. */
import {createHeap, type Heap} from './heap.ts';
import type {IndexDefinition} from './indexes.ts';
import type {Tables} from './tables.ts';
import type {DueEvent, Entity} from './types.ts';

export const DUE = 'due';
export const DUE_INDEX: IndexDefinition = {table: DUE, name: 'key', type: 'path', fields: ['type', 'to', 'key']};

interface DueAt {
  readonly at: number;
  readonly seq: number;
  readonly slot: number;
}

export interface DueEvents {
  /** Slot and event of the earliest, or undefined. */
  first(): [number, DueEvent] | undefined;
  /** How many are due that are not periodic. */
  awaited(): number;
  /** The same of a fork of the tables. */
  fork(tables: Tables): DueEvents;
}

const earlier = (a: DueAt, b: DueAt): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

/** Of the due events in the tables, and of those that come. */
export function createDueEvents(tables: Tables): DueEvents {
  const heap = createHeap<DueAt>(earlier);
  let awaited = 0;
  for (const [slot, {at, seq, periodic}] of tables.read<DueEvent>(DUE).entries()) {
    heap.push({at, seq, slot});
    if (!periodic) awaited++;
  }
  return follow(tables, heap, awaited);
}

function follow(tables: Tables, heap: Heap<DueAt>, known: number): DueEvents {
  const due = tables.read<DueEvent>(DUE);
  let awaited = known;
  tables.onChange(DUE, (slot: number, old: Entity | undefined, now: Entity | undefined) => {
    if (old && !(old as DueEvent).periodic) awaited--;
    if (!now) return;
    const {at, seq, periodic} = now as DueEvent;
    if (!periodic) awaited++;
    heap.push({at, seq, slot});
  });
  return {
    first() {
      for (let top = heap.peek(); top; top = heap.peek()) {
        const event = due.get(top.slot);
        if (event && event.seq === top.seq && event.at === top.at) return [top.slot, event];
        heap.pop();
      }
      return undefined;
    },
    awaited: () => awaited,
    fork: forked => follow(forked, heap.fork(), awaited),
  };
}
