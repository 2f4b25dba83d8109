/** What can be seen of the controllers: who owns whom, queues, caches, the turn that was taken last. */
import type {LoopState} from '../loop-state.ts';
import type {Ref} from '../styled.ts';
import type {LeftOutFacts} from './left-out.ts';

export interface OwnedFacts {
  readonly depth: number;
  readonly kind: string;
  readonly name: string;
  readonly state: string;
  readonly healthy: boolean;
  readonly ref: Ref;
}

/** Owners with what they own below them; of many, how many more there are. */
export type TreeFacts = readonly (OwnedFacts | (LeftOutFacts & {readonly depth: number}))[];

export interface QueueFacts {
  readonly component: string;
  readonly state: LoopState;
  /** How many keys wait. */
  readonly waiting: number;
  /** What it did last, e.g. `created pod web-x2k1`. */
  readonly last: string;
  /** Those that are due next. */
  readonly items: readonly {
    readonly key: string;
    readonly inMs: number;
    readonly failures: number;
    /** What the last try failed with; empty when it did not. */
    readonly error: string;
  }[];
}

/** How far a program's informer cache of a resource has come: what its loops believe. */
export interface CacheFacts {
  readonly resource: string;
  readonly revision: number;
  /** Changes of the resource that it has not been told of. */
  readonly behind: number;
  readonly lagMs: number;
  /** Cut off: nothing reaches it until the link is mended. */
  readonly stalled: boolean;
}

/** One turn of a control loop: a key taken from the queue, looked at, acted upon. */
export interface TurnFacts {
  readonly step: number;
  readonly atMs: number;
  readonly component: string;
  readonly key: string;
  /** What put the key into the queue. */
  readonly woken: string;
  readonly beats: readonly {readonly beat: 'observe' | 'difference' | 'act'; readonly detail: string}[];
  /** What it asked of the API server; events left out. */
  readonly requests: readonly {readonly verb: string; readonly what: string; readonly code: number; readonly reason: string}[];
  /** How many they were; of many the first are told. */
  readonly allRequests: number;
  /** Why it ended early; it will be tried again. */
  readonly error: string | undefined;
}

/** A turn that did something, in a line; several of one key that did the same are one. */
export interface EarlierTurnFacts {
  readonly step: number;
  readonly atMs: number;
  readonly component: string;
  readonly key: string;
  readonly act: string;
  readonly times: number;
}

export interface ControllerFacts {
  readonly tree: TreeFacts;
  readonly queues: readonly QueueFacts[];
  /** The last turn that found something to do or failed; while nothing did, the last one. */
  readonly turn: TurnFacts | undefined;
  /** Turns before that one that did something, newest first. */
  readonly before: readonly EarlierTurnFacts[];
  readonly caches: readonly CacheFacts[];
}
