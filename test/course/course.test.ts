import {expect, test} from 'vitest';
import {lessonAfter, nextLesson} from '../../src/course/course.ts';
import {NO_PROGRESS, type Progress, withResult} from '../../src/course/progress.ts';
import type {LessonHead} from '../../src/course/types.ts';

const head = (number: string, ...prerequisites: string[]): LessonHead => ({
  id: number,
  number,
  title: number,
  about: '',
  minutes: 5,
  concepts: [],
  prerequisites,
  covers: [],
  file: '',
});
const lessons = [head('10.1', '1.1'), head('1.1'), head('1.B', '1.1'), head('9.1', '1.1'), head('9.B', '9.1')];
const solved = (...ids: string[]): Progress =>
  ids.reduce((kept, id) => withResult(kept, id, {solved: true, tested: false, passed: false, stars: ['solved'], commands: 1}), NO_PROGRESS);

test('behind a lesson comes the next one that is not done', () => {
  const after = (id: string, ...done: string[]) => lessonAfter(id, lessons, solved(...done, id))?.number;
  expect(after('9.B')).toBe('10.1');
  expect(after('1.1', '1.B')).toBe('9.1');
  expect(after('10.1', '9.1')).toBe('1.1');
  expect(after('10.1', '1.1', '1.B', '9.1', '9.B')).toBeUndefined();
});

test('the course is taken up where it was left, or at the first lesson that is open', () => {
  expect(nextLesson(lessons, NO_PROGRESS)?.number).toBe('1.1');
  expect(nextLesson(lessons, solved('1.1'))?.number).toBe('1.B');
  expect(nextLesson(lessons, {...solved('1.1'), last: '9.1'})?.number).toBe('9.1');
});
