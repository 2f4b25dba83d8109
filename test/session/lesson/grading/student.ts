/** Students who play lessons by typing lines, and the files they hand in. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Class, variantFor} from '../../../../src/course/class-file.ts';
import {FREE_RULES, type LearnerAction, type Recording} from '../../../../src/course/recording.ts';
import {parseLesson} from '../../../../src/course/schema.ts';
import {digestOf, FORMAT, type HandedInLesson, type Submission, sealed} from '../../../../src/course/submission.ts';
import type {Lesson} from '../../../../src/course/types.ts';
import {createManualClock} from '../../../../src/plain/clock.ts';
import {lessonFiles, packageFolder} from '../../../../src/platform/package-folder.ts';
import type {LessonSource} from '../../../../src/session/lesson/grading/grade.ts';
import {openSession} from '../../open-session.ts';

export const ENGINE: string = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')).version;

/** A lesson of the package as a teacher has it. */
export function lessonSource(id: string): LessonSource & {readonly text: string} {
  const found = lessonFiles().find(({text}) => new RegExp(`^id: ${id}$`, 'm').test(text))!;
  const {file, text} = found;
  const plain = (variant: Record<string, string> = {}): Lesson => parseLesson(text, file, variant).lesson!;
  const names = [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(m => m[1]!))];
  const vary = names.length ? plain(Object.fromEntries(names.map(name => [name, 'x']))).world.vary : {};
  return {id, text, hash: digestOf(text), vary, variant: values => parseLesson(text, file, values)};
}

/** What a learner does: a line, an action, or a pause of so many real milliseconds. */
export type Doing = string | LearnerAction | number;

/** How long the student waits before each thing, in real milliseconds; a slow reader has another log than a fast one. */
export interface Pace {
  readonly wait: number;
}

/** Plays a lesson as a person would, with a clock that ticks unevenly; returns what was recorded. */
export function playLesson(lesson: Lesson, doings: readonly Doing[], {wait}: Pace): Recording {
  const clock = createManualClock();
  let kept: Recording | undefined;
  const session = openSession([lesson], {
    ports: {...clock, saveRecording: (_lesson, recording) => void (kept = recording)},
    rules: FREE_RULES,
  });
  const stop = session.subscribe(() => undefined);
  session.dispatch({type: 'open', lesson: lesson.id});
  for (const doing of doings) {
    if (typeof doing === 'number') clock.turn(doing);
    else {
      session.dispatch(typeof doing === 'string' ? {type: 'command', line: doing} : doing);
      clock.turn(wait);
      for (let patience = 0; session.busy() && patience < 600; patience++) clock.turn(100);
    }
  }
  stop();
  session.close();
  return kept!;
}

/** A lesson of the class as this student played it. */
export function handedInLesson(
  own: Class,
  source: LessonSource,
  student: string,
  doings: (lesson: Lesson) => readonly Doing[],
  pace: Pace,
): HandedInLesson {
  const variant = variantFor(own, student, source.id, source.vary);
  const lesson = source.variant(variant).lesson!;
  return {id: source.id, hash: source.hash, variant, recording: playLesson(lesson, doings(lesson), pace)};
}

export const handIn = ({name, seed, variants}: Class, student: string, lessons: readonly HandedInLesson[]): Submission =>
  sealed({format: FORMAT, engine: ENGINE, class: {name, seed, variants}, student, written: '2026-03-01T12:00:00Z', lessons});
