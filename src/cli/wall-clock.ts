/** The clock on the wall, for a screen. */
import type {Ports} from '../session/session.ts';

export const wallClock: Pick<Ports, 'now' | 'later'> = {
  now: () => performance.now(),
  later(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
