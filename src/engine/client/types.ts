/**
 * What a component of the cluster holds: everything it may do, it does as a client of the API server.
 * upstream: staging/src/k8s.io/client-go (rest, tools/cache, util/workqueue, tools/record)
 */
import type {Json, KubeObject, Stored, UserInfo} from '../api/types.ts';
import type {ClientCertificate} from '../apiserver/authentication/types.ts';
import type {ObjectIndex} from '../apiserver/indexes.ts';
import type {Tx} from '../machine/types.ts';
import type {Host} from './hosts.ts';

/** Plural name of a resource in the kinds table (`pods`, `deployments`); `plural.group` for custom resources. */
export type Resource = string;

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** `0`: any version will do, so the watch cache answers alone. */
  resourceVersion?: '0';
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  preconditions?: {uid?: string; resourceVersion?: string};
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/**
 * Requests under one identity, each walked through authentication, authorization, admission, validation and storage.
 * Every method throws ApiError with the server's Status.
 */
export interface Client {
  get<T = KubeObject>(resource: Resource, namespace: string, name: string): Stored<T>;
  list<T = KubeObject>(resource: Resource, options?: ListOptions): Stored<T>[];
  create<T = KubeObject>(resource: Resource, object: T, options?: {subresource?: string; name?: string; namespace?: string}): Stored<T>;
  update<T = KubeObject>(resource: Resource, object: T, options?: {subresource?: string}): Stored<T>;
  patch<T = KubeObject>(
    resource: Resource,
    namespace: string,
    name: string,
    type: PatchType,
    patch: Json,
    options?: {subresource?: string; fieldManager?: string; force?: boolean},
  ): Stored<T>;
  delete(resource: Resource, namespace: string, name: string, options?: DeleteOptions): void;
  /** Everything of a resource in a namespace. */
  deleteCollection(resource: Resource, namespace: string, options?: DeleteOptions): void;
}

/** A component's informer cache of one resource: the store as of the last watch event delivered to it. It lags. */
export interface Lister<T = KubeObject> {
  get(namespace: string, name: string): Stored<T> | undefined;
  /** In key order. */
  list(namespace?: string): Stored<T>[];
  /**
   * By a named index: `node` (pods by spec.nodeName), `owner` (uid of the controlling owner), `ownerAny` (uid of any owner), `orphan` (namespace of pods and
   * replica sets without a controller).
   */
  by(index: ObjectIndex, value: string): Stored<T>[];
}

/**
 * upstream: client-go/util/workqueue. The queue is the machine's due events of this component, one a key. A key added while it waits stays once;
 * the earlier time wins.
 */
export interface WorkQueue {
  add(key: string): void;
  addAfter(key: string, ms: number): void;
  /** Exponential: 5 ms x 2^failures, at most 1000 s; of all keys together 100 at once, then 10 a second. */
  addRateLimited(key: string): void;
  /** The turn is too long for one step: the key is handed over once more, at this same instant. */
  goOn(key: string): void;
  /** Whether the turn goes on. */
  goesOn(key: string): boolean;
  forget(key: string): void;
  failures(key: string): number;
}

/** A component's private memory: plain entities by kind and id, part of the state, so it is rewound with everything else. */
export interface Memory {
  get<T extends object>(kind: string, id: string): T | undefined;
  /** All of a kind, ordered by id. */
  list<T extends object>(kind: string): [id: string, value: T][];
  put<T extends object>(kind: string, id: string, value: T): void;
  /** One immer produce; throws when there is none. */
  update<T extends object>(kind: string, id: string, recipe: (draft: T) => void): T;
  delete(kind: string, id: string): void;
}

/** upstream: client-go/tools/record. Repeated events are counted up (count, lastTimestamp); 25 at once a source and object, then 1 in 300 s. */
export interface EventRecorder {
  event(
    object: KubeObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    options?: {fieldPath?: string; action?: string; related?: KubeObject},
  ): void;
}

export interface ComponentContext {
  readonly tx: Tx;
  /** Virtual milliseconds since the cluster began. */
  readonly now: number;
  /** The node's name for a component with one instance a node; else ''. */
  readonly instance: string;
  readonly client: Client;
  readonly queue: WorkQueue;
  readonly memory: Memory;
  readonly events: EventRecorder;
  lister<T = KubeObject>(resource: Resource): Lister<T>;
  /** The watch of one object begins, ends, or turns to another: whatever its `one` says now. */
  follow(resource: Resource): void;
  /** RFC 3339 with seconds, of a virtual time (default: now). */
  time(ms?: number): string;
  /** RFC 3339 with microseconds, for leases and events. */
  microTime(ms?: number): string;
  /** Uniform in [0, 1), seeded. */
  random(): number;
  /** Calls `component.timers[name](ctx, data)` after that many virtual milliseconds. With `key`, one such timer a key (the earlier wins). */
  after(ms: number, name: string, data?: Json, options?: {key?: string; periodic?: boolean}): void;
  cancel(name: string, key: string): boolean;
  /** When the timer with this name and key is due, in virtual milliseconds; undefined when there is none. */
  dueAt(name: string, key: string): number | undefined;
  /** Tells the story: one line of the trace. `subject` names an object (`pod/default/web`), `stage` a step of the pipeline. */
  trace(stage: string, subject: string, detail: string, more?: Record<string, unknown>): void;
}

export interface WatchEvent<T = KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: Stored<T>;
  /** The version the cache held before. */
  old?: Stored<T>;
}

export interface Watch {
  resource: Resource;
  /** Restricts the watch to one value of an indexed field (`spec.nodeName` for pods, `metadata.name` for nodes) for an instance. */
  field?: {name: 'spec.nodeName' | 'metadata.name'; value: (instance: string) => string};
  /**
   * A watch of one object that is waited for now and then: its name and whose eyes it is seen with; undefined while nothing is waited for. Asked at the start, and
   * at each `follow`.
   */
  one?(ctx: ComponentContext): {readonly name: string; readonly client: Client} | undefined;
  /**
   * Called for every event delivered; usually adds keys to the queue. After a (re)start it gets ADDED for everything that exists.
   * Without it the cache is only read (it lags all the same) and its upkeep costs nothing: for caches that every node has.
   */
  on?(ctx: ComponentContext, event: WatchEvent): void;
  /** How many objects of a list it is told of in a step; fewer than most where it asks the API server about each. */
  portion?: number;
}

/** One loop of the cluster: an API client with an identity, informers, a work queue and a memory. Registered in cluster/components.ts. */
export interface Component {
  /** e.g. `deployment-controller`, `kubelet`. */
  readonly name: string;
  /** The source component of its events, where it is not the name. */
  readonly reportsAs?: string;
  /** The program it runs in: stopping `kube-controller-manager` stops every controller. */
  readonly process: string;
  /** One instance for each Node of the cluster. */
  readonly perNode?: boolean;
  /** Of those with an instance a node: whether it belongs on this one; absent: on all. */
  runsOn?(host: Host): boolean;
  user(instance: string): UserInfo;
  /** What it shows to be `user`, where it was signed in the cluster: it may run out. */
  certificate?(tx: Tx, instance: string): ClientCertificate | undefined;
  /** Who lists and watches, where it is not `user`: the loops of kube-controller-manager share informers of the program itself. */
  informers?(instance: string): UserInfo;
  /** False: it has not got what it needs to watch; it is started again when it has. */
  mayWatch?(ctx: ComponentContext): boolean;
  /** More than one candidate may stand ready for it, each on a machine of its own. */
  readonly standby?: boolean;
  readonly watches: readonly Watch[];
  /** The program has just started (or started again): memory of an earlier life may remain on disk; informers are listed after this. */
  start?(ctx: ComponentContext): void;
  /** The program is being stopped or the node dies. */
  stop?(ctx: ComponentContext): void;
  /** One key of the work queue. Throwing puts the key back with rate limiting; returning forgets its failures, unless the turn goes on. */
  reconcile?(ctx: ComponentContext, key: string): void;
  /** Named timers, see ComponentContext.after. */
  readonly timers?: Readonly<Record<string, (ctx: ComponentContext, data: Json) => void>>;
}
