/**
 * Derived look-ups, outside the state: each is fed every (slot, old, new) pair, forwards by writes and backwards by undo. What they answer is a function
 * of the table's contents alone: slots come ascending, keys in order.
 */
import {createSortedKeys, type SortedKeys} from './sorted-keys.ts';
import type {Entity} from './types.ts';

export interface IndexDefinition<T extends Entity = never> {
  readonly table: string;
  readonly name: string;
  /** `unique`: one slot a key. `many`: several. `ordered`: unique, and keys can be walked in order. */
  readonly type: 'unique' | 'many' | 'ordered';
  /** The entity's key or keys; undefined: not in this index. */
  keys(entity: T): string | readonly string[] | undefined;
}

export interface Index {
  slotOf(key: string): number;
  slotsOf(key: string): readonly number[];
  /** Keys from `from` on, ascending (ordered indexes only). */
  from(key: string): IterableIterator<string>;
  change(slot: number, old: Entity | undefined, now: Entity | undefined): void;
}

const NONE: readonly number[] = Object.freeze([]);

type Keys = string | readonly string[] | undefined;

const keysOf = (definition: IndexDefinition, entity: Entity | undefined): Keys =>
  entity === undefined ? undefined : definition.keys(entity as never);

const asList = (keys: Keys): readonly string[] => (keys === undefined ? [] : typeof keys === 'string' ? [keys] : keys);

/** Most writes leave an entity's keys as they are. */
const unchanged = (a: Keys, b: Keys): boolean => typeof a !== 'object' && a === b;

export function createIndex(definition: IndexDefinition): Index {
  return definition.type === 'many'
    ? manyIndex(definition)
    : uniqueIndex(definition, definition.type === 'ordered' ? createSortedKeys() : undefined);
}

function uniqueIndex(definition: IndexDefinition, sorted: SortedKeys | undefined): Index {
  const slots = new Map<string, number>();
  return {
    slotOf: key => slots.get(key) ?? -1,
    slotsOf: key => (slots.has(key) ? [slots.get(key)!] : NONE),
    from: key => sorted!.from(key),
    change(slot, old, now) {
      const [was, is] = [keysOf(definition, old), keysOf(definition, now)];
      if (unchanged(was, is) && old && now) return;
      const [before, after] = [asList(was), asList(is)];
      for (const key of before)
        if (!after.includes(key) && slots.get(key) === slot) {
          slots.delete(key);
          sorted?.delete(key);
        }
      for (const key of after) {
        if (sorted && !slots.has(key)) sorted.add(key);
        slots.set(key, slot);
      }
    },
  };
}

function manyIndex(definition: IndexDefinition): Index {
  const lists = new Map<string, number[]>();
  const place = (list: number[], slot: number): number => {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle]! < slot) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    slotOf: key => lists.get(key)?.[0] ?? -1,
    slotsOf: key => lists.get(key) ?? NONE,
    from: () => [][Symbol.iterator]() as IterableIterator<string>,
    change(slot, old, now) {
      const [was, is] = [keysOf(definition, old), keysOf(definition, now)];
      if (unchanged(was, is) && old && now) return;
      const [before, after] = [asList(was), asList(is)];
      for (const key of before) {
        if (after.includes(key)) continue;
        const list = lists.get(key);
        const at = list ? place(list, slot) : -1;
        if (list?.[at] !== slot) continue;
        if (list.length === 1) lists.delete(key);
        else list.splice(at, 1);
      }
      for (const key of after) {
        const list = lists.get(key);
        if (!list) lists.set(key, [slot]);
        else if (list[list.length - 1]! < slot) list.push(slot);
        else {
          const at = place(list, slot);
          if (list[at] !== slot) list.splice(at, 0, slot);
        }
      }
    },
  };
}
