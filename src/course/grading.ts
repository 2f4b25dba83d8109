/** What grading finds, as plain data: the same for the table, JSON, CSV and the page. */
import type {ClaimVerdict} from './claims/types.ts';

/** What shows that an objective was reached. */
export interface Evidence {
  /** The learner's command at the end of the chain of causes; undefined where none caused it. */
  readonly command: string | undefined;
  /** Of etcd, when it came true. */
  readonly revision: number;
  /** Virtual milliseconds since the lesson began. */
  readonly atMs: number;
}

export interface GradedObjective {
  readonly text: string;
  readonly met: boolean;
  /** What is missing; '' when it is met. */
  readonly gap: string;
  readonly evidence: Evidence | undefined;
}

export interface GradedStep {
  readonly id: string;
  readonly points: number;
  readonly of: number;
  readonly done: boolean;
  readonly objectives: readonly GradedObjective[];
  readonly hints: number;
  readonly prediction: GradedPrediction | undefined;
}

export interface GradedPrediction {
  readonly ask: string;
  readonly chosen: string;
  readonly truth: string;
  /** In percent. */
  readonly sure: number;
  /** Brier's, halved: 0 is sure and right, 1 sure and wrong. */
  readonly score: number;
}

/** The first word on a claim of an old text. */
export interface GradedClaim {
  readonly number: number;
  readonly says: string;
  readonly said: ClaimVerdict;
  readonly right: boolean;
  /** In percent. */
  readonly sure: number;
  /** As of a prediction. */
  readonly score: number;
}

/** One bar of a student's timeline. */
export interface Moment {
  readonly atMs: number;
  readonly kind: 'command' | 'mistake' | 'hint' | 'step' | 'back' | 'solution';
  readonly text: string;
}

export interface GradedLesson {
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly variant: Readonly<Record<string, string>>;
  readonly points: number;
  readonly of: number;
  readonly solved: boolean;
  readonly steps: readonly GradedStep[];
  readonly commands: number;
  readonly hints: number;
  /** Virtual milliseconds from the lesson's beginning to the last thing done. */
  readonly timeMs: number;
  /** Claims that were judged, by their numbers. */
  readonly claims: readonly GradedClaim[];
  /** Mean over the predictions made and the claims judged; undefined: none was. */
  readonly brier: number | undefined;
  /** Misconceptions that spoke: their sentences, with the command after which they did. */
  readonly mistakes: readonly {readonly say: string; readonly command: string; readonly atMs: number}[];
  readonly moments: readonly Moment[];
}

export type FlagKind = 'edited' | 'engine' | 'class' | 'late' | 'twice' | 'variant' | 'lesson' | 'replay' | 'identical';

/** Something for the teacher to look at. */
export interface Flag {
  readonly kind: FlagKind;
  /** Id of the lesson; '' where it is about the whole. */
  readonly lesson: string;
  readonly text: string;
}

/** A submission that was graded. */
export interface Graded {
  readonly file: string;
  readonly student: string;
  readonly class: string;
  readonly points: number;
  readonly of: number;
  readonly lessons: readonly GradedLesson[];
  readonly flags: readonly Flag[];
}

/** A file that could not be. */
export interface Refused {
  readonly file: string;
  readonly why: string;
}

export interface GradeBook {
  readonly version: 1;
  readonly class: string;
  readonly submissions: readonly Graded[];
  readonly refused: readonly Refused[];
}

/** Brier's score of one answer, halved: `sure` percent on what was chosen, the rest spread evenly over the other options. */
export function brierScore(options: number, chosen: number, truth: number, sure: number): number {
  const on = sure / 100;
  const rest = options > 1 ? (1 - on) / (options - 1) : 0;
  let sum = 0;
  for (let i = 0; i < options; i++) sum += ((i === chosen ? on : rest) - (i === truth ? 1 : 0)) ** 2;
  return rounded(sum / 2);
}

/** The mean, to four places; undefined of nothing. */
export const mean = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : rounded(numbers.reduce((a, b) => a + b, 0) / numbers.length);

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** The numbers added up; 0 where there are none. */
export const sumOf = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
