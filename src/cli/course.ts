/** The lessons to play: the package's own, and files of a teacher. */
import {inOrder} from '../course/course.ts';
import {type Fault, faultText, type Parsed, parseHead, parseLesson, variantOf} from '../course/schema.ts';
import type {Lesson, LessonHead} from '../course/types.ts';
import {builtHeads, lessonFiles, type TextFile} from '../platform/package-folder.ts';
import {testLesson} from '../session/lesson/lesson-test.ts';
import {Failure} from './failure.ts';
import {textOf} from './manifests.ts';

/** A lesson file as read, with one choice of the values that vary. */
export interface LessonFile extends Parsed {
  readonly file: string;
  readonly text: string;
}

/** Reads lesson files; without names the package's own. Throws Failure for a file that cannot be read. */
export function readLessons(files: readonly string[] = []): LessonFile[] {
  return lessonTexts(files).map(({file, text}) => lessonFile(file, text));
}

/** Those of the package's own lessons whose heads are asked for; the others are not read. */
export function lessonsWhere(asked: (head: Pick<LessonHead, 'id' | 'number'>) => boolean): LessonFile[] {
  const built = builtHeads();
  return lessonFiles()
    .filter(({file, text}) => {
      const head = built?.get(file) ?? parseHead(text, file);
      return head && asked(head);
    })
    .map(({file, text}) => lessonFile(file, text));
}

const lessonTexts = (files: readonly string[]): readonly TextFile[] =>
  files.length ? files.map(file => ({file, text: textOf(file)})) : lessonFiles();

function withVariant(text: string, file: string, pick: number): Parsed {
  const plain = parseLesson(text, file);
  return plain.lesson && Object.keys(plain.lesson.world.vary).length
    ? parseLesson(text, file, variantOf(plain.lesson.world.vary, pick))
    : plain;
}

/** A lesson file's text, read; of the values that vary the first, or the ones that a number picks. */
export const lessonFile = (file: string, text: string, pick = 0): LessonFile => ({file, text, ...withVariant(text, file, pick)});

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

export interface Course {
  /** In course order. */
  readonly lessons: readonly LessonHead[];
  /** The whole of one of them. Throws Failure with its first fault. */
  read(head: LessonHead): Lesson;
  /** The text of its file. */
  text(head: LessonHead): string;
}

/** The course of these files, read as far as its map needs it; without names the package's own. `pick` chooses among the values that vary. Throws Failure with the first fault of a file whose head is not whole. */
export function openCourse(files: readonly string[] = [], pick = 0): Course {
  const texts = new Map(lessonTexts(files).map(each => [each.file, each]));
  const whole = new Map<string, Lesson>();
  const read = (file: string): Lesson => {
    if (!whole.has(file)) whole.set(file, wholeLesson(lessonFile(file, texts.get(file)!.text, pick)));
    return whole.get(file)!;
  };
  const built = files.length ? undefined : builtHeads();
  return {
    lessons: inOrder([...texts.values()].map(each => built?.get(each.file) ?? parseHead(each.text, each.file) ?? read(each.file))),
    read: head => read(head.file),
    text: head => texts.get(head.file)!.text,
  };
}

function wholeLesson({lesson, faults}: LessonFile): Lesson {
  if (!lesson) throw new Failure(faultText(faults[0]!));
  return lesson;
}

/** The lessons in course order, where nothing may be wrong. Throws Failure with the first fault. */
export function wholeLessons(files: readonly string[] = []): Lesson[] {
  return inOrder(readLessons(files).map(wholeLesson));
}
