/**
 * Pods without a node: active, backing off, or waiting for an event that may change a plugin's mind.
 * upstream: pkg/scheduler/backend/queue/{scheduling_queue,backoff_queue}.go
 */

import type {Pod} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {EXTENDER_NAME, type Extender} from '../extenders/extender.ts';
import type {ClusterEvent} from '../framework/events.ts';
import {queueingHints} from '../framework/hints.ts';
import {podPriority} from '../framework/node-info.ts';
import {runPreEnqueue} from '../framework/runtime.ts';
import type {Framework, Listers} from '../framework/types.ts';
import {type Place, QUEUE, type QueueEntry} from './records.ts';
import type {ViewKeeper} from './view.ts';

/** The back-off queue is emptied in windows of this length, so that pods of one window come out in the order of the active queue. */
const WINDOW_MS = 1000;
/** upstream: DefaultPodMaxInUnschedulablePodsDuration */
export const MAX_UNSCHEDULABLE_MS = 5 * 60 * 1000;
const LEFTOVER_PERIOD_MS = 30 * 1000;

/** The key of the component's work queue under which the next pod is scheduled. */
export const NEXT = 'next';
export const TIMERS = {backoff: 'flushBackoff', leftover: 'flushUnschedulable'} as const;

export interface QueueOptions {
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly frameworks: ReadonlyMap<string, Framework>;
  readonly extenders: readonly Extender[];
  readonly frameworkOf: (pod: Pod) => Framework | undefined;
  readonly listersOf: (ctx: ComponentContext) => Listers;
}

export interface Turn {
  readonly key: string;
  readonly entry: QueueEntry;
}

export interface SchedulingQueue {
  add(ctx: ComponentContext, pod: Pod): void;
  /** The pod changed: may lift a gate, or change a plugin's mind. */
  update(ctx: ComponentContext, pod: Pod, events: readonly ClusterEvent[]): void;
  remove(ctx: ComponentContext, key: string): void;
  /** The next pod's turn; it stays known as being on its way until it is bound or put back. */
  pop(ctx: ComponentContext): Turn | undefined;
  /** This pod's turn; undefined when it is not known any more. */
  take(ctx: ComponentContext, key: string): Turn | undefined;
  /** It has failed so often that it is tried again at the longest interval, for ever: nothing should wait for the end of that. */
  keepsFailing(entry: QueueEntry): boolean;
  /** Back after a cycle: to the pool of those that `plugins` rejected, or where none is to blame, to try again after a while. */
  putBack(ctx: ComponentContext, pod: Pod, entry: QueueEntry, plugins: readonly string[]): void;
  set(ctx: ComponentContext, key: string, entry: QueueEntry): void;
  get(ctx: ComponentContext, key: string): QueueEntry | undefined;
  /** Keys of the pods whose PreBind plugins wait for something. */
  waiting(ctx: ComponentContext): string[];
  /** Moves the pods for which the event may matter. */
  moveOn(ctx: ComponentContext, event: ClusterEvent): void;
  flushBackoff(ctx: ComponentContext): void;
  flushUnschedulable(ctx: ComponentContext): void;
  /** Makes sure that the next pod, or the next end of a back-off, gets its event. */
  wake(ctx: ComponentContext): void;
}

const turnOf = (key: string, entry: QueueEntry): Turn => ({
  key,
  entry: {...entry, place: 'binding', attempts: entry.attempts + 1, plugins: [], backoffUntil: 0},
});

const alignDown = (ms: number): number => Math.floor(ms / WINDOW_MS) * WINDOW_MS;

export function createQueue(views: ViewKeeper, options: QueueOptions): SchedulingQueue {
  const hints = queueingHints(options.frameworks.values());

  const podOf = (ctx: ComponentContext, key: string): Pod | undefined => {
    const [namespace, name] = splitKey(key);
    return ctx.lister<Pod>('pods').get(namespace, name);
  };

  const set = (ctx: ComponentContext, key: string, entry: QueueEntry): void => {
    const view = views.write(ctx);
    ctx.memory.put(QUEUE, key, entry);
    view.queue.set(key, entry);
  };

  /** upstream: calculateBackoffDuration */
  const backoffMs = ({rejections, errors}: QueueEntry): number => {
    const count = errors > 0 ? errors : rejections;
    return count === 0 ? 0 : Math.min(options.initialBackoffMs * 2 ** (count - 1), options.maxBackoffMs);
  };

  /** To the active queue, unless a PreEnqueue plugin gates the pod. */
  const activate = (ctx: ComponentContext, key: string, entry: QueueEntry): void => {
    const pod = podOf(ctx, key);
    const framework = pod && options.frameworkOf(pod);
    const gate = framework && runPreEnqueue(framework, pod, options.listersOf(ctx));
    if (gate) set(ctx, key, {...entry, place: 'gated', plugins: gate.plugin ? [gate.plugin] : []});
    else set(ctx, key, {...entry, place: 'active'});
  };

  /** To the active queue, or to back off first. */
  const requeue = (ctx: ComponentContext, key: string, entry: QueueEntry): void => {
    const place: Place = entry.errors > 0 ? 'errorBackoff' : 'backoff';
    if (entry.backoffUntil > alignDown(ctx.now)) set(ctx, key, {...entry, place});
    else activate(ctx, key, entry);
  };

  /** Nobody knows what changes an extender's mind: any event may. */
  const mayHelp = (ctx: ComponentContext, key: string, entry: QueueEntry, event: ClusterEvent): boolean => {
    if (entry.plugins.includes(EXTENDER_NAME)) return true;
    const pod = podOf(ctx, key);
    const framework = pod && options.frameworkOf(pod);
    return framework !== undefined && hints.mayHelp(framework, entry.plugins, pod!, event, options.listersOf(ctx));
  };

  const queue: SchedulingQueue = {
    add(ctx, pod) {
      activate(ctx, keyOf(pod), {
        uid: pod.metadata.uid!,
        place: 'active',
        priority: podPriority(pod),
        timestamp: ctx.now,
        seq: Number(pod.metadata.resourceVersion),
        attempts: 0,
        rejections: 0,
        errors: 0,
        backoffUntil: 0,
        plugins: [],
      });
      queue.wake(ctx);
    },
    update(ctx, pod, events) {
      const key = keyOf(pod);
      const entry = views.read(ctx).queue.get(key);
      if (entry?.place !== 'unschedulable' && entry?.place !== 'gated') return;
      if (!events.some(event => mayHelp(ctx, key, entry, event))) return;
      requeue(ctx, key, entry);
      queue.wake(ctx);
    },
    remove(ctx, key) {
      if (!views.read(ctx).queue.get(key)) return;
      const view = views.write(ctx);
      ctx.memory.delete(QUEUE, key);
      view.queue.set(key, undefined);
    },
    pop(ctx) {
      const index = views.read(ctx).queue;
      const next = index.firstActive() ?? index.firstBackoff();
      return next && turnOf(next.key, next.entry);
    },
    take(ctx, key) {
      const entry = views.read(ctx).queue.get(key);
      return entry && turnOf(key, entry);
    },
    keepsFailing: entry => entry.errors > 0 && backoffMs(entry) >= options.maxBackoffMs,
    putBack(ctx, pod, before, plugins) {
      const rejected = plugins.length > 0;
      const {node: _node, waiting: _waiting, ...rest} = before;
      const entry: QueueEntry = {
        ...rest,
        place: 'unschedulable',
        priority: podPriority(pod),
        timestamp: ctx.now,
        rejections: before.rejections + (rejected ? 1 : 0),
        errors: rejected ? 0 : before.errors + 1,
        plugins,
      };
      const timed = {...entry, backoffUntil: alignDown(ctx.now + backoffMs(entry))};
      if (rejected) set(ctx, keyOf(pod), timed);
      else requeue(ctx, keyOf(pod), timed);
      queue.wake(ctx);
    },
    set,
    get: (ctx, key) => views.read(ctx).queue.get(key),
    waiting(ctx) {
      const index = views.read(ctx).queue;
      return index.binding().filter(key => index.get(key)!.waiting);
    },
    moveOn(ctx, event) {
      const index = views.read(ctx).queue;
      if (index.poolSize === 0) return;
      const plugins = hints.interested(event);
      if (!plugins && options.extenders.length === 0) return;
      const isWaitedFor = (name: string): boolean => name === EXTENDER_NAME || plugins?.has(name) === true;
      for (const key of index.pool()) {
        const entry = index.get(key)!;
        if (entry.place !== 'unschedulable' || !entry.plugins.some(isWaitedFor)) continue;
        if (mayHelp(ctx, key, entry, event)) requeue(ctx, key, entry);
      }
      queue.wake(ctx);
    },
    flushBackoff(ctx) {
      const index = views.read(ctx).queue;
      const now = alignDown(ctx.now);
      for (const first of [index.firstErrorBackoff, index.firstBackoff]) {
        for (let next = first(); next && next.entry.backoffUntil <= now; next = first()) activate(ctx, next.key, next.entry);
      }
      queue.wake(ctx);
    },
    flushUnschedulable(ctx) {
      const index = views.read(ctx).queue;
      for (const key of index.pool()) {
        const entry = index.get(key)!;
        if (ctx.now - entry.timestamp > MAX_UNSCHEDULABLE_MS) requeue(ctx, key, entry);
      }
      queue.wake(ctx);
    },
    wake(ctx) {
      const index = views.read(ctx).queue;
      if (index.firstActive() ?? index.firstBackoff()) ctx.queue.add(NEXT);
      const error = index.firstErrorBackoff();
      if (error) {
        const periodic = queue.keepsFailing(error.entry);
        ctx.after(Math.max(error.entry.backoffUntil - ctx.now, 0), TIMERS.backoff, null, {key: TIMERS.backoff, periodic});
      }
      if (index.poolSize > 0) {
        const wait = LEFTOVER_PERIOD_MS - (ctx.now % LEFTOVER_PERIOD_MS);
        ctx.after(wait, TIMERS.leftover, null, {key: TIMERS.leftover, periodic: true});
      }
    },
  };
  return queue;
}
