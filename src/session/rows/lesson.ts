import {markdownRows} from '../../selectors/markdown.ts';
import {as, dim, type PanelRow, type Row, row} from '../../selectors/styled.ts';
import {wrapRow} from '../../selectors/text.ts';
import type {LessonView, StepView} from '../types.ts';

/**
 * The lesson as rows: steps done in a line each, the step at hand in full with its objectives, hints, and what went wrong or well. Where that is more than `height`,
 * what went wrong comes first and the steps done are one line; once the lesson is solved, its last word is all.
 */
export function lessonRows(lesson: LessonView, width: number, height = Number.POSITIVE_INFINITY): readonly PanelRow[] {
  const done = lesson.solved ? [] : lesson.steps.filter(step => step.state === 'done');
  const wrong = mistakeRows(lesson, width);
  const whole = [...apart(done.flatMap(step => doneRows(step, width))), ...nowRows(lesson, wrong, width)];
  const counted = done.length > 0 ? [row(as('ok', '✓ '), dim(`${done.length} of ${lesson.steps.length} steps done`))] : [];
  const rows = whole.length <= height ? whole : [...apart(wrong), ...apart(counted), ...nowRows(lesson, [], width)];
  return rows.map(each => ({row: each}));
}

/** With a blank row behind them, where there are any. */
const apart = (rows: readonly Row[]): Row[] => (rows.length > 0 ? [...rows, []] : []);

const mistakeRows = ({mistake}: LessonView, width: number): Row[] =>
  mistake === undefined ? [] : wrapRow(row(as('warn', '! '), as('warn', mistake)), width, 2);

function nowRows(lesson: LessonView, wrong: readonly Row[], width: number): Row[] {
  return [
    ...lesson.steps.filter(step => step.state === 'current').flatMap(step => currentRows(step, width)),
    ...(wrong.length > 0 ? [[], ...wrong] : []),
    ...(lesson.stepDone && !lesson.solved ? [[], row(as('ok', '✓ Done. '), dim('Enter (or next) goes on.'))] : []),
    ...lesson.hints.flatMap((hint, index) => [[], ...wrapRow(row(as('accent', `Hint ${index + 1}  `), hint), width, 2)]),
    ...(lesson.solved ? solvedRows(lesson, width) : hintRow(lesson)),
  ];
}

function doneRows(step: StepView, width: number): Row[] {
  const title = step.objectives[0]?.text ?? step.command ?? step.say.split('\n')[0] ?? '';
  return wrapRow(row(as('ok', '✓ '), dim(title)), width, 2);
}

const questionText = ({askedLate}: StepView): string =>
  askedLate ? 'It has been done. Say what you had expected, to go on' : 'First say what will happen';

function currentRows(step: StepView, width: number): Row[] {
  return [
    ...markdownRows(step.say, width),
    ...(step.questionFirst ? [[], ...wrapRow(row(as('accent', '◌ '), as('strong', questionText(step))), width, 2)] : []),
    ...(step.objectives.length > 0 ? [[]] : []),
    ...goalRows(step, width),
  ];
}

/** What the step wants to be reached. */
export const goalRows = ({objectives}: StepView, width: number): Row[] => objectives.flatMap(objective => objectiveRows(objective, width));

/** What is to be reached; while it is not, what is missing below it. */
function objectiveRows({text, met, gap}: StepView['objectives'][number], width: number): Row[] {
  if (met) return wrapRow(row(as('ok', '✓ '), dim(text)), width, 2);
  const missing = gap === '' ? [] : wrapRow([dim(gap)], width - 2).map(line => row('  ', line));
  return [...wrapRow(row(as('accent', '◌ '), as('strong', text)), width, 2), ...missing];
}

function hintRow(lesson: LessonView): Row[] {
  return lesson.hintsLeft === 0 || lesson.stepDone ? [] : [[], row(dim(`Stuck? Type hint (${lesson.hintsLeft} left).`))];
}

function solvedRows(lesson: LessonView, width: number): Row[] {
  return [
    row(as('ok', '✓ Solved')),
    [],
    ...(lesson.debrief === undefined ? [] : markdownRows(lesson.debrief, width)),
    [],
    ...wrapRow(row(dim(`Enter (or next) ${lesson.next ? `begins ${lesson.next}, map shows the course.` : 'returns to the map.'}`)), width),
  ];
}
