/** The same session as a dialogue of lines: for screen readers, pipes and slow lines. */
import {createInterface} from 'node:readline';
import type {Readable, Writable} from 'node:stream';
import {clean} from '../selectors/text.ts';
import type {Session, View} from '../session/types.ts';
import {lessonLines, mapLines, panelLines} from './lines.ts';

export interface PlainOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** Is given what ends the dialogue. */
  onQuit(stop: () => void): void;
}

/** Runs the dialogue; resolves when the input ends or the learner leaves. */
export function runPlain(session: Session, {input, output, onQuit}: PlainOptions): Promise<void> {
  const lines = createInterface({input, terminal: false});
  const say = (text: string): void => void output.write(`${text.split('\n').map(clean).join('\n')}\n`);
  let told = {lesson: '', step: -1, toast: -1, entry: -1, hints: 0};

  /** Says what is new since the last time. */
  const report = (view: View): void => {
    const {lesson, toast, transcript} = view;
    for (const entry of transcript) {
      if (entry.id <= told.entry) continue;
      told = {...told, entry: entry.id};
      if (entry.output) say(entry.output.replace(/\n$/, ''));
      if (entry.failed) say('(it failed)');
    }
    if (toast && toast.id !== told.toast) {
      told = {...told, toast: toast.id};
      say(toast.text);
    }
    if (lesson && (lesson.id !== told.lesson || lesson.current !== told.step || lesson.hints.length !== told.hints)) {
      told = {...told, lesson: lesson.id, step: lesson.current, hints: lesson.hints.length};
      say(lessonLines(view).join('\n'));
    }
  };

  const answer = (line: string): void => {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    const view = session.getSnapshot();
    if (word === 'show') say(panelLines(view, rest[0] ?? '').join('\n'));
    else if (word === 'objectives' || word === '') say(lessonLines(view).join('\n'));
    else session.dispatch({type: 'command', line});
  };

  return new Promise(resolve => {
    const unsubscribe = session.subscribe(() => report(session.getSnapshot()));
    const end = (): void => {
      unsubscribe();
      lines.close();
      resolve();
    };
    onQuit(end);
    if (session.getSnapshot().place === 'map') say(mapLines(session.getSnapshot()).join('\n'));
    else report(session.getSnapshot());
    const waiting: string[] = [];
    let ended = false;
    /** A line is answered when the one before it has come to its end. */
    const next = (): void => {
      if (session.busy()) return void setTimeout(next, 20);
      const line = waiting.shift();
      if (line === undefined) {
        if (ended) end();
        return;
      }
      answer(line);
      report(session.getSnapshot());
      next();
    };
    lines.on('line', line => {
      waiting.push(line);
      if (waiting.length === 1) next();
    });
    lines.on('close', () => {
      ended = true;
      next();
    });
  });
}
