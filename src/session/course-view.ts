/** The map of the course as front ends see it. */
import {CHAPTERS, chapterOf, inOrder, lessonsOf, needsOf, nextLesson, testsOf} from '../course/course.ts';
import {type Progress, STARS, starNames} from '../course/progress.ts';
import type {LessonHead} from '../course/types.ts';
import type {CourseView, LessonCard} from './types.ts';

/** What is known of a course and of the learner's way through it. */
export interface Standing {
  readonly lessons: readonly LessonHead[];
  readonly progress: Progress;
  /** Ids of lessons that were opened. */
  readonly begun: readonly string[];
}

/** `9.1 Probes` */
export const titled = ({number, title}: LessonHead): string => `${number} ${title}`;

export function courseView({lessons, progress, begun}: Standing): CourseView {
  const ordered = inOrder(lessons);
  const cardOf = (lesson: LessonHead): LessonCard => {
    const {id, number, title, about, minutes} = lesson;
    const done = progress.lessons[id];
    const needs = needsOf(lesson, ordered, progress);
    const stars = starNames.map(star => ({name: STARS[star], earned: Boolean(done?.stars.includes(star))}));
    const unsolved = begun.includes(id) ? 'started' : needs.length > 0 ? 'locked' : 'open';
    return {id, number, title, about, minutes, state: done?.solved ? 'solved' : done?.tested ? 'skipped' : unsolved, stars, needs};
  };
  const chapters = [...new Set(ordered.map(chapterOf))].map(number => ({
    number,
    title: CHAPTERS[number] ?? '',
    lessons: lessonsOf(number, ordered).map(cardOf),
    tests: testsOf(number, ordered).map(titled),
  }));
  return {chapters, resume: nextLesson(lessons, progress)?.id};
}
