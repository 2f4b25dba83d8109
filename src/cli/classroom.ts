/** A class with its lessons, as a teacher or a student has it on their disk. */
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {type Class, parseClass, variantFor} from '../course/class-file.ts';
import {FREE_RULES, type LessonRules} from '../course/recording.ts';
import {faultText, parseLesson} from '../course/schema.ts';
import {digestOf} from '../course/submission.ts';
import type {Lesson} from '../course/types.ts';
import {packageFolder} from '../platform/package-folder.ts';
import type {LessonSource} from '../session/lesson/grading/grade.ts';
import {type LessonFile, lessonsWhere, readLessons} from './course.ts';
import {Failure} from './failure.ts';
import {textOf} from './manifests.ts';

export interface Classroom {
  readonly class: Class;
  readonly lessons: readonly (LessonSource & {readonly text: string})[];
  /** Where everybody's progress is written; undefined: nowhere. */
  readonly share: string | undefined;
}

/** Reads a class file and the lessons that it names. Throws Failure with the first fault. */
export function readClassroom(file: string): Classroom {
  const parsed = parseClass(textOf(file), file);
  if (parsed.faults[0]) throw new Failure(faultText(parsed.faults[0]));
  const found = parsed.class!;
  const folder = dirname(resolve(file));
  const lessons = found.lessons.map(word => {
    const own = /\.ya?ml$/.test(word);
    const [lesson] = own ? readLessons([join(folder, word)]) : lessonsWhere(({id, number}) => id === word || number === word);
    if (!lesson) throw new Failure(`${file}: there is no lesson ${word}; podyssey lessons list names them`);
    return sourceOf(lesson);
  });
  return {class: found, lessons, share: found.share === undefined ? undefined : resolve(folder, found.share)};
}

/** A lesson file as something to make variants of. Throws Failure where it is not sound. */
export function sourceOf({file, text, lesson, faults}: LessonFile): LessonSource & {readonly text: string} {
  if (!lesson) throw new Failure(faultText(faults[0]!));
  return {id: lesson.id, text, hash: digestOf(text), vary: lesson.world.vary, variant: values => parseLesson(text, file, values)};
}

export interface StudentsLesson {
  readonly lesson: Lesson;
  readonly text: string;
  readonly hash: string;
  readonly variant: Readonly<Record<string, string>>;
}

/** The lessons of the class as one student has them; only what the class has is asked for before. */
export function lessonsFor({class: own, lessons}: Classroom, student: string): StudentsLesson[] {
  const ids = lessons.map(({id}) => id);
  return lessons.map(source => {
    const variant = variantFor(own, student, source.id, source.vary);
    const {lesson, faults} = source.variant(variant);
    if (!lesson) throw new Failure(faultText(faults[0]!));
    return {
      lesson: {...lesson, prerequisites: lesson.prerequisites.filter(id => ids.includes(id))},
      text: source.text,
      hash: source.hash,
      variant,
    };
  });
}

/** What the class allows at a moment, milliseconds since 1970. */
export function rulesAt({hints, solutions, deadline}: Class, now: number): LessonRules {
  const over = deadline !== undefined && now > Date.parse(deadline);
  return {hints: Math.min(hints, FREE_RULES.hints), solutions: solutions === 'always' || (solutions === 'deadline' && over)};
}

/** The guide for teachers, in Markdown. */
export function teachersGuide(): string {
  const file = join(packageFolder(), 'TEACHING.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
