/** Grades a pile of submissions: each for itself, then all of them beside one another. The result depends on nothing but the files and the lessons. */

import type {Class} from '../../../course/class-file.ts';
import {sameStudent, variantFor} from '../../../course/class-file.ts';
import {type Flag, type GradeBook, type Graded, type GradedLesson, type Refused, sumOf} from '../../../course/grading.ts';
import type {LessonRules} from '../../../course/recording.ts';
import type {Parsed} from '../../../course/schema.ts';
import {type ClassKey, digestOf, type HandedInLesson, isUntouched, type Submission} from '../../../course/submission.ts';
import type {Lesson} from '../../../course/types.ts';
import {byText} from '../../../engine/api/order.ts';
import {lessonWorld, type WorldState} from '../../world.ts';
import {judgeRecording, unjudged} from './judge.ts';

/** A lesson as the teacher has it. */
export interface LessonSource {
  readonly id: string;
  /** SHA-256 of its file. */
  readonly hash: string;
  readonly vary: Lesson['world']['vary'];
  /** The lesson, its names standing for these. */
  variant(values: Readonly<Record<string, string>>): Parsed;
}

export interface GradeOptions {
  readonly class: Class;
  /** The lessons of the class, in order. */
  readonly lessons: readonly LessonSource[];
  readonly engine: string;
  /** Ends work that takes too long by throwing; default: it is let run. */
  readonly within?: <T>(work: () => T) => T;
}

/** A submission that was read, and the name of its file. */
export interface HandedIn {
  readonly file: string;
  readonly submission: Submission;
}

/** Rules that no student of the class can have had. */
const tooFree = ({hints, solutions}: Class, rules: LessonRules): boolean =>
  rules.hints > hints || (rules.solutions && solutions === 'never');

/** Grades one submission after the other. Worlds are built once a variant and shared. */
function createGrader(options: GradeOptions): (handedIn: HandedIn) => Graded | Refused {
  const {within = work => work()} = options;
  const plays = new Map<string, {lesson: Lesson; world: WorldState}>();
  const playOf = (source: LessonSource, values: Record<string, string>): {lesson: Lesson; world: WorldState} => {
    const key = JSON.stringify([source.id, values]);
    let play = plays.get(key);
    if (!play) {
      const {lesson} = source.variant(values);
      plays.set(key, (play = {lesson: lesson!, world: lessonWorld(lesson!)}));
    }
    const {lesson, world} = play;
    return {lesson, world: {...world, cluster: world.cluster.history.branch()}};
  };

  const gradeLesson = (source: LessonSource, student: string, handedIn: HandedInLesson | undefined, flags: Flag[]): GradedLesson => {
    const values = variantFor(options.class, student, source.id, source.vary);
    const {lesson, world} = playOf(source, values);
    const flag = (kind: Flag['kind'], text: string): void => void flags.push({kind, lesson: source.id, text});
    if (!handedIn) return unjudged(lesson, values);
    if (handedIn.hash !== source.hash) flag('lesson', 'played on another version of the lesson file');
    if (tooFree(options.class, handedIn.recording.rules)) flag('class', 'played with more hints or solutions than the class allows');
    if (textOf(handedIn.variant) !== textOf(values)) {
      flag('variant', `made for another student's variant: ${textOf(handedIn.variant)}, not ${textOf(values)}`);
      return unjudged(lesson, values);
    }
    const judged = judgeRecording(lesson, values, handedIn.recording, world);
    if (judged.divergence) flag('replay', replayText(judged.divergence, handedIn));
    return judged.lesson;
  };

  return ({file, submission}) => {
    const flags: Flag[] = [];
    const flag = (kind: Flag['kind'], text: string): void => void flags.push({kind, lesson: '', text});
    if (!isUntouched(submission)) flag('edited', 'the file was changed after it was written');
    if (submission.engine !== options.engine) flag('engine', `written by podyssey ${submission.engine}, graded by ${options.engine}`);
    if (keyText(submission.class) !== keyText(options.class)) flag('class', `handed in for the class ${keyText(submission.class)}`);
    const {deadline} = options.class;
    if (deadline && Date.parse(submission.written) > Date.parse(deadline)) flag('late', `written at ${submission.written} by its own word`);
    try {
      const lessons = within(() =>
        options.lessons.map(source =>
          gradeLesson(
            source,
            submission.student,
            submission.lessons.find(l => l.id === source.id),
            flags,
          ),
        ),
      );
      const [points, of] = [sumOf(lessons.map(l => l.points)), sumOf(lessons.map(l => l.of))];
      return {file, student: submission.student, class: submission.class.name, points, of, lessons, flags};
    } catch (error) {
      return {file, why: (error as Error).message};
    }
  };
}

/** Grades all; order and outcome do not depend on the order of the files. */
export function gradeAll(handedIn: readonly HandedIn[], refused: readonly Refused[], options: GradeOptions): GradeBook {
  const grade = createGrader(options);
  const sorted = [...handedIn].sort(
    (a, b) => byText(sameStudent(a.submission.student), sameStudent(b.submission.student)) || byText(a.file, b.file),
  );
  const outcomes = sorted.map(each => ({handedIn: each, outcome: grade(each)}));
  const beside = besideOneAnother(sorted);
  return {
    version: 1,
    class: options.class.name,
    submissions: outcomes.flatMap(({handedIn: {file}, outcome}) =>
      'why' in outcome ? [] : [{...outcome, flags: [...outcome.flags, ...(beside.get(file) ?? [])]}],
    ),
    refused: [...refused, ...outcomes.flatMap(({outcome}) => ('why' in outcome ? [outcome] : []))].sort((a, b) => byText(a.file, b.file)),
  };
}

/** A log this short says nothing: two people may well type the same line. */
const TELLING = 3;

/** What only shows when submissions lie side by side: the same student twice, the same log of several. */
function besideOneAnother(all: readonly HandedIn[]): ReadonlyMap<string, Flag[]> {
  const flags = new Map<string, Flag[]>(all.map(({file}) => [file, []]));
  const group = (key: (each: HandedIn) => string | undefined): HandedIn[][] => {
    const groups = new Map<string, HandedIn[]>();
    for (const each of all) {
      const k = key(each);
      if (k !== undefined) groups.set(k, [...(groups.get(k) ?? []), each]);
    }
    return [...groups.values()].filter(g => g.length > 1);
  };
  for (const same of group(({submission}) => sameStudent(submission.student)))
    for (const {file} of same) flags.get(file)!.push({kind: 'twice', lesson: '', text: `handed in ${same.length} times`});

  const lessons = [...new Set(all.flatMap(({submission}) => submission.lessons.map(l => l.id)))].sort(byText);
  for (const lesson of lessons) {
    const logOf = ({submission}: HandedIn): string | undefined => {
      const found = submission.lessons.find(l => l.id === lesson);
      return found && found.recording.entries.length >= TELLING ? fingerprint(found) : undefined;
    };
    for (const same of group(logOf)) {
      const students = [...new Set(same.map(({submission}) => sameStudent(submission.student)))];
      if (students.length < 2) continue;
      for (const {file, submission} of same) {
        const others = same.map(s => s.submission.student).filter(name => sameStudent(name) !== sameStudent(submission.student));
        flags
          .get(file)!
          .push({kind: 'identical', lesson, text: `the same actions at the same virtual milliseconds as ${others.join(', ')}`});
      }
    }
  }
  return flags;
}

/** What was done when, the student's own names taken out: equal for a copy whose names were replaced. */
function fingerprint({variant, recording}: HandedInLesson): string {
  const names = Object.entries(variant).sort(([a], [b]) => byText(a, b));
  const masked = (text: string): string => names.reduce((t, [name, value]) => t.replaceAll(value, `{{${name}}}`), text);
  return digestOf(JSON.stringify(recording.entries.map(({at, action}) => [at, masked(JSON.stringify(action))])));
}

const keyText = ({name, seed, variants}: ClassKey): string => `${name} (seed ${seed}, variants: ${variants})`;

const textOf = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .sort(([a], [b]) => byText(a, b))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ') || 'no names';

function replayText({entry, why}: {entry: number; why: string}, {recording}: HandedInLesson): string {
  const action = recording.entries[entry]?.action;
  const what = action === undefined ? 'its end' : action.type === 'command' ? `"${action.line}"` : action.type;
  return `does not replay: ${action ? `action ${entry + 1}, ${what}: ` : ''}${why}`;
}
