import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {FREE_RULES, type Recording} from '../../src/course/recording.ts';
import {fileName, openRecordings} from '../../src/platform/recordings.ts';
import {readSeats, writeSeat} from '../../src/platform/room-folder.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'podyssey-recordings-'))));
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const recording = (done: number, lines: readonly string[]): Recording => ({
  rules: FREE_RULES,
  done,
  entries: lines.map((line, i) => ({step: i, at: i, action: {type: 'command', line}})),
  end: undefined,
});
const attempt = (done: number, ...lines: string[]) => ({hash: 'x', variant: {}, recording: recording(done, lines)});

it('the attempt that came furthest is the one to hand in, also after another one was begun', () => {
  const recordings = openRecordings(folder);
  expect(recordings.best('l')).toBeUndefined();
  recordings.save('l', attempt(0));
  recordings.save('l', attempt(2, 'first'));
  recordings.save('l', attempt(0));
  recordings.save('l', attempt(1, 'second'));
  expect(openRecordings(folder).best('l')).toEqual(attempt(2, 'first'));
  recordings.save('l', attempt(2, 'second', 'on'));
  expect(openRecordings(folder).best('l')).toEqual(attempt(2, 'second', 'on'));
});

it('a name can neither leave the folder nor meet another one', () => {
  const names = ['../x', 'a/b', 'a b', 'a_b', 'Ada', '.hidden', 'Łukasz', '\u001b[2J'];
  expect(names.map(fileName)).toEqual(['%2e.%2fx', 'a%2fb', 'a_b', 'a%5fb', 'Ada', '%2ehidden', 'Łukasz', '%1b%5b2J']);
});

it('a damaged file in a shared folder is passed over', () => {
  const seat = {version: 1, class: 'c', student: 'Ada', updated: 1, lesson: '1.1', title: 'T', done: 0, steps: 4} as const;
  const whole = {...seat, since: 1, gap: '', hints: 0, mistakes: [], solved: [], lessons: 1};
  writeSeat(folder, whole);
  writeFileSync(join(folder, 'cut.seat.json'), '{"version": 1, "stud');
  writeFileSync(join(folder, 'evil.seat.json'), JSON.stringify({...whole, student: '\u001b[2J'}));
  writeFileSync(join(folder, 'notes.txt'), 'not ours');
  expect(readdirSync(folder)).toHaveLength(4);
  expect(readSeats(folder)).toEqual([whole]);
});
