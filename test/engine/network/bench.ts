import {memoryIndexes} from '../../../src/engine/client/memory.ts';
import {createMachine} from '../../../src/engine/machine/machine.ts';
import type {Tx} from '../../../src/engine/machine/types.ts';

/** A machine whose only event runs the function it is handed. */
export function bench() {
  const machine = createMachine({
    seed: 1,
    indexes: memoryIndexes,
    handlers: {run: (tx, event) => (event.data as {run: (tx: Tx) => unknown}).run(tx)},
  });
  return {machine, run: <T>(run: (tx: Tx) => T): T => machine.dispatch({type: 'run', data: {run}}) as T};
}
