/** What a template remembers of a node is forgotten when the node changes, however long the template was not used. */
import {describe, expect, it} from 'vitest';
import {createChangeLog} from '../../../src/engine/scheduler/fast/change-log.ts';

const STALE = -2;

function marked(size: number, changes: readonly number[], since: number): number[] {
  const log = createChangeLog(size);
  for (const i of changes) log.add(i);
  const column = new Int32Array(size);
  log.markSince(since, column, STALE);
  return [...column.keys()].filter(i => column[i] === STALE);
}

describe('the log of changed nodes', () => {
  it('marks nothing when nothing changed', () => expect(marked(4, [1, 2], 2)).toEqual([]));
  it('marks what changed since', () => expect(marked(4, [1, 3, 0], 1)).toEqual([0, 3]));
  it('goes round: only the latest changes stand in it', () => expect(marked(4, [0, 1, 2, 3, 2, 2], 3)).toEqual([2, 3]));
  it('marks every node when it does not go back far enough', () => expect(marked(3, [1, 1, 1, 1], 0)).toEqual([0, 1, 2]));
});
