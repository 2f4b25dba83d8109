/**
 * Lesson 10.2 played by its solution through the session and its ticker, as in the thread of a game whose screen looks at the lesson's panels. Time is skipped while a
 * program sleeps, so each slice computes as long as it may. Nobody waits between two slices: the clock jumps.
 */
import {setImmediate as breath} from 'node:timers/promises';
import {readLessons} from '../../../src/cli/course.ts';
import type {Machine} from '../../../src/engine/machine/machine.ts';
import {hostSession} from '../../../src/session/far/host.ts';
import type {FactName, FromSession} from '../../../src/session/far/messages.ts';
import {stepDone} from '../../../src/session/lesson/lesson-actions.ts';
import type {Core} from '../../../src/session/state.ts';
import {clusterOf} from '../../../src/session/state.ts';
import type {SessionAction} from '../../../src/session/types.ts';
import {openSession} from '../../session/open-session.ts';

/** What a screen of 160x45 shows of lesson 10.2. */
const LOOKED: readonly FactName[] = ['now', 'revision', 'pipeline', 'scheduler', 'network', 'controllers', 'kubelets', 'trends'];
/** What a command takes at most. */
const MOST_SLICES = 100_000;
/** How many slices one waits for what a step asks for. */
const PATIENCE = 375;

export interface Watcher {
  /** Milliseconds of some clock. */
  now(): number;
  /** Sets the clock forward by so many. */
  jump(ms: number): void;
  /** Does one slice of work (`slice`), or one action, with telling the screen of it. */
  turn(what: string, work: () => void): void;
  /** What the screen is told. */
  told(message: FromSession): void;
  /** There is a cluster. */
  opened(machine: Machine): void;
  /** Before each line of the solution. */
  typed(line: string): void;
}

/** Plays the lesson to its end, and returns the core of the session in which it was played. */
export async function playLesson({now, jump, turn, told, opened, typed}: Watcher): Promise<Core> {
  const lesson = readLessons()
    .flatMap(read => read.lesson ?? [])
    .find(({number}) => number === '10.2')!;
  let due: {readonly at: number; readonly callback: () => void}[] = [];
  const later = (ms: number, callback: () => void): (() => void) => {
    const one = {at: now() + ms, callback};
    due.push(one);
    return () => {
      due = due.filter(each => each !== one);
    };
  };
  const session = openSession([lesson], {ports: {now, later}});
  hostSession(session, told)({id: 1, kind: 'look', at: LOOKED});
  const {core} = session;

  const act = (action: SessionAction, what: string): void => turn(what, () => session.dispatch(action));

  const waitFor = async (enough: () => boolean): Promise<void> => {
    for (let n = 0; !enough() && n < MOST_SLICES; n++) {
      due.sort((one, other) => one.at - other.at);
      const {at, callback} = due.shift()!;
      jump(Math.max(0, at - now()));
      turn('slice', callback);
      if (n % 16 === 0) await breath();
    }
  };

  /** Answers what is asked, and goes on where the step is done. */
  const goOn = (): void => {
    for (;;) {
      const {run} = core.state;
      const step = run?.lesson.steps[run.step];
      if (!run || !step) return;
      if (step.predict && !run.predictions[step.id]) act({type: 'predict', option: 0}, 'a prediction');
      if (!stepDone(core)) return;
      act({type: 'next'}, 'the next step');
    }
  };

  act({type: 'open', lesson: lesson.id}, 'opening the lesson');
  opened(clusterOf(core)!.machine);
  for (let i = 0; i < 5; i++) act({type: 'speed', by: 1}, 'a speed');
  goOn();
  for (const line of lesson.solution) {
    typed(line);
    act({type: 'command', line}, line);
    if (session.busy()) act({type: 'skip'}, 'skip');
    await waitFor(() => !session.busy());
    goOn();
    let looks = 0;
    await waitFor(() => core.state.run!.solved || stepDone(core) || !line.startsWith('sleep') || ++looks > PATIENCE);
    goOn();
  }
  return core;
}
