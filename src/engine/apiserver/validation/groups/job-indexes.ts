/** Lists of completed indexes, `1,3-5,7`. upstream: pkg/apis/batch/validation/validation.go validateIndexesFormat */

export const INDEX_ERROR = 'error';

type Parsed = {total: number; intervals: readonly (readonly [from: number, to: number])[]} | {[INDEX_ERROR]: string};

const failed = (error: string): Parsed => ({[INDEX_ERROR]: error});

/** The intervals and how many indexes they hold, or what is wrong. */
export function parseIndexes(text: string, completions: number): Parsed {
  if (text === '') return {total: 0, intervals: []};
  const intervals: [number, number][] = [];
  let total = 0;
  let last = -1;
  for (const part of text.split(',')) {
    const limits = part.split('-');
    if (limits.length > 2)
      return failed(`the fragment "${part}" violates the requirement that an index interval can have at most two parts separated by '-'`);
    for (const limit of limits)
      if (!/^[+-]?\d+$/.test(limit)) return failed(`cannot convert string to integer for index: ${JSON.stringify(limit)}`);
    const [from, to] = [Number(limits[0]), Number(limits.at(-1))];
    for (const index of limits.map(Number)) if (index >= completions) return failed(`too large index: "${index}"`);
    if (last >= from) return failed(`non-increasing order, previous: ${last}, current: ${from}`);
    if (limits.length === 2 && from >= to) return failed(`non-increasing order, previous: ${from}, current: ${to}`);
    intervals.push([from, to]);
    total += to - from + 1;
    last = to;
  }
  return {total, intervals};
}

/** What is wrong when an index both failed and completed. */
export function overlap(completed: string, failedIndexes: string, completions: number): string | undefined {
  const [a, b] = [parseIndexes(completed, completions), parseIndexes(failedIndexes, completions)];
  if (INDEX_ERROR in a || INDEX_ERROR in b) return undefined;
  for (const [from, to] of b.intervals)
    for (const [low, high] of a.intervals)
      if (from <= high && low <= to) return `failedIndexes and completedIndexes overlap at index: ${Math.max(from, low)}`;
  return undefined;
}
