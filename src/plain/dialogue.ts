/** The same session as a dialogue of lines, for pipes, screen readers and terminals that cannot be drawn on. Nothing is ever overwritten. */
import {numberOf, panels} from '../selectors/panels/table.ts';
import {type PanelRow, plainText, type Row} from '../selectors/styled.ts';
import {clean, cleanLines} from '../selectors/text.ts';
import {clockText} from '../selectors/time-text.ts';
import {besideColumnsFrom, besideRows} from '../session/rows/beside.ts';
import {courseRows} from '../session/rows/course-map.ts';
import {goalRows, lessonRows} from '../session/rows/lesson.ts';
import {orderingRows} from '../session/rows/ordering.ts';
import {questionRows, verdictRows} from '../session/rows/question.ts';
import type {OwnSession} from '../session/session.ts';
import {awaited} from '../session/shell/unfinished.ts';
import type {EditView, LessonView, ShownView, View} from '../session/types.ts';
import type {ManualClock} from './clock.ts';
import {editedText, editHelp, editLine, faultLines, type LineEdit, lineEditOf, numbered} from './line-edit.ts';

export interface Dialogue {
  /** What is said before the first line is read. */
  begin(): void;
  /** One line of the learner. */
  answer(line: string): void;
  /** Whether the last line is to be gone on with. */
  goesOn(): boolean;
  /** No more lines come: what was begun is all there is. */
  end(): void;
}

export interface DialogueOptions {
  /** Columns to wrap and cut at. */
  readonly width: number;
  print(text: string): void;
  /** Opens the learner's own editor, where a person sits at a terminal; returns the text as it was left. */
  readonly openEditor?: ((text: string, file: string) => string) | undefined;
}

/** How long, in milliseconds of the clock, a line may let time flow: a pod is born well within it, and no watch lasts for ever. A sleep is slept out. */
const patienceMs = 30_000;
const sliceMs = 100;
const sleepSliceMs = 10_000;

/** Words that hurry a clock on the wall, which a dialogue has not got. */
const hastes = {faster: true, slower: true, skip: true};

/** Words of the dialogue itself; all others go to the session. */
const words: Readonly<Record<string, string>> = {
  'show NAME': `one of: lesson, map, time, ${panels.map(panel => panel.id).join(', ')}`,
  'wait SECONDS': 'let time pass',
};

/** A row of a lesson's text: without colours, what can be typed stands between backquotes. */
function quotedText(row: Row): string {
  const runs = row.map(({text, token}, at) => ({
    text,
    opens: token === 'command' && row[at - 1]?.token !== 'command',
    closes: token === 'command' && row[at + 1]?.token !== 'command',
  }));
  return runs.map(({text, opens, closes}) => `${opens ? '`' : ''}${closes ? text.replace(/\s*$/, '`$&') : text}`).join('');
}

export function createDialogue(session: OwnSession, clock: ManualClock, {width, print, openEditor}: DialogueOptions): Dialogue {
  const say = (...lines: readonly string[]) => print(`${lines.map(line => line.trimEnd()).join('\n')}\n`);
  let told: View = session.getSnapshot();
  let edit: LineEdit | undefined;
  /** Lines of a command that is not whole yet. */
  let begun = '';

  /** Says what is new since it was last said: output, remarks, objectives, the next step. */
  const tellNews = () => {
    const view = session.getSnapshot();
    const before = told;
    told = view;
    if (view.place !== before.place || view.lesson?.id !== before.lesson?.id) return whole(view);
    const known = new Map(before.transcript.map(({id, output}) => [id, output.length]));
    for (const {id, output} of view.transcript) {
      const fresh = output.slice(known.get(id) ?? 0).replace(/\n$/, '');
      if (fresh !== '') say(...cleanLines(fresh));
    }
    if (view.toast && view.toast.id !== before.toast?.id) say(`* ${clean(view.toast.text)}`);
    if (view.lesson && before.lesson) tellLesson(view.lesson, before.lesson);
    tellPrediction(view, before);
    tellOrdering(view, before);
    if (view.shown && view.shown.id !== before.shown?.id) tellShown(view.shown.what);
    if (view.waiting && (view.time.paused || view.time.past))
      say(`(${clean(view.waiting.line)} waits while time stands: continue lets it flow)`);
    if (view.editing && view.editing !== before.editing) beginEdit(view.editing);
  };

  const beginEdit = ({file, text, faults}: EditView) => {
    edit = lineEditOf(file, text);
    say(`Editing ${clean(file)}`, ...numbered(edit).map(clean), ...faultLines(faults).map(clean), ...editHelp);
    if (openEditor) say('editor opens it in your own editor.');
  };

  /** A line typed while a text is edited. */
  const goOnEditing = (now: LineEdit, line: string) => {
    const outside = line.trim() === 'editor' && openEditor;
    const done = outside
      ? ({kind: 'changed', edit: lineEditOf(now.file, outside(editedText(now), now.file)), say: []} as const)
      : editLine(now, line);
    if (done.kind === 'changed') {
      edit = done.edit;
      const {say: told} = done;
      return session.check(editedText(edit), faults => say(...told.map(clean), ...faultLines(faults).map(clean)));
    }
    edit = undefined;
    session.dispatch({type: 'edited', text: done.kind === 'saved' ? done.text : undefined});
    flow(patienceMs, true);
    tellNews();
  };

  /** What a word asked to be looked at. */
  const tellShown = (what: ShownView) => {
    const view = session.getSnapshot();
    if ('panel' in what) return show(what.panel);
    if ('detail' in what) return say(...what.detail.lines.flatMap(cleanLines));
    if (view.beside) tellRows(besideRows(view.beside, Math.min(width, besideColumnsFrom - 1)));
  };

  const tellLesson = (lesson: LessonView, before: LessonView) => {
    if (lesson.current !== before.current || lesson.solved !== before.solved) return tellText(lessonRows(lesson, width));
    for (const hint of lesson.hints.slice(before.hints.length)) say(`Hint: ${clean(hint)}`);
    const step = lesson.steps[lesson.current];
    const known = before.steps[before.current];
    if (step && known?.questionFirst && !step.questionFirst) tellRows(goalRows(step, width).map(each => ({row: each})));
    else
      step?.objectives.forEach((objective, index) => {
        if (objective.met && !known?.objectives[index]?.met) say(`[done] ${clean(objective.text)}`);
      });
    if (lesson.stepDone && !before.stepDone) say('This step is done. Type next to go on.');
  };

  const tellPrediction = (view: View, before: View) => {
    const {prediction} = view;
    if (!prediction) return;
    const {id, chosen, truth} = before.prediction ?? {};
    const changed = prediction.id !== id || prediction.chosen !== chosen || prediction.truth !== truth;
    if (!changed) return;
    if (prediction.chosen !== undefined) return say(...verdictRows(prediction, width).map(plainText));
    say(...questionRows(prediction, -1, width).map(plainText), 'Type predict and the number.');
  };

  const tellOrdering = (view: View, before: View) => {
    const {ordering} = view;
    const told = ({ordering: each}: View): string => JSON.stringify([each?.id, each?.answer, each?.truth]);
    if (!ordering || told(view) === told(before)) return;
    tellRows(orderingRows(ordering, ordering.answer ?? ordering.cards.map((_, index) => index + 1), undefined, width));
    if (ordering.answer === undefined) say('Type order and the numbers of the cards, the first one first: order 3 1 2 ...');
  };

  const tellRows = (rows: readonly PanelRow[]) => say(...rows.map(each => clean(plainText(each.row))));
  const tellText = (rows: readonly PanelRow[]) => say(...rows.map(each => clean(quotedText(each.row))));

  const whole = (view: View) => {
    if (view.place === 'map') {
      tellRows(courseRows(view.course, width));
      say(
        '',
        'Type play and a number to begin, sandbox for free play, help for all words.',
        'test-out 3 skips chapter 3: one of its lessons and its last, without hints and with all predictions right.',
      );
    } else if (view.lesson) {
      say(`Lesson ${view.lesson.number}: ${clean(view.lesson.title)}`, '');
      tellText(lessonRows(view.lesson, width));
      tellPrediction(view, {...view, prediction: undefined});
      tellOrdering(view, {...view, ordering: undefined});
    } else say('Free play on an empty cluster. Try kubectl get nodes, or show panels.');
  };

  const show = (name: string) => {
    const view = session.getSnapshot();
    const panel = panels.find(each => each.id === name || numberOf(each.id) === name);
    if (panel) {
      say(`${panel.title}${panel.note ? `  ${panel.note(view.facts)}` : ''}`);
      tellRows(panel.rows(view.facts, {width, height: Number.POSITIVE_INFINITY}));
    } else if (name === 'lesson' && view.lesson) tellText(lessonRows(view.lesson, width));
    else if (name === 'map') tellRows(courseRows(view.course, width));
    else if (name === 'time') say(timeText(view));
    else say(`show what? ${words['show NAME']}`);
  };

  /** Lets time flow until nothing but periodic work is due, or for so long. */
  const flow = (limit: number, untilIdle: boolean) => {
    let slice = sliceMs;
    for (let passed = 0, until = limit; passed < until; passed += slice) {
      const asleep = (session.wakesAt() ?? 0) - session.getSnapshot().time.now;
      slice = asleep > limit ? sleepSliceMs : sliceMs;
      if (asleep > limit) until = passed + slice + limit;
      clock.turn(slice);
      const {time} = session.getSnapshot();
      if (time.past || time.paused || session.getSnapshot().editing) return;
      if (untilIdle && time.idle && time.walk === undefined && !session.busy()) return;
    }
    if (session.busy()) session.dispatch({type: 'interrupt'});
  };

  const answer = (given: string) => {
    if (edit) return goOnEditing(edit, given);
    const line = begun === '' ? given : `${begun}\n${given}`;
    const awaits = awaited(line);
    // An empty line belongs to a document, and to nothing else that is typed here.
    if (begun !== '' && given.trim() === '' && !awaits?.startsWith('a line ')) {
      begun = '';
      return say('Dropped.');
    }
    if (awaits && begun === '')
      say(`The command goes on: it waits for ${awaits}${awaits.startsWith('a line ') ? '' : '; an empty line drops it'}.`);
    begun = awaits ? line : '';
    if (!awaits) obey(line);
  };

  const obey = (line: string) => {
    const [word = '', argument = ''] = line.trim().split(/\s+/);
    if (word === '') return;
    if (word === 'show') return show(argument);
    if (word in hastes) return say('Here time passes between two lines only: wait SECONDS, sleep 2h.');
    if (word === 'wait' && Number(argument) > 0) {
      flow(Number(argument) * 1000, false);
      say(timeText(session.getSnapshot()));
    } else {
      session.dispatch({type: 'command', line});
      flow(patienceMs, true);
      if (line.trim() === 'help') say(...Object.entries(words).map(([name, about]) => `${name.padEnd(12)} ${about}`));
    }
    tellNews();
  };

  const begin = () => {
    const view = session.getSnapshot();
    if (view.toast) say(`* ${clean(view.toast.text)}`);
    whole(view);
  };

  return {begin, answer, goesOn: () => begun !== '', end: () => void (begun && obey(begun))};
}

function timeText({time, facts}: View): string {
  const state = time.past ? `the past, of ${clockText(time.end)}` : time.paused ? 'paused' : time.idle ? 'at rest' : 'running';
  const stopped = time.hit === undefined ? '' : `, stopped at ${time.hit}`;
  return `time ${clockText(time.now)} (${state}), step ${time.step - time.firstStep} of ${time.lastStep - time.firstStep}, revision ${facts.revision}${stopped}`;
}
