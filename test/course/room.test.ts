import {expect, it} from 'vitest';
import {roomRows} from '../../src/course/report/room.ts';
import {roomOf, type Seat, STUCK_MS} from '../../src/course/room.ts';
import {plainText} from '../../src/selectors/styled.ts';

const NOW = 10_000_000;
const seat = (student: string, more: Partial<Seat> = {}): Seat => ({
  version: 1,
  class: 'k8s',
  student,
  updated: NOW,
  lesson: '3.2',
  title: 'May you',
  done: 1,
  steps: 4,
  since: NOW - 30_000,
  gap: 'The pod is Running',
  hints: 0,
  mistakes: [],
  solved: [],
  lessons: 6,
  ...more,
});

it('who is stuck comes first, and the misconception that spreads most', () => {
  const seats = [
    seat('Ada', {done: 4}),
    seat('Ben', {mistakes: ['too much']}),
    seat('Cleo', {since: NOW - STUCK_MS - 1, mistakes: ['too little', 'too much']}),
    seat('Dan', {since: NOW - 2 * STUCK_MS, lesson: '10.2', title: 'Five thousand nodes'}),
  ];
  const room = roomOf(seats, NOW);
  expect(room.seats.map(s => [s.student, s.state])).toEqual([
    ['Dan', 'stuck'],
    ['Cleo', 'stuck'],
    ['Ben', 'works'],
    ['Ada', 'done'],
  ]);
  expect(room.misconceptions).toEqual([
    {lesson: '3.2', say: 'too much', students: ['Ben', 'Cleo']},
    {lesson: '3.2', say: 'too little', students: ['Cleo']},
  ]);
  expect(room.lessons.map(l => [l.lesson, l.students, l.stuck])).toEqual([
    ['3.2', 3, 1],
    ['10.2', 1, 1],
  ]);
  const rows = roomRows(room, 'k8s', 80).map(plainText);
  expect(rows).toContainEqual(expect.stringMatching(/^! Dan +10\.2 +1\/4 +stuck 8:00 +The pod is Running$/));
  expect(Math.max(...rows.map(row => row.length))).toBeLessThanOrEqual(80);
});
