/** The lessons to play: the package's own, and files of a teacher. */
import {inOrder} from '../course/course.ts';
import {type Fault, faultText, parseLesson} from '../course/schema.ts';
import type {Lesson} from '../course/types.ts';
import {lessonFiles} from '../platform/package-folder.ts';
import {Failure} from './failure.ts';
import {textOf} from './manifests.ts';

export interface Loaded {
  readonly lessons: Lesson[];
  readonly faults: Fault[];
}

/** Reads lesson files; without names the package's own. Throws Failure for a file that cannot be read. */
export function loadLessons(files: readonly string[] = []): Loaded {
  const texts = files.length ? files.map(file => ({file, text: textOf(file)})) : lessonFiles();
  const read = texts.map(({file, text}) => parseLesson(text, file));
  return {lessons: inOrder(read.flatMap(r => (r.lesson ? [r.lesson] : []))), faults: read.flatMap(r => r.faults)};
}

/** The same, where nothing may be wrong. Throws Failure with the first fault. */
export function wholeLessons(files: readonly string[] = []): Lesson[] {
  const {lessons, faults} = loadLessons(files);
  if (faults[0]) throw new Failure(faultText(faults[0]));
  return lessons;
}
