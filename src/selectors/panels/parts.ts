/** What several panels are made of. */
import type {Trend} from '../facts/facts.ts';
import type {LeftOutFacts} from '../facts/left-out.ts';
import type {Verdict} from '../facts/request.ts';
import {sparkline} from '../sparkline.ts';
import {as, dim, type PanelRow, type Row, row, type Segment, type Token} from '../styled.ts';
import {countText, pad, widthOf, wrapRow} from '../text.ts';

/** A mark and its meaning for each verdict; the mark alone tells them apart without colour. */
export const verdicts = {
  ok: {mark: '✓', token: 'ok', word: 'ok'},
  denied: {mark: '✗', token: 'error', word: 'denied'},
  waiting: {mark: '◌', token: 'warn', word: 'waiting'},
  active: {mark: '◉', token: 'accent', word: 'now'},
  skipped: {mark: '-', token: 'dim', word: 'skipped'},
  idle: {mark: '·', token: 'ghost', word: 'not yet'},
} as const satisfies Record<Verdict, {mark: string; token: Token; word: string}>;

/** The sign of a verdict, in its colour. */
export function mark(verdict: Verdict): Segment {
  return as(verdicts[verdict].token, verdicts[verdict].mark);
}

/** A heading between groups of rows. */
export function heading(text: string, note = ''): PanelRow {
  return {row: row(as('title', text), note !== '' && dim(`  ${note}`))};
}

/** What a panel says while there is nothing to show, and what would change that. */
export function nothing(text: string, width: number): readonly PanelRow[] {
  return wrapRow([dim(text)], width).map(line => ({row: line}));
}

/** What a list does not tell of, and how to see it. A filter of the panel looks through what is shown. */
export function leftOutRow({count, what, command}: LeftOutFacts, indent = ''): PanelRow {
  const things = count === 1 ? what.replace(/s$/, '') : what;
  return {
    row: row(dim(`${indent}… ${countText(count)} more ${things}${command === '' ? '' : `: ${command}  (no filter finds them here)`}`)),
  };
}

/** That row, where something is left out. */
export const leftOutRows = (leftOut: LeftOutFacts, indent?: string): PanelRow[] => (leftOut.count > 0 ? [leftOutRow(leftOut, indent)] : []);

/** A trend in a few cells: its bars and what stands now. */
export const trendText = (trend: Trend): string => `${sparkline(trend, 10).text} ${trend.now}`;

export interface Column<T> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The widest it may get, in cells. */
  readonly atMost?: number;
  readonly token?: Token | ((item: T) => Token);
  text(item: T): string;
}

/** Lays items out in columns as wide as their widest cell; when the sum is too wide, `flexible` (the index of one column) gives way. */
export function table<T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  width: number,
  flexible: number,
  standsFor?: (item: T) => Pick<PanelRow, 'ref' | 'cause'>,
): PanelRow[] {
  const cells = items.map(item => columns.map(column => column.text(item)));
  const widths = columns.map((column, index) =>
    Math.min(column.atMost ?? Number.POSITIVE_INFINITY, Math.max(widthOf(column.title), ...cells.map(line => widthOf(line[index]!)))),
  );
  const gaps = 2 * (columns.length - 1);
  const over = widths.reduce((sum, cell) => sum + cell, gaps) - width;
  if (over > 0) widths[flexible] = Math.max(6, widths[flexible]! - over);
  const line = (texts: readonly string[], tokenOf: (index: number) => Token): Row =>
    texts.map((text, index) =>
      as(tokenOf(index), pad(text, widths[index]!, columns[index]!.align) + (index < columns.length - 1 ? '  ' : '')),
    );
  return [
    {
      row: line(
        columns.map(column => column.title),
        () => 'dim',
      ),
    },
    ...items.map((item, place) => ({
      row: line(cells[place]!, index => {
        const token = columns[index]!.token ?? 'text';
        return typeof token === 'function' ? token(item) : token;
      }),
      ...standsFor?.(item),
    })),
  ];
}

/** Long text under a row, wrapped and indented. */
export function below(text: string, token: Token, width: number, indent = 4): PanelRow[] {
  const margin = ' '.repeat(indent);
  return wrapRow([as(token, text)], width - indent).map(line => ({row: row(margin, line)}));
}

/** A bar of `width` cells, `share` (0 to 1) of it filled. */
export function bar(share: number, width: number): Row {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return row(as('bar', '█'.repeat(filled)), as('ghost', '░'.repeat(width - filled)));
}
