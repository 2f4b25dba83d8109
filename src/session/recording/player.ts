/** A session that has been, to be shown: its time plays, forwards only, between its beginning and its end. All else is done by the session itself. */
import type {OwnSession} from '../session.ts';
import type {Ports} from '../state.ts';
import {clusterOf} from '../state.ts';
import {FOLLOW_SPEEDS} from '../time/ticker.ts';
import type {Session, SessionAction, View} from '../types.ts';

/** How often what plays is moved on, in real milliseconds. */
const TICK_MS = 50;

/** Takes a session whose recording has been played to its end; it is put back to its beginning. */
export function createPlayer(session: OwnSession, ports: Pick<Ports, 'now' | 'later'>): Session {
  const {core} = session;
  let playing = false;
  let speed = 1;
  let stop: (() => void) | undefined;
  let shown: {view: View; playing: boolean; speed: number; made: View} | undefined;

  /** Lets so many virtual milliseconds of what was recorded pass; false at its end. */
  const pass = (until: number): boolean => {
    const {history, machine} = clusterOf(core)!;
    const {journal} = machine;
    let position = history.position;
    while (position < history.length && journal.steps[position - journal.first]!.at <= until) position++;
    if (position > history.position) session.dispatch({type: 'seek', step: position});
    return position < history.length;
  };

  const play = (): void => {
    let last = ports.now();
    let at = clusterOf(core)!.now;
    const tick = (): void => {
      const now = ports.now();
      at += (now - last) * speed;
      last = now;
      if (pass(at) && playing) stop = ports.later(TICK_MS, tick);
      else pause();
    };
    playing = true;
    stop = ports.later(TICK_MS, tick);
  };
  const pause = (): void => {
    stop?.();
    playing = false;
    core.tell();
  };

  session.dispatch({type: 'seek', step: core.state.world!.from});
  return {
    ...session,
    getSnapshot() {
      const view = session.getSnapshot();
      if (shown?.view === view && shown.playing === playing && shown.speed === speed) return shown.made;
      const {position, length} = clusterOf(core)!.history;
      const typed = core.state.branch!.entries.filter(entry => entry.position < position || position === length);
      const made: View = {
        ...view,
        time: {...view.time, paused: !playing, speed},
        transcript: view.transcript.filter(entry => typed.some(each => each.id === entry.id)),
        // What it came to is no news: it is being told how.
        lesson: view.lesson && {...view.lesson, solved: false, stepDone: false, debrief: undefined},
        prediction: undefined,
        toast: undefined,
      };
      shown = {view, playing, speed, made};
      return made;
    },
    dispatch(action: SessionAction) {
      if (action.type === 'toggle') {
        if (playing) pause();
        else play();
      } else if (action.type === 'speed') {
        const at = FOLLOW_SPEEDS.indexOf(speed) + action.by;
        speed = FOLLOW_SPEEDS[Math.max(0, Math.min(FOLLOW_SPEEDS.length - 1, at))]!;
      } else {
        // Who takes the time into their own hands does not want it to run on.
        if (playing && action.type !== 'select') pause();
        return session.dispatch(action);
      }
      core.tell();
    },
  };
}
