import type {Memory} from '../../client/types.ts';

/** Forgets all of a kind: upstream keeps it in the program's own memory, so an earlier life's is gone when the program starts. */
export function forgetAll(memory: Memory, kind: string): void {
  for (const [id] of memory.list(kind)) memory.delete(kind, id);
}
