/** A grade book for a spreadsheet: a row for each student and lesson. RFC 4180. */
import {clean} from '../../selectors/text.ts';
import type {GradeBook} from '../grading.ts';

const COLUMNS = [
  'student',
  'lesson',
  'title',
  'points',
  'of',
  'solved',
  'commands',
  'hints',
  'seconds',
  'brier',
  'mistakes',
  'flags',
  'file',
];

/** The whole file. A cell can never be taken for a formula. */
export function bookCsv({submissions, refused}: GradeBook): string {
  const rows = submissions.flatMap(({student, lessons, flags, file}) =>
    lessons.map(l => [
      student,
      l.number,
      l.title,
      l.points,
      l.of,
      l.solved ? 'yes' : 'no',
      l.commands,
      l.hints,
      Math.round(l.timeMs / 1000),
      l.brier ?? '',
      l.mistakes.map(m => m.say).join(' | '),
      flags
        .filter(f => f.lesson === '' || f.lesson === l.id)
        .map(f => f.kind)
        .join(' '),
      file,
    ]),
  );
  const damaged = refused.map(({file, why}) => [...COLUMNS.slice(0, -2).map(() => ''), `not graded: ${why}`, file]);
  return [COLUMNS, ...rows, ...damaged].map(row => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A number stays one; a text that begins like a formula gets an apostrophe before it. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const inert = clean(value).replace(/^[=+\-@]/, "'$&");
  return /[",]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
