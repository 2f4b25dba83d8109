/** A class at work: where each student is, as the small file that their podyssey keeps up to date in a shared folder. Shown, never graded. */
import {byText} from '../engine/api/order.ts';
import {nameFault} from './submission.ts';

/** Where one student is. Times are milliseconds since 1970, by the student's clock. */
export interface Seat {
  readonly version: 1;
  readonly class: string;
  readonly student: string;
  readonly updated: number;
  /** Number of the lesson: 3.2. */
  readonly lesson: string;
  readonly title: string;
  /** Steps done of so many. */
  readonly done: number;
  readonly steps: number;
  /** When the step at hand began. */
  readonly since: number;
  /** What is missing of it. */
  readonly gap: string;
  readonly hints: number;
  /** Misconceptions that spoke in this lesson. */
  readonly mistakes: readonly string[];
  /** Numbers of the lessons that are solved, of so many. */
  readonly solved: readonly string[];
  readonly lessons: number;
}

/** On one step for so long: somebody should go there. */
export const STUCK_MS = 4 * 60_000;

const texts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.length <= 100 && value.every(short);
const short = (value: unknown): boolean => typeof value === 'string' && value.length <= 1000;

/** Reads a seat from plain JSON. Throws an Error that says what is wrong. */
export function parseSeat(value: unknown): Seat {
  const seat = (value ?? {}) as Partial<Seat>;
  if (seat.version !== 1) throw new Error('not a progress file of this version');
  const fault = nameFault(seat.student);
  if (fault) throw new Error(`student ${fault}`);
  for (const field of ['class', 'lesson', 'title', 'gap'] as const) if (!short(seat[field])) throw new Error(`${field} must be a text`);
  for (const field of ['updated', 'done', 'steps', 'since', 'hints', 'lessons'] as const)
    if (!Number.isFinite(seat[field])) throw new Error(`${field} must be a number`);
  for (const field of ['mistakes', 'solved'] as const) if (!texts(seat[field])) throw new Error(`${field} must be a list of texts`);
  return seat as Seat;
}

export interface Room {
  readonly seats: readonly (Seat & {readonly state: 'works' | 'stuck' | 'done'; readonly onStepMs: number})[];
  /** Those that caught most students first. */
  readonly misconceptions: readonly {readonly lesson: string; readonly say: string; readonly students: readonly string[]}[];
  /** How many students are at each lesson, in the order of their numbers. */
  readonly lessons: readonly {readonly lesson: string; readonly title: string; readonly students: number; readonly stuck: number}[];
}

const lessonOrder = (a: string, b: string): number => Number.parseFloat(a) - Number.parseFloat(b) || byText(a, b);

/** The room as it is now (milliseconds since 1970): who is stuck comes first, for longest first. */
export function roomOf(all: readonly Seat[], now: number): Room {
  const seats = all.map(seat => {
    const onStepMs = Math.max(0, now - seat.since);
    const state = seat.done >= seat.steps ? ('done' as const) : onStepMs >= STUCK_MS ? ('stuck' as const) : ('works' as const);
    return {...seat, state, onStepMs};
  });
  const rank = {stuck: 0, works: 1, done: 2};
  const caught = new Map<string, {lesson: string; say: string; students: string[]}>();
  const places = new Map<string, {lesson: string; title: string; students: number; stuck: number}>();
  for (const {lesson, title, student, mistakes, state} of seats) {
    for (const say of mistakes) {
      const key = `${lesson}\n${say}`;
      if (!caught.has(key)) caught.set(key, {lesson, say, students: []});
      caught.get(key)!.students.push(student);
    }
    const place = places.get(lesson) ?? {lesson, title, students: 0, stuck: 0};
    places.set(lesson, {...place, students: place.students + 1, stuck: place.stuck + Number(state === 'stuck')});
  }
  return {
    seats: seats.sort(
      (a, b) => rank[a.state] - rank[b.state] || (a.state === 'stuck' ? b.onStepMs - a.onStepMs : 0) || byText(a.student, b.student),
    ),
    misconceptions: [...caught.values()].sort((a, b) => b.students.length - a.students.length || byText(a.say, b.say)),
    lessons: [...places.values()].sort((a, b) => lessonOrder(a.lesson, b.lesson)),
  };
}
