/** What the scheduler keeps in its memory, by kind. All plain JSON, so that it is rewound with everything else. */
import type {NodeInfo, PodInfo} from '../framework/types.ts';
import type {Asked} from '../plugins/volume-bindings.ts';

export const NODE = 'node';
export const QUEUE = 'queue';
export const NOMINATED = 'nominated';
export const STATE = 'state';
export const ASKING = 'asking';
/** By resource and `namespace/name`: an object as the scheduler has written it. */
export const ASSUMED = 'assumed';
export const KINDS = [NODE, QUEUE, NOMINATED, STATE, ASKING, ASSUMED] as const;

/** `node` by name. */
export interface CachedNode {
  /** Orders nodes by when they were first seen: the resource version they had then. */
  readonly seq: number;
  readonly info: NodeInfo;
}

/**
 * Where a pod without a node is.
 * - active: waiting for its turn
 * - backoff, errorBackoff: rejected, or failed, a short while ago
 * - unschedulable: until an event may have changed a plugin's mind
 * - gated: a PreEnqueue plugin keeps it out
 * - binding: assumed to be on its node already; the informers will confirm it
 */
export type Place = 'active' | 'backoff' | 'errorBackoff' | 'unschedulable' | 'gated' | 'binding';

/** `queue` by `namespace/name`. upstream: pkg/scheduler/framework/types.go QueuedPodInfo */
export interface QueueEntry {
  readonly uid: string;
  readonly place: Place;
  readonly priority: number;
  /** Virtual ms: when it came into the queue, or came back. */
  readonly timestamp: number;
  /** Tells equals apart: the resource version with which the pod was first seen. */
  readonly seq: number;
  readonly attempts: number;
  /** How often it was rejected; sets the back-off. */
  readonly rejections: number;
  /** Errors in a row; set the back-off instead. */
  readonly errors: number;
  /** Virtual ms, a whole second. */
  readonly backoffUntil: number;
  /** The plugins that rejected it, or the one that gates it. */
  readonly plugins: readonly string[];
  /** With place binding: where. */
  readonly node?: string;
  /** With place binding: the volumes that were asked for and have not all come. */
  readonly waiting?: readonly Asked[];
  /** With place binding: an extender that was asked to bind it is silent. */
  readonly unanswered?: true;
}

/** `nominated` by `namespace/name`: a pod that preemption has promised a node. */
export interface Nomination {
  readonly node: string;
  readonly info: PodInfo;
}

/** `asking` under '': a cycle that waits for silent extenders. No other pod has its turn before it is over. */
export interface Asking {
  /** The pod: `namespace/name`. */
  readonly key: string;
  /** Virtual ms. */
  readonly until: number;
}

/** `state` under MARK: replaced in every step that changes another record. */
export interface Mark {
  readonly step: number;
  /** Where the next search through the nodes begins. */
  readonly nextStart: number;
}
export const MARK = 'mark';
