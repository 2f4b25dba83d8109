import {as, dim, type Row, row, type Segment, type Token} from '../../selectors/styled.ts';
import {fitRow, rowWidth} from '../../selectors/text.ts';
import {clockText} from '../../selectors/time-text.ts';
import type {TimeView} from '../view.ts';

const marks = {
  command: {glyph: '┿', token: 'command'},
  error: {glyph: '✗', token: 'error'},
  bookmark: {glyph: '✦', token: 'past'},
} as const satisfies Record<TimeView['marks'][number]['kind'], {glyph: string; token: Token}>;

/** The line of time: flowing or not, how fast, the way travelled with the marks of commands on it, and where the present is. */
export function timelineRow(time: TimeView, width: number): Row {
  const left = row(
    ' ',
    state(time),
    dim(` ${flows(time) && time.pace !== undefined ? `${speedText(time.pace)} of ` : ''}${speedText(time.speed)}  `),
    as(time.past ? 'past' : 'number', clockText(shownTime(time))),
    ' ',
  );
  const right = row(
    ' ',
    time.past && dim(`of ${clockText(time.end)}  `),
    time.breakpoints > 0 && as('warn', `■${time.breakpoints} `),
    dim(`step ${time.step - time.firstStep}${time.step < time.lastStep ? `/${time.lastStep - time.firstStep}` : ''} `),
    time.past && as('past', ' PAST: = returns '),
  );
  return fitRow(row(left, track(time, Math.max(0, width - rowWidth(left) - rowWidth(right))), right), width);
}

/** While nothing happens the clock ticks in whole seconds: each of its ticks is a frame to be drawn. */
function shownTime({now, idle, paused, past}: TimeView): number {
  return idle && !paused && !past ? Math.floor(now / 1000) * 1000 : now;
}

function state(time: TimeView): Segment {
  if (time.hit !== undefined) return as('error', `■ ${time.hit.split(' (')[0]}`);
  if (time.past) return as('past', '◂ past');
  if (time.paused) return as('warn', '║ paused');
  if (time.foreseeing) return as('accent', '… looking ahead');
  if (time.idle) return as('dim', '◌ at rest');
  return time.pace === undefined ? as('ok', '▸ running') : as('ok', '▸ computing');
}

const flows = ({hit, past, paused, idle}: TimeView): boolean => hit === undefined && !past && !paused && !idle;

/** `1x`, `0.1x`, `max`. */
export function speedText(speed: number): string {
  return Number.isFinite(speed) ? `${Number(speed.toFixed(2))}x` : 'max';
}

/** Steps, not seconds, are spread over the track: much happens in some instants and nothing for minutes. */
function track(time: TimeView, width: number): Row {
  if (width < 4) return [];
  const span = Math.max(1, time.lastStep - time.firstStep);
  const place = (step: number): number => Math.max(0, Math.round(((step - time.firstStep) / span) * (width - 1)));
  const here = place(time.step);
  const cells: Segment[] = Array.from({length: width}, (_, cell) => (cell < here ? as('bar', '━') : as('ghost', '─')));
  for (const each of time.marks) cells[place(each.step)] = as(marks[each.kind].token, marks[each.kind].glyph);
  cells[here] = as(time.past ? 'past' : 'focus', '◉');
  return merged(cells);
}

/** Joins neighbours of one meaning, so that painting writes few escape sequences. */
function merged(cells: readonly Segment[]): Row {
  const joined: Segment[] = [];
  for (const cell of cells) {
    const last = joined.at(-1);
    if (last?.token === cell.token) joined[joined.length - 1] = as(cell.token, last.text + cell.text);
    else joined.push(cell);
  }
  return joined;
}
