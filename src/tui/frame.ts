/** The box of a panel: its borders, its title in them, and the part of its rows that fits. All pure: rows in, rows of the exact width and height out. */
import {as, dim, type PanelRow, type Row, row, type Token} from '../selectors/styled.ts';
import {cut, fitRow, widthOf} from '../selectors/text.ts';
import type {Rect} from './layout.ts';

export interface FrameOptions {
  readonly title: string;
  /** The key that goes here. */
  readonly number?: string;
  /** Stands right in the upper border. */
  readonly note?: string;
  /** Stands left in the lower border: keys that show something else in this place. */
  readonly keys?: string | undefined;
  readonly focused: boolean;
  /** Index of the selected row; -1 for none. */
  readonly selected?: number;
  /** First row to show, where there is no selection to keep in sight. */
  readonly offset?: number;
  /** The key that shows the rest, where not all rows fit. */
  readonly onward?: string;
  /** Stands right in the lower border, where the rows themselves do not say how many do not fit. */
  readonly more?: string;
}

/** The first row to show so that the selected one is in sight, a little below the middle at most. */
function offsetFor(count: number, height: number, selected: number): number {
  return Math.max(0, Math.min(count - height, selected - Math.floor(height / 2)));
}

/** Draws rows into a bordered box of exactly the rectangle's size. */
export function frameRows(rows: readonly PanelRow[], rect: Pick<Rect, 'width' | 'height'>, options: FrameOptions): Row[] {
  const {focused, selected = -1} = options;
  const inner = {width: rect.width - 4, height: Math.max(0, rect.height - 2)};
  const line: Token = focused ? 'focus' : 'border';
  const furthest = Math.max(0, rows.length - inner.height);
  const inSight = selected >= 0 ? selected : rows.findIndex(each => each.here);
  const offset = inSight >= 0 ? offsetFor(rows.length, inner.height, inSight) : Math.min(options.offset ?? 0, furthest);
  const side = as(line, '│');
  const body = Array.from({length: inner.height}, (_, index): Row => {
    const place = offset + index;
    const fitted = fitRow(rows[place]?.row ?? [], inner.width);
    if (place !== selected) return row(side, ' ', fitted, ' ', side);
    return row(as('focus', '▸'), as('select', ` ${fitted.map(segment => segment.text).join('')} `), side);
  });
  const last = Math.min(rows.length, offset + inner.height);
  const onward = options.onward && last < rows.length ? `  ${options.onward}` : '';
  const more = furthest > 0 ? `${offset + 1}-${last} of ${rows.length}${onward}` : options.more;
  return [topBorder(rect.width, options, line), ...body, bottomBorder(rect.width, options.keys ?? '', more ? ` ${more} ` : '', line)].map(
    each => fitRow(each, rect.width),
  );
}

function topBorder(width: number, options: FrameOptions, line: Token): Row {
  const number = options.number ? as('key', ` ${options.number}`) : undefined;
  const title = as(options.focused ? 'focus' : 'title', `${options.focused ? ' ▸ ' : ' '}${options.title} `);
  const used = (number ? widthOf(number.text) : 0) + widthOf(title.text) + 4;
  const note = options.note ? cut(` ${options.note} `, Math.max(0, width - used - 2)) : '';
  return row(as(line, '╭─'), number, title, as(line, '─'.repeat(Math.max(0, width - used - widthOf(note)))), dim(note), as(line, '─╮'));
}

function bottomBorder(width: number, keys: string, more: string, line: Token): Row {
  const told = keys && cut(` ${keys} `, Math.max(0, width - 6 - widthOf(more)));
  const rest = Math.max(0, width - 5 - widthOf(told) - widthOf(more));
  return row(as(line, '╰─'), dim(told), as(line, '─'.repeat(rest)), dim(more), as(line, '──╯'));
}
