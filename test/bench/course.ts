/** The whole course at a learner's own pace, without a screen: every lesson in order, in one session, by its solution. */

import {readLessons} from '../../src/cli/course.ts';
import {inOrder} from '../../src/course/course.ts';
import {NO_PROGRESS} from '../../src/course/progress.ts';
import type {Lesson} from '../../src/course/types.ts';
import {createManualClock} from '../../src/plain/clock.ts';
import {stepDone} from '../../src/session/lesson/lesson-actions.ts';
import type {OwnSession} from '../../src/session/session.ts';
import {clusterOf} from '../../src/session/state.ts';
import {openSession} from '../session/open-session.ts';
import {report} from './measure.ts';

/** Real milliseconds of a look at the screen: more than a second and a half goes by in the cluster. */
const LOOK_MS = 16;
const FASTER = 5;
/** Ten minutes of the cluster. */
const PATIENCE = 375;

/** Somebody who knows the answers, but not what comes true: asked for a prediction, they take the first. */
function learner(lessons: readonly Lesson[]) {
  const clock = createManualClock();
  let progress = NO_PROGRESS;
  const session = openSession(lessons, {ports: {...clock, changeProgress: change => (progress = change(progress))}});
  session.subscribe(() => undefined);
  const {core} = session;

  const waitFor = (enough: () => boolean): void => {
    for (let looks = 0; !enough() && looks < PATIENCE; looks++) clock.turn(LOOK_MS);
  };
  /** Answers what is asked, and goes on where the step is done. */
  const goOn = (): void => {
    for (;;) {
      const {run} = core.state;
      const step = run?.lesson.steps[run.step];
      if (!run || !step) return;
      if (step.predict && !run.predictions[step.id]) session.dispatch({type: 'predict', option: 0});
      if (step.order && !run.orders[step.id]) putInOrder(session);
      if (!stepDone(core)) return;
      session.dispatch({type: 'next'});
    }
  };
  return {
    solves(lesson: Lesson): boolean {
      session.dispatch({type: 'open', lesson: lesson.id});
      for (let i = 0; i < FASTER; i++) session.dispatch({type: 'speed', by: 1});
      goOn();
      for (const line of lesson.solution) {
        if (core.state.run!.solved) break;
        session.dispatch({type: 'command', line});
        if (line === 'back') session.dispatch({type: 'present'});
        if (session.busy()) session.dispatch({type: 'skip'});
        waitFor(() => !session.busy());
        goOn();
        waitFor(() => core.state.run!.solved || stepDone(core) || clusterOf(core)!.machine.idle);
        goOn();
      }
      return Boolean(progress.lessons[lesson.id]?.solved);
    },
  };
}

/** Any order first, then the one that it turned out to be. */
function putInOrder({core, dispatch, getSnapshot}: OwnSession): void {
  const numbers = getSnapshot().ordering!.cards.map((_, i) => i + 1);
  dispatch({type: 'order', numbers});
  const {run} = core.state;
  const {id, order} = run!.lesson.steps[run!.step]!;
  const texts = run!.orders[id]!.truth.map(card => order!.cards[card]!.text);
  dispatch({type: 'order', numbers: texts.map(text => getSnapshot().ordering!.cards.indexOf(text) + 1)});
}

/** Prints how many lessons are solved, and what that takes. */
export function benchCourse(): void {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const lessons = inOrder(readLessons().flatMap(({lesson}) => lesson ?? []));
  const {solves} = learner(lessons);
  const unsolved = lessons.filter(lesson => !solves(lesson));
  const {user, system} = process.cpuUsage(cpu);
  const seconds = `${((user + system) / 1e6).toFixed(0)} s of processor time, ${((performance.now() - begun) / 1000).toFixed(0)} s on the wall`;
  report(
    `the whole course: ${lessons.length - unsolved.length} of ${lessons.length} lessons solved`,
    seconds,
    unsolved.length ? `not solved: ${unsolved.map(({number}) => number).join(' ')}` : '<= 120 s',
  );
}
