/** The room as rows: how many are where, who is stuck on what, which misconception spreads. */
import {as, dim, type Row, row, type Token} from '../../selectors/styled.ts';
import {clean, cut, pad} from '../../selectors/text.ts';
import type {Room} from '../room.ts';
import {minutes} from './table.ts';

const states: Readonly<Record<Room['seats'][number]['state'], {mark: string; word: string; token: Token}>> = {
  stuck: {mark: '!', word: 'stuck', token: 'warn'},
  works: {mark: '▸', word: 'works', token: 'value'},
  done: {mark: '✓', word: 'solved', token: 'ok'},
};

const BAR = 20;

/** Takes the room and a width in cells; returns rows that fit. */
export function roomRows(room: Room, name: string, width: number): Row[] {
  if (room.seats.length === 0) return [row(as('title', clean(name))), [], row(dim('Nobody is here yet.'))];
  const most = Math.max(...room.lessons.map(l => l.students));
  return [
    row(as('title', clean(name)), dim(`  ${room.seats.length} students, ${room.seats.filter(s => s.state === 'stuck').length} stuck`)),
    [],
    ...room.lessons.map(l =>
      row(
        dim(pad(clean(l.lesson), 6)),
        as('value', pad(clean(l.title), Math.max(10, width - BAR - 26))),
        as('bar', pad('█'.repeat(Math.ceil((BAR * l.students) / most)), BAR + 1)),
        as('number', String(l.students)),
        l.stuck > 0 && as('warn', `  ${l.stuck} stuck`),
      ),
    ),
    ...(room.misconceptions.length ? [[], row(as('title', 'Misconceptions'))] : []),
    ...room.misconceptions.map(m =>
      row(
        as('error', `${String(m.students.length).padStart(3)}  `),
        dim(pad(clean(m.lesson), 6)),
        cut(clean(m.say), Math.max(10, width - 12)),
      ),
    ),
    [],
    row(as('title', 'Students')),
    ...room.seats.map(seat => {
      const {mark, word, token} = states[seat.state];
      const place = `${seat.done}/${seat.steps}`;
      return row(
        as(token, `${mark} `),
        as('strong', pad(clean(seat.student), 18)),
        dim(pad(clean(seat.lesson), 6)),
        as('value', pad(place, 6)),
        as(token, pad(seat.state === 'done' ? word : `${word} ${minutes(seat.onStepMs)}`, 14)),
        seat.hints > 0 && as('accent', `${seat.hints} hints  `),
        seat.state !== 'done' && dim(cut(clean(seat.gap), Math.max(10, width - 58))),
      );
    }),
  ];
}
