/** What can be seen of the scheduler: its queues, its last decision, why a pod waits. */
import type {Decision} from '../../engine/scheduler/decision.ts';
import type {LoopState} from '../loop-state.ts';
import type {Ref} from '../styled.ts';

/** A decision with the step that made it. */
export interface DecisionFacts extends Decision {
  readonly step: number;
  /** How many nodes have a verdict; the tables tell of those that matter. */
  readonly allNodes: number;
}

/** A pod in one of the scheduler's queues. */
export interface QueuedFacts {
  /** `namespace/name` */
  readonly pod: string;
  readonly attempts: number;
  /** The plugins that turned it down, or the one that gates it. */
  readonly plugins: readonly string[];
  /** Until its back-off is over, or until it is tried again though nothing happened; undefined where it does not wait for time. */
  readonly leftMs: number | undefined;
  /** Events that bring it back sooner, as `Node/Add`. */
  readonly wakes: readonly string[];
  /** Where it is being bound to. */
  readonly node: string;
  readonly ref: Ref;
}

/** What would make a node win, as things stand. */
export interface WhyNotFacts {
  readonly node: string;
  readonly obstacles: readonly {readonly plugin: string; readonly reasons: readonly string[]}[];
  /** Points behind the best; undefined where it does not fit. */
  readonly behind: number | undefined;
  readonly changes: readonly {readonly text: string; readonly wins: 'alone' | 'tied'}[];
}

/** What the learner said would happen, beside what did; `truth` is undefined until it may be told. */
export interface PredictedFacts {
  readonly ask: string;
  readonly guess: string;
  readonly truth: string | undefined;
}

export interface SchedulerFacts {
  readonly state: LoopState;
  /** Of each queue how many wait there, and those that are next. */
  readonly queues: readonly {readonly name: string; readonly waiting: number; readonly items: readonly QueuedFacts[]}[];
  readonly decision: DecisionFacts | undefined;
  /** The filters of the profile that decided, in their order. */
  readonly filters: readonly string[];
  readonly predicted: PredictedFacts | undefined;
  /** Of the selected node, for the decision's pod. */
  readonly whyNot: WhyNotFacts | undefined;
}

/** What is wanted of a pod that is over. */
export const NOTHING_MORE = 'nothing more';
