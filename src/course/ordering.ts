/** Cards to be put in the order in which things happen: how they are dealt, what order is true, how much of an answer is in it. */
import {matches} from './match.ts';
import {type Chronicle, kindOfMatch, recordsOfStep, stepsOf} from './records.ts';
import type {Ordering} from './types.ts';

/** The true order of the cards, by their indexes in the file; or what is wrong with them. */
export type Truth = {readonly order: readonly number[]} | {readonly wrong: string};

/** Reads off when each card happened first. Cards that never happened, or that one record is the first of both, cannot be ordered. */
export function trueOrder({cards}: Ordering, chronicle: Chronicle): Truth {
  const firsts = cards.map(({when}) => {
    const [kind, pattern] = kindOfMatch(when);
    for (const [index, step] of stepsOf(chronicle).entries()) {
      const at = recordsOfStep(step, kind).findIndex(record => matches(pattern, record));
      if (at >= 0) return {index, place: placeIn(step.notes, recordsOfStep(step, kind)[at]), at};
    }
    return undefined;
  });
  const missing = firsts.indexOf(undefined);
  if (missing >= 0) return {wrong: `"${cards[missing]!.text}" never happens in the run`};
  const moments = firsts.map(first => first!);
  const before = (a: number, b: number): number => {
    const [one, other] = [moments[a]!, moments[b]!];
    return one.index - other.index || one.place - other.place || one.at - other.at;
  };
  const order = cards.map((_, index) => index).sort(before);
  const tied = order.findIndex((card, i) => i > 0 && before(order[i - 1]!, card) === 0);
  if (tied > 0) return {wrong: `"${cards[order[tied - 1]!]!.text}" and "${cards[order[tied]!]!.text}" are the same moment`};
  return {order};
}

/** Where among a step's notes a record stands: a request and its stages where the request's note does, an object behind them all. */
function placeIn(notes: readonly unknown[], record: unknown): number {
  const whole = notes.indexOf(record);
  if (whole >= 0) return whole;
  const {kind, id, request = kind === 'request' ? id : undefined} = (record ?? {}) as {kind?: unknown; id?: unknown; request?: unknown};
  return request === undefined ? notes.length : notes.findIndex(note => (note as {id?: unknown}).id === request);
}

/** How the cards lie at first: the same for everybody, and never by chance half in order. Indexes into the cards of the file. */
export function dealt(count: number): readonly number[] {
  // Every card moves on by a step that has no part in common with their number.
  const shares = (a: number, b: number): boolean => (b === 0 ? a > 1 : shares(b, a % b));
  const stride = [7, 5, 3, 11, 13].find(step => step < count && !shares(count, step)) ?? Math.max(1, count - 1);
  return Array.from({length: count}, (_, index) => (index * stride + Math.floor(count / 2)) % count);
}

/** How many cards of an answer need not be moved: the longest part of it that is in the true order. */
export function inOrder(answer: readonly number[], truth: readonly number[]): number {
  const ranks = answer.map(card => truth.indexOf(card));
  const longest: number[] = [];
  ranks.forEach((rank, i) => {
    longest[i] = 1 + Math.max(0, ...ranks.slice(0, i).map((before, k) => (before < rank ? longest[k]! : 0)));
  });
  return Math.max(0, ...longest);
}

/** In percent, rounded down. */
export const scoreOf = (answer: readonly number[], truth: readonly number[]): number =>
  Math.floor((100 * inOrder(answer, truth)) / Math.max(1, truth.length));
