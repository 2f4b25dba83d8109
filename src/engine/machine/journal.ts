/** What happened, step by step, and where in it the machine stands. Steps hold references only, so keeping them is cheap and going back is quick. */
import type {KeptStep} from './kept-step.ts';
import type {Root, Step} from './types.ts';

export interface Journal {
  /** Steps from the first one kept to the last one known, the future included. */
  readonly steps: readonly Step[];
  /** Positions count steps since the beginning; `first` is the earliest that can still be reached. */
  readonly first: number;
  readonly position: number;
  readonly length: number;
  /** The steps of the past: what has happened as seen from here. */
  past(): readonly Step[];
  /** The step with this id, or undefined. */
  find(id: number): Step | undefined;
  add(step: KeptStep): void;
  /** Drops the steps ahead of the position: a new step makes a new future. */
  forgetFuture(): void;
  back(): KeptStep;
  forward(): KeptStep;
  rootHere(): Root;
  fork(): Journal;
}

export function createJournal(start: Root, maxSteps = Number.POSITIVE_INFINITY): Journal {
  return journalFrom([], 0, 0, start, maxSteps);
}

function journalFrom(steps: KeptStep[], dropped: number, at: number, start: Root, maxSteps: number): Journal {
  let first = dropped;
  let position = at;
  let origin = start;
  return {
    steps,
    get first() {
      return first;
    },
    get position() {
      return position;
    },
    get length() {
      return first + steps.length;
    },
    past: () => (position === first + steps.length ? steps : steps.slice(0, position - first)),
    find(id) {
      let low = 0;
      let high = steps.length - 1;
      while (low <= high) {
        const middle = (low + high) >> 1;
        const step = steps[middle]!;
        if (step.id === id) return middle < position - first ? step : undefined;
        if (step.id < id) low = middle + 1;
        else high = middle - 1;
      }
      return undefined;
    },
    add(step) {
      steps.push(step);
      position++;
      if (steps.length > maxSteps * 1.25) {
        const drop = steps.length - maxSteps;
        origin = steps[drop - 1]!.after;
        steps.splice(0, drop);
        first += drop;
      }
    },
    forgetFuture() {
      if (position < first + steps.length) steps.length = position - first;
    },
    back: () => steps[--position - first]!,
    forward: () => steps[position++ - first]!,
    rootHere: () => (position > first ? steps[position - first - 1]!.after : origin),
    fork: () => journalFrom(steps.slice(0, position - first), first, position, origin, maxSteps),
  };
}
