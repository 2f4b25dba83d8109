/** Which lessons teach which mechanism, by what their files say they cover. */
import {CHECKLIST} from './checklist.ts';
import {inOrder} from './course.ts';
import type {LessonHead} from './types.ts';

export interface Covered {
  /** Row of the checklist. */
  readonly id: string;
  readonly mechanism: string;
  /** Numbers of the lessons, in course order. */
  readonly lessons: readonly string[];
}

/** Every row of the checklist, in its order. */
export function coverageOf(lessons: readonly LessonHead[]): Covered[] {
  const ordered = inOrder(lessons);
  return Object.entries(CHECKLIST).map(([id, mechanism]) => ({
    id,
    mechanism,
    lessons: ordered.filter(l => l.covers.includes(id)).map(l => l.number),
  }));
}
