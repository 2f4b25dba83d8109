/** Submissions graded a second, and what that is beside simply reading them. */

import {parseSubmission} from '../../src/course/submission.ts';
import {gradeAll} from '../../src/session/lesson/grading/grade.ts';
import {CLASS} from '../session/lesson/grading/pile.ts';
import {ENGINE, handedInLesson, handIn, lessonSource} from '../session/lesson/grading/student.ts';
import {cpuTime, median, report} from './measure.ts';

const STUDENTS = 40;
const ROUNDS = 3;

export function benchGrading(): void {
  const source = lessonSource('discovery');
  const texts = Array.from({length: STUDENTS}, (_, i) => {
    const student = `student-${i}`;
    const lesson = handedInLesson(
      CLASS,
      source,
      student,
      l => l.solution.flatMap(line => [{type: 'predict', option: 2} as const, line, 4000, 'next']),
      {wait: 300 + i * 13},
    );
    return JSON.stringify(handIn(CLASS, student, [lesson]));
  });
  const read = (): {file: string; submission: ReturnType<typeof parseSubmission>}[] =>
    texts.map((text, i) => ({file: `${i}.pody`, submission: parseSubmission(JSON.parse(text))}));
  const handedIn = read();
  const grade = (): unknown => gradeAll(handedIn, [], {class: CLASS, lessons: [source], engine: ENGINE});
  grade();
  read();
  const rounds = (work: () => unknown): number => median(Array.from({length: ROUNDS}, () => cpuTime(() => void work())));
  const graded = rounds(grade);
  const parsed = rounds(() => Array.from({length: 100}, read)) / 100;
  report(
    `submissions graded (${STUDENTS}, of ${Math.round(texts[0]!.length / 1024)} KiB)`,
    `${Math.round((STUDENTS * 1000) / graded)} a second of CPU`,
    `${Math.round(graded / parsed)} times reading them`,
  );
}
