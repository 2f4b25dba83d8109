/**
 * Derived look-ups, outside the state: each is fed every (slot, old, new) pair, forwards by writes and backwards by undo. What they answer is a function
 * of the table's contents alone: slots come ascending, keys in order. A fork shares what its parent has derived, piece by piece, until one of the two writes.
 */
import {newEdit} from './edits.ts';
import {placeIn} from './place-in.ts';
import {createSharedMap, type SharedMap} from './shared-map.ts';
import {createSortedKeys, type SortedKeys} from './sorted-keys.ts';
import type {Entity} from './types.ts';

export type IndexDefinition<T extends Entity = never> = KeyDefinition<T> | PathDefinition;

export interface KeyDefinition<T extends Entity = never> {
  readonly table: string;
  readonly name: string;
  /** `unique`: one slot a key. `many`: several. `ordered`: unique, and keys can be walked in order. */
  readonly type: 'unique' | 'many' | 'ordered';
  /** The entity's key or keys; undefined: not in this index. */
  keys(entity: T): string | readonly string[] | undefined;
}

/** One slot a path: the values of some fields, the broadest first. No key has to be put together to look one up. */
export interface PathDefinition {
  readonly table: string;
  readonly name: string;
  readonly type: 'path';
  /** An entity without the last one is not in this index; where another is missing, it counts as ''. */
  readonly fields: readonly string[];
}

export interface Index {
  slotOf(key: string): number;
  slotsOf(key: string): readonly number[];
  /** Keys from `from` on, ascending (ordered indexes only). */
  from(key: string): IterableIterator<string>;
  /** The slot at the end of a path, or -1 (path indexes only). */
  slotAt(path: readonly string[]): number;
  /** The slots below the beginning of a path, in the order of its last part (path indexes only). */
  slotsUnder(path: readonly string[]): number[];
  /** Takes in a change; false when it left the keys as they were. */
  change(slot: number, old: Entity | undefined, now: Entity | undefined): boolean;
  /** An index of its own that answers the same. */
  fork(): Index;
}

const NONE: readonly number[] = Object.freeze([]);

type Keys = string | readonly string[] | undefined;

const keysOf = (definition: KeyDefinition, entity: Entity | undefined): Keys =>
  entity === undefined ? undefined : definition.keys(entity as never);

const asList = (keys: Keys): readonly string[] => (keys === undefined ? [] : typeof keys === 'string' ? [keys] : keys);

/** Most writes leave an entity's keys as they are. */
const unchanged = (a: Keys, b: Keys): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && a.length === b.length && a.every((key, i) => key === b[i]));

export function createIndex(definition: IndexDefinition): Index {
  if (definition.type === 'path') return pathIndex(definition, {edit: newEdit(), parts: new Map()});
  return definition.type === 'many'
    ? manyIndex(definition, createSharedMap())
    : uniqueIndex(definition, createSharedMap(), definition.type === 'ordered' ? createSortedKeys() : undefined);
}

/** What only a path index answers. */
const NO_PATHS = {slotAt: (): number => -1, slotsUnder: (): number[] => []};

function uniqueIndex(definition: KeyDefinition, slots: SharedMap<number>, sorted: SortedKeys | undefined): Index {
  return {
    ...NO_PATHS,
    slotOf: key => slots.get(key) ?? -1,
    slotsOf(key) {
      const slot = slots.get(key);
      return slot === undefined ? NONE : [slot];
    },
    from: key => sorted!.from(key),
    change(slot, old, now) {
      const [was, is] = [keysOf(definition, old), keysOf(definition, now)];
      if (unchanged(was, is) && old && now) return false;
      const [before, after] = [asList(was), asList(is)];
      for (const key of before)
        if (!after.includes(key) && slots.get(key) === slot) {
          slots.delete(key);
          sorted?.delete(key);
        }
      for (const key of after) {
        if (sorted && slots.get(key) === undefined) sorted.add(key);
        slots.set(key, slot);
      }
      return true;
    },
    fork: () => uniqueIndex(definition, slots.fork(), sorted?.fork()),
  };
}

interface SlotList {
  readonly edit: number;
  /** Ascending. */
  readonly slots: number[];
}

function manyIndex(definition: KeyDefinition, lists: SharedMap<SlotList>): Index {
  let edit = newEdit();
  /** The list under a key, to be written. */
  const own = (key: string, list: SlotList): number[] => {
    if (list.edit === edit) return list.slots;
    const slots = list.slots.slice();
    lists.set(key, {edit, slots});
    return slots;
  };
  return {
    ...NO_PATHS,
    slotOf: key => lists.get(key)?.slots[0] ?? -1,
    slotsOf: key => lists.get(key)?.slots ?? NONE,
    from: () => [][Symbol.iterator]() as IterableIterator<string>,
    change(slot, old, now) {
      const [was, is] = [keysOf(definition, old), keysOf(definition, now)];
      if (unchanged(was, is) && old && now) return false;
      const [before, after] = [asList(was), asList(is)];
      for (const key of before) {
        if (after.includes(key)) continue;
        const list = lists.get(key);
        const at = list ? placeIn(list.slots, slot) : -1;
        if (!list || list.slots[at] !== slot) continue;
        if (list.slots.length === 1) lists.delete(key);
        else own(key, list).splice(at, 1);
      }
      for (const key of after) {
        const list = lists.get(key);
        if (!list) lists.set(key, {edit, slots: [slot]});
        else {
          const at = placeIn(list.slots, slot);
          if (list.slots[at] !== slot) own(key, list).splice(at, 0, slot);
        }
      }
      return true;
    },
    fork() {
      edit = newEdit();
      return manyIndex(definition, lists.fork());
    },
  };
}

/** Maps in maps, down to a slot. */
interface Branch {
  readonly edit: number;
  readonly parts: Map<string, Branch | number>;
}

function pathIndex(definition: PathDefinition, top: Branch): Index {
  const {fields} = definition;
  const end = fields.length - 1;
  let edit = newEdit();
  let root = top;
  const partOf = (entity: Entity, i: number): string | undefined => (entity as Record<string, string | undefined>)[fields[i]!];

  const sameParts = (a: Entity, b: Entity): boolean => {
    for (let i = end; i >= 0; i--) if (partOf(a, i) !== partOf(b, i)) return false;
    return true;
  };
  /** The branch, to be written. */
  const own = (branch: Branch): Branch => (branch.edit === edit ? branch : {edit, parts: new Map(branch.parts)});
  const ownBelow = (branch: Branch, part: string): Branch => {
    const there = branch.parts.get(part) as Branch | undefined;
    const below = there ? own(there) : {edit, parts: new Map()};
    if (below !== there) branch.parts.set(part, below);
    return below;
  };
  const add = (slot: number, entity: Entity): void => {
    const last = partOf(entity, end);
    if (last === undefined) return;
    let branch = (root = own(root));
    for (let i = 0; i < end; i++) branch = ownBelow(branch, partOf(entity, i) ?? '');
    branch.parts.set(last, slot);
  };
  /** Takes a slot from the end of a path, and what is left empty by that. `branch` may be written. */
  const take = (slot: number, entity: Entity, branch: Branch, i: number): void => {
    const part = partOf(entity, i) ?? '';
    const next = branch.parts.get(part);
    if (typeof next === 'object') {
      const below = ownBelow(branch, part);
      take(slot, entity, below, i + 1);
      if (below.parts.size === 0) branch.parts.delete(part);
    } else if (next === slot) branch.parts.delete(part);
  };

  return {
    slotOf: () => -1,
    slotsOf: () => NONE,
    from: () => [][Symbol.iterator]() as IterableIterator<string>,
    slotAt(path) {
      let at: Branch | number | undefined = root;
      for (let i = 0; i <= end && at !== undefined; i++) at = (at as Branch).parts.get(path[i]!);
      return (at as number | undefined) ?? -1;
    },
    slotsUnder(path) {
      let at: Branch | undefined = root;
      for (let i = 0; i < path.length && at !== undefined; i++) at = at.parts.get(path[i]!) as Branch | undefined;
      const {parts} = at ?? {};
      return parts ? [...parts.keys()].sort().map(part => parts.get(part) as number) : [];
    },
    change(slot, old, now) {
      if (old && now && sameParts(old, now)) return false;
      if (old && partOf(old, end) !== undefined) take(slot, old, (root = own(root)), 0);
      if (now) add(slot, now);
      return true;
    },
    fork() {
      edit = newEdit();
      return pathIndex(definition, root);
    },
  };
}
