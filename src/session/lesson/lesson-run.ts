/** One lesson being played: where the learner is in it, what is met, what was predicted, what it is worth. */
import {evaluate, type Verdict} from '../../course/checks.ts';
import {foresawClaims} from '../../course/claims/judgements.ts';
import {type Star, starNames} from '../../course/progress.ts';
import type {Chronicle} from '../../course/records.ts';
import type {Lesson, LessonStep} from '../../course/types.ts';
import type {Cluster} from '../../engine/cluster/cluster.ts';
import type {Foresight} from './foresight.ts';

export interface LessonRun {
  readonly lesson: Lesson;
  /** Position of the journal at which it began. */
  readonly from: number;
  /** The chapter that is skipped when it is passed without help; undefined: it is played to learn. */
  readonly tests: number | undefined;
  readonly step: number;
  /** Hints shown, a number a step. */
  readonly hints: Readonly<Record<string, number>>;
  readonly predictions: Readonly<Record<string, Guess>>;
  readonly orders: Readonly<Record<string, OrderedCards>>;
  /** Indexes of mistakes that have fired. */
  readonly mistakes: readonly number[];
  /** The step in which the last of them did. */
  readonly mistakenAt: number | undefined;
  /** How often the learner went back in time. */
  readonly rewound: number;
  /** The solution was played: solved that way, it earns nothing. */
  readonly shown: boolean;
  readonly solved: boolean;
}

export interface Guess {
  readonly chosen: number;
  /** How sure the learner was, in percent. */
  readonly sure: number;
  /** What came true is found out by running ahead. */
  readonly ahead: Foresight;
  /** It has been made to happen: the truth may be told. */
  readonly told: boolean;
}

/** An answer to the cards of a step; cards are indexes into those of the lesson. */
export interface OrderedCards {
  readonly answer: readonly number[];
  readonly truth: readonly number[];
  /** In percent; `first`: of the first answer, which counts for the stars. */
  readonly score: number;
  readonly first: number;
  /** It has been made to happen: the truth may be told. */
  readonly told: boolean;
}

export const beginLesson = (lesson: Lesson, from: number, tests?: number): LessonRun => ({
  lesson,
  from,
  tests,
  step: 0,
  hints: {},
  predictions: {},
  orders: {},
  mistakes: [],
  mistakenAt: undefined,
  rewound: 0,
  shown: false,
  solved: false,
});

/** A question of this step waits for its answer. After the solution has been played there is nothing left to foresee. */
export const asked = (run: LessonRun, step: LessonStep): boolean =>
  step.predict !== undefined && run.predictions[step.id] === undefined && !run.shown;

/** A run ahead that is not over yet. */
export const lookingAhead = ({predictions}: LessonRun): Foresight | undefined =>
  Object.values(predictions).find(({ahead}) => !ahead.isOver)?.ahead;

export type Commands = Chronicle['commands'];

/** What checks look at, for one step of the lesson. */
export const chronicleOf = (run: LessonRun, cluster: Cluster, commands: Commands, step = run.lesson.steps[run.step]): Chronicle => ({
  cluster,
  from: run.from,
  commands,
  rewound: run.rewound,
  predicted: step ? run.predictions[step.id] !== undefined : false,
  ordered: step ? (run.orders[step.id]?.score ?? 0) : 0,
});

/** The verdict of every objective of a step. */
export function objectivesOf(run: LessonRun, step: LessonStep, cluster: Cluster, commands: Commands): Verdict[] {
  const chronicle = chronicleOf(run, cluster, commands, step);
  return step.objectives.map(objective => evaluate(objective.check, chronicle));
}

/** The first mistake that is being made and has not been spoken of; undefined when there is none. */
export function freshMistake(run: LessonRun, cluster: Cluster, commands: Commands): number | undefined {
  const chronicle = chronicleOf(run, cluster, commands);
  const found = run.lesson.mistakes.findIndex((m, i) => !run.mistakes.includes(i) && evaluate(m.when, chronicle).met);
  return found < 0 ? undefined : found;
}

/** How much of the cards has to be in order at the first try, in percent, to have foreseen it. */
const WELL_ORDERED = 90;

/** What was earned: brief is no more than twice the commands of the solution. */
export function starsOf(run: LessonRun, commands: Commands): readonly Star[] {
  if (!run.solved || run.shown) return [];
  const guesses = Object.values(run.predictions);
  const asked = run.lesson.steps.filter(s => s.predict).length;
  const earned: Record<Star, boolean> = {
    solved: true,
    unaided: Object.values(run.hints).every(n => n === 0),
    foreseen:
      guesses.length === asked &&
      guesses.every(g => g.chosen === g.ahead.truth()) &&
      Object.values(run.orders).every(o => o.first >= WELL_ORDERED) &&
      foresawClaims(commands),
    brief: commands.length <= 2 * run.lesson.solution.length,
  };
  return starNames.filter(star => earned[star]);
}
