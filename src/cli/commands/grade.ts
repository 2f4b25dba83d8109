/** `podyssey grade`: plays submissions again and says what they are worth. */

import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {inOrder} from '../../course/course.ts';
import type {GradeBook, Refused} from '../../course/grading.ts';
import {FREE_RULES} from '../../course/recording.ts';
import {bookCsv} from '../../course/report/csv.ts';
import {bookPage} from '../../course/report/page.ts';
import {bookTable} from '../../course/report/table.ts';
import type {ClassKey} from '../../course/submission.ts';
import {byText} from '../../engine/api/order.ts';
import {readSubmission, within} from '../../platform/submissions.ts';
import {clean} from '../../selectors/text.ts';
import {gradeAll, type HandedIn} from '../../session/lesson/grading/grade.ts';
import {type Classroom, readClassroom, sourceOf, teachersGuide} from '../classroom.ts';
import {lessonsWhere} from '../course.ts';
import {Failure} from '../failure.ts';

export interface GradeCommandOptions {
  class?: string;
  output: keyof typeof reports;
  version: string;
}

const reports = {
  table: (book: GradeBook) => bookTable(book),
  json: (book: GradeBook) => `${JSON.stringify(book, null, 1)}\n`,
  csv: (book: GradeBook) => bookCsv(book),
  html: (book: GradeBook) => bookPage(book, teachersGuide()),
} satisfies Record<string, (book: GradeBook) => string>;

/** Grades the files (of a folder: those in it that end in .pody) and prints the outcome; throws Failure where a file could not be graded. */
export async function grade(names: readonly string[], {class: classFile, output, version}: GradeCommandOptions): Promise<void> {
  const handedIn: HandedIn[] = [];
  const refused: Refused[] = [];
  const files = [...new Set(names.flatMap(filesOf))].sort(byText);
  for (const file of files) {
    try {
      handedIn.push({file, submission: readSubmission(file)});
    } catch (error) {
      refused.push({file, why: (error as Error).message});
    }
  }
  const classroom = classFile === undefined ? supposedClassroom(handedIn) : readClassroom(classFile);
  const book = gradeAll(handedIn, refused, {class: classroom.class, lessons: classroom.lessons, engine: version, within});
  process.stdout.write(reports[output](book));
  const named = book.refused.map(({file, why}) => `\n  ${clean(file)}: ${clean(why)}`);
  if (named.length) throw new Failure(`${named.length} of ${files.length} files could not be graded:${named.join('')}`);
}

function filesOf(name: string): string[] {
  if (!statSync(name, {throwIfNoEntry: false})?.isDirectory()) return [name];
  return readdirSync(name)
    .filter(file => file.endsWith('.pody'))
    .map(file => join(name, file));
}

/** Without a class file, what most of the files say of their class is taken, with the course's own lessons. */
function supposedClassroom(handedIn: readonly HandedIn[]): Classroom {
  const votes = new Map<string, number>();
  for (const {submission} of handedIn) {
    const key = JSON.stringify(submission.class);
    votes.set(key, (votes.get(key) ?? 0) + 1);
  }
  const [winner] = [...votes].sort((a, b) => b[1] - a[1] || byText(a[0], b[0]));
  const key = winner ? (JSON.parse(winner[0]) as ClassKey) : {name: '', seed: 1, variants: 'student' as const};
  const played = new Set(handedIn.flatMap(({submission}) => submission.lessons.map(l => l.id)));
  const files = lessonsWhere(({id}) => played.has(id)).filter(({lesson}) => lesson);
  const order = new Map(inOrder(files.map(f => f.lesson!)).map((lesson, i) => [lesson.id, i]));
  const lessons = files.sort((a, b) => order.get(a.lesson!.id)! - order.get(b.lesson!.id)!).map(sourceOf);
  return {class: {...ANY_CLASS, ...key, lessons: lessons.map(l => l.id)}, lessons, share: undefined};
}

/** A class of which nothing is known allows everything. */
const ANY_CLASS = {deadline: undefined, ...FREE_RULES, solutions: 'always', share: undefined} as const;
