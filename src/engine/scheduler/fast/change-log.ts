/** Which nodes changed, in order, as far back as it is worth knowing: what was computed from a node holds until the node stands here again. */
export interface ChangeLog {
  /** How many changes there have been. */
  readonly count: number;
  add(i: number): void;
  /** Writes `mark` in the column for every node that has changed since there were `since` changes; for all nodes where that is too long ago. */
  markSince(since: number, column: Int32Array, mark: number): void;
  /** Visits every node that has changed since there were `since` changes, perhaps more than once; all nodes where that is too long ago. */
  visitSince(since: number, visit: (i: number) => void): void;
}

/** A log for so many nodes; it goes back as many changes. */
export function createChangeLog(size: number): ChangeLog {
  const ring = new Int32Array(size);
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(i) {
      ring[count % size] = i;
      count++;
    },
    markSince(since, column, mark) {
      if (count - since > size) column.fill(mark);
      else for (let n = since; n < count; n++) column[ring[n % size]!] = mark;
    },
    visitSince(since, visit) {
      if (count - since > size) for (let i = 0; i < size; i++) visit(i);
      else for (let n = since; n < count; n++) visit(ring[n % size]!);
    },
  };
}
