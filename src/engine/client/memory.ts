/** A component's private memory as entities of one table, so that it is rewound with everything else. */
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

const entryKey = (owner: string, kind: string, id: string): string => `${owner}\n${kind}\n${id}`;

export const memoryIndexes: readonly IndexDefinition[] = [
  {table: MEMORY, name: 'key', type: 'unique', keys: (m: MemoryEntry) => entryKey(m.owner, m.kind, m.id)},
  {table: MEMORY, name: 'kind', type: 'many', keys: (m: MemoryEntry) => `${m.owner}\n${m.kind}`},
] as unknown as readonly IndexDefinition[];

const byId = (a: [string, unknown], b: [string, unknown]): number => (a[0] < b[0] ? -1 : 1);

/** What an owner (`kubelet/node-1`) remembers, for reading only: selectors use it on a machine, a memory on a transaction. */
export function readMemory(from: {table<T extends object>(name: string): ReadTable<T>}, owner: string): Pick<Memory, 'get' | 'list'> {
  const table = from.table<MemoryEntry>(MEMORY);
  return {
    get: <T extends object>(kind: string, id: string) => table.find('key', entryKey(owner, kind, id))?.value as T | undefined,
    list: <T extends object>(kind: string) =>
      table
        .all('kind', `${owner}\n${kind}`)
        .map(m => [m.id, m.value as T] as [string, T])
        .sort(byId),
  };
}

/** The memory of an owner, to be used within one step. */
export function memoryOf(tx: Tx, owner: string): Memory {
  const table = tx.table<MemoryEntry>(MEMORY);
  const slotOf = (kind: string, id: string): number => table.slotOf('key', entryKey(owner, kind, id));
  return {
    ...readMemory(tx, owner),
    put(kind, id, value) {
      const slot = slotOf(kind, id);
      if (slot < 0) tx.insert(MEMORY, {owner, kind, id, value});
      else tx.replace(MEMORY, slot, {owner, kind, id, value});
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
