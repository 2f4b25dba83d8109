import {expect, it} from 'vitest';
import {CHECKLIST} from '../../src/course/checklist.ts';
import {coverageOf} from '../../src/course/coverage.ts';
import {parseHead} from '../../src/course/schema.ts';
import {lessonFiles} from '../../src/platform/package-folder.ts';

/** Chapter and place; a boss comes last. */
const place = (number: string): number => Number(number.split('.')[0]) * 100 + (Number(number.split('.')[1]) || 99);

it('each row of the checklist names the lessons that say they teach it, in course order', () => {
  const lessons = lessonFiles().map(({text, file}) => parseHead(text, file)!);
  const rows = coverageOf([...lessons].reverse());
  expect(rows.map(r => r.id)).toEqual(Object.keys(CHECKLIST));
  const discovery = rows.filter(r => r.lessons.includes('2.3')).map(r => r.id);
  expect(discovery).toEqual(lessons.find(l => l.number === '2.3')!.covers.toSorted());
  for (const {lessons: numbers} of rows) expect(numbers).toEqual(numbers.toSorted((a, b) => place(a) - place(b)));
});

it('no row of the checklist is left out', () => {
  const rows = coverageOf(lessonFiles().map(({text, file}) => parseHead(text, file)!));
  expect(rows.filter(r => r.lessons.length === 0).map(r => r.id)).toEqual([]);
});
