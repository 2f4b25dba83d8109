/** upstream: pkg/controller/replicaset/replica_set.go slowStartBatch */

export const SLOW_START_INITIAL_BATCH_SIZE = 1;

/** Calls in batches of 1, 2, 4, 8, ..., as far as they have come. */
export interface SlowStart {
  /** How many there are to be. */
  readonly count: number;
  /** How many the batch at hand has, and how many of them have been made. */
  readonly batch: number;
  readonly made: number;
  readonly successes: number;
  /** How often the call was made, failures included. */
  readonly calls: number;
  /** The first failure of the batch that ends it. */
  readonly error?: unknown;
}

export const slowStart = (count: number, initialBatchSize: number): SlowStart => ({
  ...{count, batch: Math.min(count, initialBatchSize)},
  ...{made: 0, successes: 0, calls: 0},
});

export const isOver = ({batch, made}: SlowStart): boolean => made === batch;

/** What a turn makes or removes is made, or removed. */
export const areDone = (
  deeds: {readonly creations: SlowStart} | {readonly doomed: readonly string[]; readonly deleted: number},
): boolean => ('creations' in deeds ? isOver(deeds.creations) : deeds.deleted === deeds.doomed.length);

/**
 * Goes on by `most` calls at most. A batch is finished even when a call of it fails, but it is then the last one: what would all fail for the same reason (a quota)
 * fails only a few times.
 */
export function goOn(from: SlowStart, most: number, call: () => void): SlowStart {
  let {batch, made, successes, calls, error} = from;
  for (let n = 0; n < most && made < batch; n++) {
    try {
      call();
      successes++;
    } catch (failure) {
      error ??= failure;
    }
    calls++;
    made++;
    if (made === batch && error === undefined) [batch, made] = [Math.min(2 * batch, from.count - calls), 0];
  }
  return {count: from.count, batch, made, successes, calls, ...(error !== undefined && {error})};
}
