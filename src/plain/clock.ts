/** A clock that only moves when it is turned: in a line dialogue time passes between two lines, not while one is read. */

export interface ManualClock {
  /** Milliseconds that only go forward. */
  now(): number;
  /** Calls back once, when the clock has been turned that far; returns what prevents it. */
  later(ms: number, callback: () => void): () => void;
  /** Lets milliseconds pass; whatever is due calls back in order. */
  turn(ms: number): void;
}

/** A clock that stands until it is moved: time for what has no real one. */
export function createManualClock(): ManualClock {
  let time = 0;
  let count = 0;
  const due = new Map<number, {readonly at: number; readonly callback: () => void}>();
  const earliest = (): [number, {readonly at: number; readonly callback: () => void}] | undefined =>
    [...due].sort(([one, first], [other, second]) => first.at - second.at || one - other)[0];
  return {
    now: () => time,
    later(ms, callback) {
      const id = count++;
      due.set(id, {at: time + ms, callback});
      return () => due.delete(id);
    },
    turn(ms) {
      const until = time + ms;
      for (let next = earliest(); next && next[1].at <= until; next = earliest()) {
        due.delete(next[0]);
        time = next[1].at;
        next[1].callback();
      }
      time = until;
    },
  };
}
