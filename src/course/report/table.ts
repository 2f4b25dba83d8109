/** A grade book as text: a table of students by lessons, then what a teacher should look at. */
import {clean, pad, widthOf} from '../../selectors/text.ts';
import type {GradeBook, Graded} from '../grading.ts';

/** The whole report. Text from the files is inert in it. */
export function bookTable(book: GradeBook): string {
  const {submissions, refused} = book;
  const lessons = submissions[0]?.lessons ?? [];
  const head = ['student', 'points', ...lessons.map(l => l.number), 'commands', 'hints', 'time', 'brier', 'flags'];
  const rows = submissions.map(each => [
    each.student,
    `${each.points}/${each.of}`,
    ...each.lessons.map(l => `${l.points}/${l.of}${l.solved ? ' ✓' : ''}`),
    String(totalOf(each, l => l.commands)),
    String(totalOf(each, l => l.hints)),
    minutes(totalOf(each, l => l.timeMs)),
    brierText(each),
    [...new Set(each.flags.map(f => f.kind))].join(' '),
  ]);
  const flags = submissions.flatMap(each =>
    each.flags.map(f => `  ${clean(each.student)}${f.lesson ? `, ${f.lesson}` : ''}: ${clean(f.text)}`),
  );
  return lines([
    `${book.class === '' ? '' : `class ${clean(book.class)}: `}${count(submissions.length, 'submission')} graded, ${refused.length} could not be`,
    '',
    ...columns([head, ...rows]),
    ...section('To look at', flags),
    ...section(
      'Not graded',
      refused.map(r => `  ${clean(r.file)}: ${clean(r.why)}`),
    ),
  ]);
}

/** A figure of each lesson, over all that were handed in. */
export const totalOf = ({lessons}: Graded, of: (lesson: Graded['lessons'][number]) => number): number =>
  lessons.reduce((total, l) => total + of(l), 0);

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;

const section = (title: string, entries: readonly string[]): string[] => (entries.length ? ['', title, ...entries] : []);

/** Virtual time as minutes and seconds. */
export const minutes = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;

/** The mean of the lessons' scores; `-` where nothing was predicted. */
export function brierText({lessons}: Graded): string {
  const scores = lessons.flatMap(l => (l.brier === undefined ? [] : [l.brier]));
  return scores.length ? (scores.reduce((a, b) => a + b, 0) / scores.length).toFixed(2) : '-';
}

/** Cells under one another, in columns as wide as their widest. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map(row => row.map(clean));
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map(row => widthOf(row[i]!))));
  return cells.map(row =>
    row
      .map((cell, i) => pad(cell, widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}
