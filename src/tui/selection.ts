/** Which row of a panel is selected: known by what it stands for, so that it stays selected when rows come above it. */
import {type PanelRow, plainText} from '../selectors/styled.ts';

export interface RowMark {
  /** What the row stands for, or, where it stands for nothing, its text. */
  readonly key: string;
  /** Several rows may stand for one thing: which of them this is. */
  readonly nth: number;
  /** Where it stood: the place to fall back to when it is gone. */
  readonly index: number;
}

const keyOf = ({cause, ref, row}: PanelRow): string => {
  const stands = ref?.kind === 'object' && cause?.kind !== 'object' ? ref : (cause ?? ref);
  return stands ? JSON.stringify(stands) : plainText(row);
};

/** The mark of the row at an index. */
export function markOf(rows: readonly PanelRow[], index: number): RowMark {
  const row = rows[index];
  const key = row ? keyOf(row) : '';
  return {key, nth: rows.slice(0, index).filter(each => keyOf(each) === key).length, index};
}

/** Where the marked row stands now; where it was, when it is gone. */
export function indexOf(rows: readonly PanelRow[], {key, nth, index}: RowMark): number {
  if (rows[index] && keyOf(rows[index]) === key && markOf(rows, index).nth === nth) return index;
  let seen = -1;
  const found = rows.findIndex(row => keyOf(row) === key && ++seen === nth);
  return found >= 0 ? found : Math.min(index, rows.length - 1);
}
