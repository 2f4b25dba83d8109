/** The course as a whole: its lessons in order, and what of it is open to a learner. */
import {isDone, isPassed, type Progress} from './progress.ts';
import type {LessonHead} from './types.ts';

/** Titles of the chapters, by number. */
export const CHAPTERS: Readonly<Record<number, string>> = {
  1: 'Birth certificate',
  2: 'kubectl: leaving home',
  3: 'The gatekeepers',
  4: 'Admission and the store',
  5: 'The reconcilers',
  6: 'The scheduler',
  7: 'The kubelet and the sandbox',
  8: 'Network',
  9: 'Living and dying',
  10: 'At scale, and the truth',
};

/** The number of the chapter that a lesson belongs to. */
export const chapterOf = (lesson: LessonHead): number => Number(lesson.number.split('.')[0]);

/** By chapter, then by place in it; bosses (`3.B`) come last in theirs. */
export function inOrder<L extends LessonHead>(lessons: readonly L[]): L[] {
  const place = (l: LessonHead): number => Number(l.number.split('.')[1]) || 99;
  return [...lessons].sort((a, b) => chapterOf(a) - chapterOf(b) || place(a) - place(b));
}

/** Titles of the lessons that have to be solved first and are not. */
export const needsOf = (lesson: LessonHead, lessons: readonly LessonHead[], progress: Progress): string[] =>
  lesson.prerequisites.filter(id => !isDone(progress, id)).map(id => lessons.find(l => l.id === id)?.title ?? id);

/** The first lesson that is open and not done; the one last opened comes first if it is not. */
export function nextLesson<L extends LessonHead>(lessons: readonly L[], progress: Progress): L | undefined {
  const ordered = inOrder(lessons);
  const left = ordered.filter(l => !isDone(progress, l.id));
  return left.find(l => l.id === progress.last) ?? left.find(l => needsOf(l, ordered, progress).length === 0);
}

/** What a learner goes on with who has finished a lesson: the next one behind it that is not done; where there is none, what lies open before it. */
export function lessonAfter<L extends LessonHead>(id: string, lessons: readonly L[], progress: Progress): L | undefined {
  const ordered = inOrder(lessons);
  const behind = ordered.slice(ordered.findIndex(l => l.id === id) + 1);
  return behind.find(l => !isDone(progress, l.id)) ?? nextLesson(lessons, progress);
}

/** The lesson with this id, number, or title (case does not count). */
export function findLesson<L extends LessonHead>(lessons: readonly L[], word: string): L | undefined {
  const lower = word.toLowerCase();
  return lessons.find(l => l.id === lower || l.number.toLowerCase() === lower || l.title.toLowerCase() === lower);
}

/** A chapter's lessons, in order. */
export const lessonsOf = <L extends LessonHead>(chapter: number, lessons: readonly L[]): L[] =>
  inOrder(lessons).filter(l => chapterOf(l) === chapter);

/** What a chapter is skipped with: a lesson of its middle, and its boss (where it has none, its last lesson). */
export function testsOf<L extends LessonHead>(chapter: number, lessons: readonly L[]): L[] {
  const all = lessonsOf(chapter, lessons);
  const middle = Math.floor((all.length - 1) / 2);
  return all.filter((_, place) => place === middle || place === all.length - 1);
}

/** The first of them that has not been passed: solved without hints, all predictions right. */
export const nextTest = <L extends LessonHead>(chapter: number, lessons: readonly L[], progress: Progress): L | undefined =>
  testsOf(chapter, lessons).find(({id}) => !isPassed(progress, id));
