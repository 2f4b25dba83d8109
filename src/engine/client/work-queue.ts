/** upstream: client-go/util/workqueue. The waiting keys of a component are its due `work` events in the machine, one a key. */
import type {Tx} from '../machine/types.ts';
import {memoryOf} from './memory.ts';
import type {WorkQueue} from './types.ts';

export const WORK = 'work';

/** upstream: client-go/util/workqueue/default_rate_limiters.go DefaultTypedControllerRateLimiter: of a key ... */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;
/** ... and of all keys together: a bucket of 100 that fills up by 10 a second. Controllers that ask for a retry and forget the failure meet only this one. */
const RETRY_INTERVAL_MS = 100;
const RETRY_BURST = 100;

/** From a key's turn to a free worker. */
const PICKUP_MS = 1;

const FAILURES = 'queue-failures';
const BUCKET = 'queue-bucket';

/** The queue of an owner (`component/instance`), to be used within one step. */
export function workQueueOf(tx: Tx, owner: string): WorkQueue {
  const memory = () => memoryOf(tx, owner);
  const failures = (key: string): number => memory().get<{count: number}>(FAILURES, key)?.count ?? 0;
  /** How long the next retry waits for a token. The bucket is known by the time at which it will be full again. */
  const takeToken = (): number => {
    const full = Math.max(tx.now, memory().get<{fullAt: number}>(BUCKET, '')?.fullAt ?? 0) + RETRY_INTERVAL_MS;
    memory().put(BUCKET, '', {fullAt: full});
    return Math.max(0, full - tx.now - RETRY_INTERVAL_MS * RETRY_BURST);
  };
  const addAfter = (key: string, ms: number): void => tx.schedule(tx.now + PICKUP_MS + ms, {type: WORK, to: owner, key});
  return {
    add: key => addAfter(key, 0),
    goOn: key => tx.schedule(tx.now, {type: WORK, to: owner, key}),
    goesOn: key => tx.dueAt(WORK, owner, key) === tx.now,
    addAfter,
    addRateLimited(key) {
      const count = failures(key);
      memory().put(FAILURES, key, {count: count + 1});
      addAfter(key, Math.max(Math.min(BASE_DELAY_MS * 2 ** count, MAX_DELAY_MS), takeToken()));
    },
    forget(key) {
      if (failures(key)) memory().delete(FAILURES, key);
    },
    failures,
  };
}
