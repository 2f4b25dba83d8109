/** A component's private memory as entities of one table, so that it is rewound with everything else. */
import {copyWith, shareJson} from '../api/clone.ts';
import type {IndexDefinition} from '../machine/indexes.ts';
import type {ReadTable, Tx} from '../machine/types.ts';
import type {Memory} from './types.ts';

export interface MemoryEntry {
  readonly owner: string;
  readonly kind: string;
  readonly id: string;
  readonly value: object;
}

export const MEMORY = 'memory';

export const memoryIndexes: readonly IndexDefinition[] = [{table: MEMORY, name: 'path', type: 'path', fields: ['owner', 'kind', 'id']}];

/** What an owner (`kubelet/node-1`) remembers, for reading only: selectors use it on a machine, a memory on a transaction. */
export function readMemory(from: {table<T extends object>(name: string): ReadTable<T>}, owner: string): Pick<Memory, 'get' | 'list'> {
  const table = from.table<MemoryEntry>(MEMORY);
  return {
    get: <T extends object>(kind: string, id: string) => table.at('path', owner, kind, id)?.value as T | undefined,
    list: <T extends object>(kind: string) => table.under('path', owner, kind).map(m => [m.id, m.value as T] as [string, T]),
  };
}

/** By kind, what was remembered last: containers of a template, workers of pods have most in common. */
const lastOf = new WeakMap<Tx, Map<string, Readonly<Record<string, unknown>>>>();

/** What is to be remembered; what is new in it and reads the same in the last of its kind, taken from there. */
function likeTheLast(tx: Tx, kind: string, value: object): object {
  if (Object.isFrozen(value)) return value;
  let last = lastOf.get(tx);
  if (!last) lastOf.set(tx, (last = new Map()));
  const kept = copyWith(value, {}) as Record<string, unknown>;
  const known = last.get(kind) ?? {};
  for (const field in known) if (typeof kept[field] === 'object') kept[field] = shareJson(kept[field], known[field]);
  last.set(kind, kept);
  return kept;
}

/** The memory of an owner, to be used within one step. */
export function memoryOf(tx: Tx, owner: string): Memory {
  const table = tx.table<MemoryEntry>(MEMORY);
  const slotOf = (kind: string, id: string): number => table.slotAt('path', owner, kind, id);
  const {get, list} = readMemory(tx, owner);
  return {
    get,
    list,
    put(kind, id, value) {
      const slot = slotOf(kind, id);
      const kept = likeTheLast(tx, kind, value);
      if (slot < 0) tx.insert(MEMORY, {owner, kind, id, value: kept});
      else tx.replace(MEMORY, slot, copyWith(table.get(slot)!, {value: kept}));
    },
    update<T extends object>(kind: string, id: string, recipe: (draft: T) => void): T {
      const slot = slotOf(kind, id);
      if (slot < 0) throw new Error(`${owner} remembers no ${kind} ${id}`);
      return tx.update<MemoryEntry>(MEMORY, slot, entry => recipe(entry.value as T)).value as T;
    },
    delete(kind, id) {
      const slot = slotOf(kind, id);
      if (slot >= 0) tx.remove(MEMORY, slot);
    },
  };
}
