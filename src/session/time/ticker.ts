/** The clock on the wall turned into virtual time, in slices that never hold the keys up. */
import type {Ports} from '../session.ts';

/** Virtual milliseconds a real one. */
export const FOLLOW_SPEEDS: readonly number[] = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 100, 1000, Number.POSITIVE_INFINITY];

/** How often the cluster is moved on. */
const SLICE_MS = 16;
/** How long moving it on may take at a time, and how much of it is left to the last step, which is brought to its end, and to collecting what was made. */
export const BUDGET_MS = 8;
const LAST_STEP_MS = 4;
/** Front ends are told at most this often while time flows. */
const TELL_MS = 100;
/** At the highest speed, and while one looks ahead, one slice follows the other, with no more than this between them for the keys. */
const BREATH_MS = 1;
/** Each lets pass as much as its budget allows: ten minutes at most, so that it ends on any clock. */
const SLICE_AT_MOST_MS = 600_000;
/** One stage of a request that is watched. */
const STAGE_MS = 70;

export interface Ticker {
  start(): void;
  stop(): void;
}

export interface TickerOptions {
  readonly ports: Pick<Ports, 'now' | 'later'>;
  speed(): number;
  /** Time flows: not paused, not in the past, and there is a cluster. */
  flows(): boolean;
  /** A request is being watched on its way: the cluster stands still meanwhile. */
  walking(): boolean;
  /** Somebody is in the middle of looking at the cluster. */
  held(): boolean;
  /** Goes on, within a budget of real milliseconds, with what has to be known before time flows on; false where there is nothing. */
  lookAhead(budget: number): boolean;
  /** Lets virtual milliseconds pass, or as many as can be within a budget of real ones; returns how many did, or all of them where something else stopped the clock. */
  advance(ms: number, budget: number): number;
  /** The watched request passes its next stage. */
  walk(): void;
  /** `pace`: virtual milliseconds a real one, where there is too much to compute for the speed that is asked for. */
  tell(pace?: number): void;
}

export function createTicker(options: TickerOptions): Ticker {
  const {ports} = options;
  let cancel: (() => void) | undefined;
  let last = 0;
  let told = 0;
  let stagedAt = 0;
  /** Less than a virtual millisecond: virtual time is counted in whole ones. */
  let owed = 0;
  /** Real milliseconds since it was told last, and the virtual ones that were wanted and that passed. */
  let since = {real: 0, wanted: 0, passed: 0};
  const pace = (): number | undefined =>
    Number.isFinite(since.wanted) && since.passed < since.wanted / 2 ? Number((since.passed / since.real).toPrecision(1)) : undefined;
  const tick = (): void => {
    if (options.held()) {
      cancel = ports.later(BREATH_MS, tick);
      return;
    }
    const now = ports.now();
    const passed = Math.min(now - last, 250);
    let looking = false;
    last = now;
    if (options.walking()) {
      if (now - stagedAt >= STAGE_MS) {
        stagedAt = now;
        options.walk();
        options.tell();
      }
    } else if (options.flows() && options.lookAhead(BUDGET_MS - LAST_STEP_MS)) {
      looking = true;
      if (now - told >= TELL_MS) {
        told = now;
        options.tell();
      }
    } else if (options.flows()) {
      owed += Number.isFinite(options.speed()) ? passed * options.speed() : SLICE_AT_MOST_MS;
      const whole = Math.floor(owed);
      owed -= whole;
      const went = whole > 0 ? options.advance(whole, BUDGET_MS - LAST_STEP_MS) : 0;
      const wanted = Number.isFinite(options.speed()) ? whole : Number.POSITIVE_INFINITY;
      since = {real: since.real + passed, wanted: since.wanted + wanted, passed: since.passed + went};
      // What stopped the clock is told at once: nothing comes after it that would be told.
      if (now - told >= TELL_MS || !options.flows()) {
        told = now;
        options.tell(pace());
        since = {real: 0, wanted: 0, passed: 0};
      }
    }
    const breathless = options.flows() && (looking || !Number.isFinite(options.speed()));
    cancel = ports.later(breathless ? BREATH_MS : SLICE_MS, tick);
  };
  return {
    start() {
      if (cancel) return;
      last = ports.now();
      cancel = ports.later(SLICE_MS, tick);
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}
