/** upstream: client-go/util/workqueue. The waiting keys of a component are its due `work` events in the machine, one a key. */
import type {Tx} from '../machine/types.ts';
import {memoryOf} from './memory.ts';
import type {WorkQueue} from './types.ts';

export const WORK = 'work';

/** upstream: client-go/util/workqueue/default_rate_limiters.go DefaultTypedControllerRateLimiter */
export const BASE_DELAY_MS = 5;
export const MAX_DELAY_MS = 1_000_000;

/** From a key's turn to a free worker. */
const PICKUP_MS = 1;

const FAILURES = 'queue-failures';

/** The queue of an owner (`component/instance`), to be used within one step. */
export function workQueueOf(tx: Tx, owner: string): WorkQueue {
  const memory = () => memoryOf(tx, owner);
  const failures = (key: string): number => memory().get<{count: number}>(FAILURES, key)?.count ?? 0;
  const addAfter = (key: string, ms: number): void => tx.schedule(tx.now + PICKUP_MS + ms, {type: WORK, to: owner, key});
  return {
    add: key => addAfter(key, 0),
    addAfter,
    addRateLimited(key) {
      const count = failures(key);
      memory().put(FAILURES, key, {count: count + 1});
      addAfter(key, Math.min(BASE_DELAY_MS * 2 ** count, MAX_DELAY_MS));
    },
    forget(key) {
      if (failures(key)) memory().delete(FAILURES, key);
    },
    failures,
  };
}
