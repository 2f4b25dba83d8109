/** upstream: pkg/controller/replicaset/replica_set.go slowStartBatch */

export const SLOW_START_INITIAL_BATCH_SIZE = 1;

export interface SlowStart {
  successes: number;
  /** How often the call was made, failures included. */
  calls: number;
  /** The first failure of the batch that ended it. */
  error?: unknown;
}

/**
 * Makes `count` calls in batches of 1, 2, 4, 8, ... A batch is finished even when a call of it fails, but it is then the last one:
 * what would all fail for the same reason (a quota) fails only a few times.
 */
export function slowStartBatch(count: number, initialBatchSize: number, call: () => void): SlowStart {
  let remaining = count;
  let calls = 0;
  let successes = 0;
  for (let size = Math.min(remaining, initialBatchSize); size > 0; size = Math.min(2 * size, remaining)) {
    const failures: unknown[] = [];
    for (let i = 0; i < size; i++, calls++) {
      try {
        call();
      } catch (error) {
        failures.push(error);
      }
    }
    successes += size - failures.length;
    if (failures.length > 0) return {successes, calls, error: failures[0]};
    remaining -= size;
  }
  return {successes, calls};
}
