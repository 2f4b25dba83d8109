/** Pod workers: one a pod, serial. A worker is an entity; its turn is a key of the kubelet's queue. upstream: pkg/kubelet/pod_workers.go */
import type {Pod, Stored} from '../api/types.ts';
import type {ComponentContext} from '../client/types.ts';
import {type Kubelet, type PodWorker, WORKERS} from './types.ts';

/** The queue's key of a pod. */
const workerKey = (pod: {namespace: string; name: string; uid: string}): string => `${pod.namespace}/${pod.name}/${pod.uid}`;

export function parseWorkerKey(key: string): {namespace: string; name: string; uid: string} {
  const [namespace = '', name = '', uid = ''] = key.split('/');
  return {namespace, name, uid};
}

export const findWorker = (ctx: Pick<ComponentContext, 'memory'>, uid: string): PodWorker | undefined =>
  ctx.memory.get<PodWorker>(WORKERS, uid);

export const listWorkers = (ctx: Pick<ComponentContext, 'memory'>): PodWorker[] =>
  ctx.memory.list<PodWorker>(WORKERS).map(([, worker]) => worker);

export const saveWorker = (ctx: Pick<ComponentContext, 'memory'>, worker: PodWorker): PodWorker => {
  ctx.memory.put(WORKERS, worker.uid, worker);
  return worker;
};

export const newWorker = (pod: Pod, source: string, now: number): PodWorker => ({
  uid: pod.metadata.uid!,
  namespace: pod.metadata.namespace!,
  name: pod.metadata.name!,
  source,
  ...(source !== 'api' && {pod}),
  state: 'syncing',
  seenAt: now,
  admitted: false,
  kills: {},
  ips: [],
  statusVersion: 0,
  sentVersion: 0,
  waiting: {},
  crashes: {},
  pulls: {},
  mounted: [],
});

/** The pod as the worker is to see it: its configuration source's, else the last one known. */
export function podOf({ctx}: Pick<Kubelet, 'ctx'>, worker: PodWorker): Stored<Pod> | undefined {
  if (worker.source !== 'api') return worker.pod as Stored<Pod> | undefined;
  const stored = ctx.lister<Pod>('pods').get(worker.namespace, worker.name);
  return stored?.metadata.uid === worker.uid ? stored : (worker.pod as Stored<Pod> | undefined);
}

const RETRY_TIMER = 'retry';

/** Gives a worker its turn at once. One that is in the middle of something notes it, for its own next turn may be this very one. */
export function wake(ctx: ComponentContext, pod: {namespace: string; name: string; uid: string}): void {
  const worker = findWorker(ctx, pod.uid);
  if (worker?.step && worker.step.kind !== 'volumes' && !worker.pending) saveWorker(ctx, {...worker, pending: true});
  ctx.queue.add(workerKey(pod));
}

/** Gives a worker its turn at a time that belongs to the work under way. */
export const wakeAt = (ctx: ComponentContext, worker: PodWorker, at: number): void =>
  ctx.queue.addAfter(workerKey(worker), Math.max(0, at - ctx.now - 1));

/** Gives it a turn that may come again and again without anything changing: nobody waits for that. */
export const retryAt = (ctx: ComponentContext, worker: {namespace: string; name: string; uid: string}, at: number): void => {
  ctx.cancel(RETRY_TIMER, worker.uid);
  ctx.after(Math.max(0, at - ctx.now), RETRY_TIMER, workerKey(worker), {key: worker.uid, periodic: true});
};

/** upstream: pkg/kubelet/kubelet.go backOffPeriod, backOffOnTransientErrorPeriod, syncFrequency; pod_workers.go workerBackOffPeriodJitterFactor */
const BACK_OFF_PERIOD_MS = 10_000;
const TRANSIENT_BACK_OFF_MS = 1000;
const RESYNC_INTERVAL_MS = 60_000;
const JITTER_FACTOR = 0.5;

/**
 * Gives it another turn after an error: when a container's back-off ends (`backoffEnd`), else after the usual wait; no later than a healthy pod is looked at again, and up to half as long
 * again, so that pods do not come back all at once.
 * upstream: pkg/kubelet/pod_workers.go completeWork
 */
export function tryAgain(
  ctx: ComponentContext,
  worker: PodWorker,
  {backoffEnd, transient}: {backoffEnd?: number | undefined; transient?: boolean} = {},
): void {
  const wait = backoffEnd === undefined ? (transient ? TRANSIENT_BACK_OFF_MS : BACK_OFF_PERIOD_MS) : Math.max(0, backoffEnd - ctx.now);
  retryAt(ctx, worker, ctx.now + Math.round(Math.min(wait, RESYNC_INTERVAL_MS) * (1 + JITTER_FACTOR * ctx.random())));
}

const DEADLINE_TIMER = 'deadline';

/** Gives it a turn when its active deadline has passed. */
export const wakeAtDeadline = (ctx: ComponentContext, worker: PodWorker, at: number): void =>
  ctx.after(Math.max(0, at - ctx.now), DEADLINE_TIMER, workerKey(worker), {key: worker.uid, periodic: true});

const turn = (ctx: ComponentContext, key: unknown): void => ctx.queue.add(key as string);

export const workerTimers = {[DEADLINE_TIMER]: turn, [RETRY_TIMER]: turn};
