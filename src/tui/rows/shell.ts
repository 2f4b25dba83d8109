/** The learner's shell: the task at hand, what commands printed, the prompt with its completions or a question to answer. */
import {as, dim, type PanelRow, type Row, row, type Segment} from '../../selectors/styled.ts';
import {cleanLines, cut, fitRow, rowWidth, widthOf, wrapRow} from '../../selectors/text.ts';
import {questionRows, verdictRows} from '../../session/rows/question.ts';
import {ghostOf, type LineEditor} from '../line-editor.ts';
import {hiddenRows, suggestionsOf} from '../shown.ts';
import {ordering, predicting, type UiState} from '../ui-state.ts';
import type {LessonView, PredictionView, TranscriptEntry, View} from '../view.ts';
import {waitingRow} from './waiting.ts';

export interface ShellDrawing {
  readonly rows: readonly PanelRow[];
  /** Cell of the cursor within the rows, for the terminal's own cursor; undefined while the prompt has no focus. */
  readonly cursor: {readonly x: number; readonly y: number} | undefined;
  /** How many rows of what was printed lie above those shown: of the last command, or, once one has scrolled, of all. */
  readonly above: number;
}

/** How many completions are listed at once. */
const completionsShown = 5;

/** Draws the inside of the shell: exactly `height` rows, the prompt last. */
export function shellRows(view: View, ui: UiState, width: number, height: number): ShellDrawing {
  const question = view.prediction ? predictionRows(view, ui, view.prediction, width) : [];
  // A question that leaves no room for the task says itself what is to be done.
  const task =
    view.lesson && question.length < height - 1
      ? taskRows(view.lesson, width, {
          asked: predicting(view),
          cards: ordering(view),
          walking: view.time.walk !== undefined,
          more: hiddenRows(view, ui) > ui.lessonScroll,
        }).slice(0, Math.max(1, height - 2))
      : [];
  const prompt = promptRow(view, ui, width);
  const space = Math.max(0, height - task.length - 1);
  const popup = space
    ? [...aheadRows(ui.ahead, width), ...begunRows(ui.line), ...completionRows(ui.line, width), ...question].slice(-space)
    : [];
  const room = space - popup.length;
  const {rows: output, above} = transcriptRows(view, width, room, ui.shellScroll);
  const blank: Row[] = Array.from({length: Math.max(0, room - output.length)}, () => []);
  const rows = [...task, ...output, ...blank, ...popup, prompt.row];
  return {
    rows: rows.map(each => ({row: each})),
    cursor: ui.focus === 'shell' && !ui.open ? {x: prompt.cursor, y: rows.length - 1} : undefined,
    above,
  };
}

/** The form as long as the question is open; then one line: what was predicted, and what came true. */
function predictionRows(view: View, ui: UiState, prediction: PredictionView, width: number): Row[] {
  if (!predicting(view)) return verdictRows(prediction, width);
  return ui.line.text === '' ? questionRows(prediction, ui.option, width) : [];
}

/** What the learner is at. */
interface Doing {
  /** A question waits. */
  readonly asked: boolean;
  /** Cards wait. */
  readonly cards: boolean;
  /** A request is being watched on its way. */
  readonly walking: boolean;
  /** The lesson goes on below what is shown of it. */
  readonly more: boolean;
}

/** One look tells what to do: the step at hand, its first open objective, or that all is done. */
function taskRows(lesson: LessonView, width: number, {asked, cards, walking, more}: Doing): Row[] {
  if (lesson.solved) {
    return [
      fitRow(
        row(
          as('ok', '✓ Solved. '),
          as('key', 'Enter'),
          as('strong', lesson.next ? ` begins ${lesson.next}` : ' returns to the map'),
          more ? row(dim(', '), as('key', 'PgDn'), dim(' reads on')) : dim(', map shows all'),
        ),
        width,
      ),
    ];
  }
  const step = lesson.steps[lesson.current];
  if (!step) return [];
  if (lesson.stepDone)
    return [
      fitRow(
        row(as('ok', `✓ Step ${lesson.current + 1}/${lesson.steps.length} done. `), as('key', 'Enter'), as('strong', ' goes on')),
        width,
      ),
    ];
  const open = step.objectives.find(objective => !objective.met);
  const place = as('accent', `▸ Step ${lesson.current + 1}/${lesson.steps.length} `);
  if (walking) return wrapRow(row(place, as('strong', 'Your request is on its way: watch the stages at the top')), width, 2);
  if (asked)
    return wrapRow(
      row(place, as('strong', step.askedLate ? 'It is done. What had you expected?' : 'Before you do it: what will happen?')),
      width,
      2,
    );
  if (cards)
    return wrapRow(row(place, as('strong', 'Put the cards in order: '), as('key', 'Enter'), as('strong', ' opens them')), width, 2);
  if (!open) return wrapRow(row(place, as('strong', step.command ?? 'Read on in the lesson.')), width, 2).slice(0, 2);
  // What is missing stands in the lesson too: here only where there is room for all of it.
  const task = row(place, dim('Goal: '), as('strong', open.text));
  const whole = open.gap === '' ? task : row(task, dim(`  (${open.gap})`));
  return wrapRow(rowWidth(whole) <= width ? whole : task, width, 2).slice(0, 2);
}

/** The last rows that fit, `scroll` rows further up; no further than to the first. */
function transcriptRows({transcript, time}: View, width: number, room: number, scroll: number): {rows: Row[]; above: number} {
  // What a command prints is not known before its request has come back.
  const underway = time.walk ? transcript.at(-1) : undefined;
  const rows: Row[] = [];
  let last = 0;
  for (const entry of transcript.toReversed()) {
    if (rows.length >= room + scroll) break;
    rows.unshift(...commandRows(entry), ...(entry === underway ? [] : outputRows(entry, width)));
    last ||= rows.length;
  }
  const end = Math.max(Math.min(rows.length, room), rows.length - scroll);
  const begin = Math.max(0, end - room);
  return {rows: rows.slice(begin, end), above: scroll > 0 ? begin : Math.max(0, last - room)};
}

/** A command as it was entered, line by line. */
const commandRows = ({line}: Pick<TranscriptEntry, 'line'>): Row[] =>
  line.split('\n').map((part, index) => row(dim(index === 0 ? '$ ' : '> '), as('dim', part)));

/** What of a command that goes on has been entered already. */
const begunRows = ({begun}: LineEditor): Row[] => (begun === '' ? [] : commandRows({line: begun.replace(/\n$/, '')}));

/** How many of the lines that wait are shown. */
const aheadShown = 3;

/** Lines that wait for the command at hand to end. */
function aheadRows(lines: readonly string[], width: number): Row[] {
  const rows = lines.slice(0, aheadShown).map(line => fitRow(row(as('accent', 'then '), dim('$ '), line.split('\n')[0]!), width));
  const more = lines.length - rows.length;
  return more > 0 ? [...rows, row(dim(`     and ${more} more ${more === 1 ? 'line' : 'lines'}`))] : rows;
}

function outputRows({output, failed}: TranscriptEntry, width: number): Row[] {
  const text = output.replace(/\n$/, '');
  return text === '' ? [] : cleanLines(text).flatMap(line => wrapRow([as(failed ? 'error' : 'text', line)], width));
}

/** How many rows commands have printed, all together: no further can one scroll. */
export const printedRows = (transcript: readonly TranscriptEntry[], width: number): number =>
  transcript.reduce((sum, entry) => sum + commandRows(entry).length + outputRows(entry, width).length, 0);

function promptRow(view: View, ui: UiState, width: number): {row: Row; cursor: number} {
  const {line} = ui;
  if (line.search) {
    const lead = `search '${line.search.query}'${line.search.index < 0 && line.search.query !== '' ? ' (nothing)' : ''}: `;
    return {row: fitRow(row(as('accent', lead), line.text), width), cursor: Math.min(width - 1, widthOf(lead))};
  }
  if (view.waiting && line.text === '') return {row: fitRow(waitingRow(view.waiting, view.time), width), cursor: 0};
  const sign: Segment = as(view.time.past ? 'past' : 'ok', line.begun ? '> ' : view.time.past ? '◂ ' : '$ ');
  const room = width - 2;
  const before = line.text.slice(0, line.cursor);
  // A line longer than its box slides to the left, so that the cursor is always in it.
  const hidden = Math.max(0, widthOf(before) - (room - 1));
  const visible = hidden === 0 ? line.text : dropCells(line.text, hidden);
  const asked = predicting(view);
  const ghost = asked ? '' : ghostOf(line, suggestionsOf(view));
  const hint =
    ghost !== ''
      ? row(as('ghost', ghost), line.text === '' && dim('   → accepts'))
      : line.text === '' && !line.begun && (asked || view.transcript.length === 0)
        ? row(as('ghost', asked ? 'a number chooses, Enter predicts' : 'kubectl ...'))
        : [];
  return {row: fitRow(row(sign, ...highlighted(visible), hint), width), cursor: 2 + widthOf(before) - hidden};
}

function dropCells(text: string, cells: number): string {
  let dropped = 0;
  let rest = '';
  for (const character of text) {
    if (dropped < cells) dropped += widthOf(character);
    else rest += character;
  }
  return rest;
}

/** The first word is a command, words with dashes are flags. */
function highlighted(text: string): Segment[] {
  return text.split(/(?<=\s)(?=\S)/).map((word, index) => as(index === 0 ? 'command' : word.startsWith('-') ? 'key' : 'text', word));
}

function completionRows(line: LineEditor, width: number): Row[] {
  if (!line.cycle) return [];
  const {items} = line.cycle.completion;
  const first = Math.max(0, Math.min(items.length - completionsShown, line.cycle.index - Math.floor(completionsShown / 2)));
  const shown = items.slice(first, first + completionsShown);
  const widest = Math.min(Math.floor(width / 2), Math.max(...shown.map(item => widthOf(item.text))));
  return shown.map((item, place) => {
    const selected = first + place === line.cycle!.index;
    const name = cut(item.text, widest);
    return fitRow(
      row(
        as('accent', selected ? ' ▸ ' : '   '),
        as(selected ? 'select' : 'value', name + ' '.repeat(widest - widthOf(name))),
        dim(`  ${item.about}`),
        place === shown.length - 1 && items.length > completionsShown && dim(`   ${items.length} in all`),
      ),
      width,
    );
  });
}
