/** The lessons to play: the package's own, and files of a teacher. */
import {inOrder} from '../course/course.ts';
import {type Fault, faultText, type Parsed, parseLesson, variantOf} from '../course/schema.ts';
import type {Lesson} from '../course/types.ts';
import {lessonFiles} from '../platform/package-folder.ts';
import {testLesson} from '../session/lesson-test.ts';
import {Failure} from './failure.ts';
import {textOf} from './manifests.ts';

/** A lesson file as read, with the first of the values that vary. */
export interface LessonFile extends Parsed {
  readonly file: string;
  readonly text: string;
}

/** Reads lesson files; without names the package's own. Throws Failure for a file that cannot be read. */
export function readLessons(files: readonly string[] = []): LessonFile[] {
  const texts = files.length ? files.map(file => ({file, text: textOf(file)})) : lessonFiles();
  return texts.map(({file, text}) => lessonFile(file, text));
}

function withFirstVariant(text: string, file: string): Parsed {
  const plain = parseLesson(text, file);
  return plain.lesson && Object.keys(plain.lesson.world.vary).length ? parseLesson(text, file, variantOf(plain.lesson.world.vary)) : plain;
}

/** A lesson file's text, read; with the first of the values that vary. */
export const lessonFile = (file: string, text: string): LessonFile => ({file, text, ...withFirstVariant(text, file)});

/** All that is wrong with a lesson file: with its text, or, if that is whole, with every variant of it when it is played. Each fault once. */
export function allFaults(file: LessonFile): Fault[] {
  if (!file.lesson) return file.faults;
  const faults = variantsOf(file).flatMap(v => (v.lesson ? testLesson(v.lesson).map(p => v.at(p.path, p.message)) : v.faults));
  return [...new Map(faults.map(f => [faultText(f), f])).values()];
}

/** Every variant of a lesson file: as many as its longest list of values has. */
function variantsOf({text, file, lesson}: LessonFile): Parsed[] {
  const vary = lesson?.world.vary ?? {};
  const count = Math.max(1, ...Object.values(vary).map(values => values.length));
  return Array.from({length: count}, (_, i) => parseLesson(text, file, variantOf(vary, i)));
}

/** The lessons in course order, where nothing may be wrong. Throws Failure with the first fault. */
export function wholeLessons(files: readonly string[] = []): Lesson[] {
  const read = readLessons(files);
  const faults: Fault[] = read.flatMap(r => r.faults);
  if (faults[0]) throw new Failure(faultText(faults[0]));
  return inOrder(read.map(r => r.lesson!));
}
