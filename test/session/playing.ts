/** A session that is played by lines, with a clock that is turned by hand. */
import {createManualClock} from '../../src/plain/clock.ts';
import type {View} from '../../src/session/types.ts';
import {firstBreath, realSession} from '../tui/real-session.ts';

export interface Playing {
  readonly session: ReturnType<typeof realSession>['session'];
  view(): View;
  /** Types lines, letting a little time pass after each. */
  type(...lines: readonly string[]): void;
  /** Lets seconds pass on the wall. */
  wait(seconds: number): void;
  /** The last remark. */
  remark(): string;
  /** What the line that was entered last has printed. */
  printed(): string;
}

/** Free play, or a lesson where its file is named. */
export function play(lesson?: string): Playing {
  const clock = createManualClock();
  const {session} = realSession(clock, lesson ?? firstBreath, () => undefined);
  session.subscribe(() => undefined);
  const view = (): View => session.getSnapshot();
  if (lesson === undefined) session.dispatch({type: 'sandbox'});
  else session.dispatch({type: 'open', lesson: view().course.chapters[0]!.lessons[0]!.id});
  return {
    session,
    view,
    type(...lines) {
      for (const line of lines) {
        session.dispatch({type: 'command', line});
        clock.turn(2500);
      }
    },
    wait: seconds => clock.turn(seconds * 1000),
    remark: () => view().toast?.text ?? '',
    printed: () => view().transcript.at(-1)?.output ?? '',
  };
}
