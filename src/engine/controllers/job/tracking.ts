/** Counting a job's finished pods, and saying so. upstream: pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers */
import {equalJson} from '../../api/clone.ts';
import type {batch, Pod, Stored} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {ignoring} from '../common/claim.ts';
import {omitEmpty} from '../common/json.ts';
import type {BackoffRecord} from './backoff.ts';
import type {Outcome} from './census.ts';
import {judge} from './failure-policy.ts';
import {formatIndexes, hasPerIndexLimit, indexOf, isIndexed, type Job} from './indexes.ts';
import {lastFailedPod, removeTrackingFinalizer, type Sync} from './pods.ts';

/** Memory: the record of failures, by job. */
export const BACKOFF = 'backoff';

/**
 * Finished pods are counted exactly once: their uids go into the status, then their finalizers come off, then the uids become numbers.
 */
export function track(sync: Sync, active: number, outcome: Outcome | undefined, satisfied: boolean): void {
  const {ctx, key, census} = sync;
  let {job} = sync;
  const replacedLater = (pod: Stored<Pod>) =>
    hasPerIndexLimit(job) &&
    !outcome &&
    !census.failedIndexes.has(indexOf(pod)) &&
    lastFailedPod(sync.pods, indexOf(pod)) === pod &&
    !census.active.some(other => indexOf(other) === indexOf(pod));
  const finished = [...census.newSucceeded, ...census.newFailed.filter(pod => !replacedLater(pod))];
  const indexed = isIndexed(job);
  const uids = (pods: readonly Stored<Pod>[]) => pods.filter(pod => finished.includes(pod)).map(pod => pod.metadata.uid);
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
  // 1. The uids, lest a pod be counted twice or not at all.
  const uncounted = job.status?.uncountedTerminatedPods;
  const pending = {succeeded: [...(uncounted?.succeeded ?? []), ...succeeded], failed: [...(uncounted?.failed ?? []), ...failed]};
  if (succeeded.length + failed.length > 0) job = writeStatus(ctx, job, {...base, uncountedTerminatedPods: omitEmpty(pending)});
  // 2. The finalizers.
  for (const pod of finished) ignoring([404], () => removeTrackingFinalizer(ctx, pod));
  // 3. The numbers.
  const settled: batch.JobStatus = {
    ...base,
    succeeded: indexed ? census.succeededIndexes.size : (job.status?.succeeded ?? 0) + pending.succeeded.length,
    failed: (job.status?.failed ?? 0) + pending.failed.length,
    uncountedTerminatedPods: {},
  };
  ctx.memory.put<BackoffRecord>(BACKOFF, key, sync.backoff);
  // 4. The end, once nothing runs any more.
  const over = outcome && satisfied && active === 0 && census.terminating === 0;
  writeStatus(ctx, job, over ? withEnd(ctx, job, settled, outcome) : settled);
  if (over) announce(ctx, job, outcome);
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
