/** Counting a job's finished pods, and saying so. upstream: pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers */
import {equalJson} from '../../api/clone.ts';
import type {batch, Job, Pod, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {ignoring} from '../common/claim.ts';
import {omitEmpty} from '../common/json.ts';
import {PODS_A_STEP, unfinished} from '../common/unfinished.ts';
import type {BackoffRecord} from './backoff.ts';
import type {Outcome} from './census.ts';
import {judge} from './failure-policy.ts';
import {formatIndexes, hasPerIndexLimit, indexOf, isIndexed} from './indexes.ts';
import {lastFailedPod, removeTrackingFinalizer, type Sync} from './pods.ts';

/** Memory: the record of failures, by job. */
export const BACKOFF = 'backoff';

/** Pods that are being counted: their uids are in the status. */
export interface Counting {
  /** With the uids. */
  readonly job: Stored<Job>;
  /** What it says once they are numbers. */
  readonly settled: batch.JobStatus;
  /** Keys of the pods whose finalizers come off, and how many have lost them. */
  readonly finished: readonly string[];
  readonly released: number;
  /** It is known how the job ends; and how, where this is the end. */
  readonly decided: boolean;
  readonly over?: Outcome;
  /** What making or removing pods came to, if it failed. */
  readonly failure?: string;
}

export const unfinishedCounts = unfinished<Counting>('counting');

/**
 * Finished pods are counted exactly once: their uids go into the status, then their finalizers come off, then the uids become numbers. This is the first of the
 * three; `active`: how many pods are at work.
 */
export function beginCounting(sync: Sync, active: number, outcome: Outcome | undefined, failure: string | undefined): Counting {
  const {ctx, key, census, satisfied} = sync;
  let {job} = sync;
  const replacedLater = (pod: Stored<Pod>) =>
    hasPerIndexLimit(job) &&
    !outcome &&
    !census.failedIndexes.has(indexOf(pod)) &&
    lastFailedPod(sync.pods, indexOf(pod)) === pod &&
    !census.active.some(other => indexOf(other) === indexOf(pod));
  const finished = new Set([...census.newSucceeded, ...census.newFailed.filter(pod => !replacedLater(pod))]);
  const indexed = isIndexed(job);
  const uids = (pods: readonly Stored<Pod>[]) => pods.filter(pod => finished.has(pod)).map(pod => pod.metadata.uid);
  const succeeded = indexed ? [] : uids(census.newSucceeded);
  const failed = uids(census.newFailed.filter(pod => judge(job, pod).action !== 'Ignore'));
  const conditions = withOutcome(ctx, job, outcome);
  const base: batch.JobStatus = {
    ...job.status,
    active,
    ready: census.ready,
    ...{terminating: census.terminating},
    ...(indexed && {completedIndexes: formatIndexes(census.succeededIndexes)}),
    ...(hasPerIndexLimit(job) && {failedIndexes: formatIndexes(census.failedIndexes)}),
    conditions,
  };
  // The uids, lest a pod be counted twice or not at all.
  const uncounted = job.status?.uncountedTerminatedPods;
  const pending = {succeeded: [...(uncounted?.succeeded ?? []), ...succeeded], failed: [...(uncounted?.failed ?? []), ...failed]};
  if (succeeded.length + failed.length > 0) job = writeStatus(ctx, job, {...base, uncountedTerminatedPods: omitEmpty(pending)});
  ctx.memory.put<BackoffRecord>(BACKOFF, key, sync.backoff);
  // Over, once nothing runs any more.
  const over = outcome && satisfied && active === 0 && census.terminating === 0;
  return {
    job,
    settled: {
      ...base,
      succeeded: indexed ? census.succeededIndexes.size : (job.status?.succeeded ?? 0) + pending.succeeded.length,
      failed: (job.status?.failed ?? 0) + pending.failed.length,
      uncountedTerminatedPods: {},
    },
    finished: [...finished].map(keyOf),
    released: 0,
    decided: outcome !== undefined,
    ...(over && {over: outcome}),
    ...(failure !== undefined && {failure}),
  };
}

export const isCounted = ({finished, released}: Counting): boolean => released === finished.length;

/** The finalizers of as many as fall into one step. */
export function releaseSome(ctx: ComponentContext, counting: Counting): Counting {
  const upTo = Math.min(counting.finished.length, counting.released + PODS_A_STEP);
  for (const key of counting.finished.slice(counting.released, upTo)) {
    const pod = ctx.lister<Pod>('pods').get(...splitKey(key));
    if (pod) ignoring([404], () => removeTrackingFinalizer(ctx, pod));
  }
  return {...counting, released: upTo};
}

/** The numbers, and the end. */
export function settle(ctx: ComponentContext, {job, settled, over}: Counting): void {
  writeStatus(ctx, job, over ? withEnd(ctx, job, settled, over) : settled);
  if (over) announce(ctx, job, over);
}

function writeStatus(ctx: ComponentContext, job: Stored<Job>, status: batch.JobStatus): Stored<Job> {
  const {uncountedTerminatedPods = {}, ready = 0, terminating = 0, ...rest} = status as batch.JobStatus & {terminating?: number};
  const next = {...omitEmpty(rest), uncountedTerminatedPods, ready, terminating} as batch.JobStatus;
  const stored = ctx.lister<Job>('jobs').get(job.metadata.namespace!, job.metadata.name)?.status;
  if (equalJson(job.status, next) && equalJson(stored, next)) return job;
  return ctx.client.update<Job>('jobs', {...job, status: next}, {subresource: 'status'});
}

const condition = (ctx: ComponentContext, type: string, status: string, reason: string, message: string): batch.JobCondition => ({
  type,
  status,
  lastProbeTime: ctx.time(),
  lastTransitionTime: ctx.time(),
  reason,
  message,
});

/** The decision, or whether it is suspended. */
function withOutcome(ctx: ComponentContext, job: Stored<Job>, outcome: Outcome | undefined): batch.JobCondition[] {
  const conditions = job.status?.conditions ?? [];
  const has = (type: string) => conditions.find(c => c.type === type);
  if (outcome)
    return has(outcome.type) ? conditions : [...conditions, condition(ctx, outcome.type, 'True', outcome.reason, outcome.message)];
  const suspended = Boolean(job.spec!.suspend);
  if ((has('Suspended')?.status === 'True') === suspended) return conditions;
  const [status, reason, message, event] = suspended
    ? ['True', 'JobSuspended', 'Job suspended', 'Suspended']
    : ['False', 'JobResumed', 'Job resumed', 'Resumed'];
  ctx.events.event(job, 'Normal', event!, message!);
  return [...conditions.filter(c => c.type !== 'Suspended'), condition(ctx, 'Suspended', status!, reason!, message!)];
}

function withEnd(ctx: ComponentContext, job: Stored<Job>, status: batch.JobStatus, {type, reason, message}: Outcome): batch.JobStatus {
  const complete = type === 'SuccessCriteriaMet';
  const conditions = [
    ...(status.conditions ?? job.status?.conditions ?? []),
    condition(ctx, complete ? 'Complete' : 'Failed', 'True', reason, message),
  ];
  return {...status, conditions, ...(complete && {completionTime: ctx.time()})};
}

const announce = (ctx: ComponentContext, job: Stored<Job>, {type, reason, message}: Outcome): void =>
  type === 'SuccessCriteriaMet'
    ? ctx.events.event(job, 'Normal', 'Completed', 'Job completed')
    : ctx.events.event(job, 'Warning', reason, message);
