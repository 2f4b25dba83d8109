/** Where a job stands: its pods sorted by what has become of them. Pure. upstream: pkg/controller/job/job_controller.go syncJob, tracking_utils.go */

import {isPodActive, isPodReady, isPodTerminal} from '../../api/pods.ts';
import type {Job, Pod, Stored} from '../../api/types.ts';
import {JOB_INDEX_FAILURE_COUNT} from './backoff.ts';
import {judge} from './failure-policy.ts';
import {hasPerIndexLimit, indexOf, isIndexed, parseIndexes} from './indexes.ts';
import {metSuccessRule} from './success-policy.ts';

export const JOB_TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';

/** It still has the finalizer that keeps it until it is counted. */
export const isTracked = (pod: Pod): boolean => Boolean(pod.metadata.finalizers?.includes(JOB_TRACKING_FINALIZER));

/** New pods only in the place of such as have failed, not of such as are still stopping. */
export const onlyReplacesFailed = (job: Job): boolean => (job.spec as {podReplacementPolicy?: string}).podReplacementPolicy === 'Failed';

/** A pod that is being deleted counts as failed before it ends: it may never get to say so. */
const isPodFailed = (job: Job, pod: Pod): boolean =>
  pod.status?.phase === 'Failed' ||
  (!onlyReplacesFailed(job) && Boolean(pod.metadata.deletionTimestamp) && pod.status?.phase !== 'Succeeded');

export interface Census {
  active: Stored<Pod>[];
  ready: number;
  terminating: number;
  /** Finished and not counted before this turn. */
  newSucceeded: Stored<Pod>[];
  newFailed: Stored<Pod>[];
  /** Totals, those of this turn included. */
  succeeded: number;
  failed: number;
  succeededIndexes: Set<number>;
  failedIndexes: Set<number>;
  /** Why the job has failed for good, by its own failure policy. */
  verdict: string | undefined;
}

/** `released`: uids of pods whose finalizer was taken off in an earlier turn, though the cache has not seen it. */
export function takeCensus(job: Job, pods: readonly Stored<Pod>[], released: ReadonlySet<string>): Census {
  const uncounted = job.status?.uncountedTerminatedPods;
  const known = new Set([...(uncounted?.succeeded ?? []), ...(uncounted?.failed ?? [])]);
  const active = pods.filter(isPodActive);
  const fresh = pods.filter(pod => isTracked(pod) && !released.has(pod.metadata.uid) && !known.has(pod.metadata.uid));
  const newSucceeded = fresh.filter(pod => pod.status?.phase === 'Succeeded');
  const newFailed = fresh.filter(pod => isPodFailed(job, pod));
  const completions = job.spec?.completions ?? 0;
  const succeededIndexes = parseIndexes(job.status?.completedIndexes, completions);
  const failedIndexes = parseIndexes(job.status?.failedIndexes, completions);
  if (isIndexed(job))
    for (const pod of pods) if (pod.status?.phase === 'Succeeded' && indexOf(pod) >= 0) succeededIndexes.add(indexOf(pod));
  if (hasPerIndexLimit(job)) for (const pod of newFailed) if (isIndexFailed(job, pod)) failedIndexes.add(indexOf(pod));
  const counted = newFailed.filter(pod => judge(job, pod).action !== 'Ignore');
  return {
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(pod => pod.metadata.deletionTimestamp && !isPodTerminal(pod)).length,
    newSucceeded,
    newFailed,
    succeeded: isIndexed(job)
      ? succeededIndexes.size
      : (job.status?.succeeded ?? 0) + newSucceeded.length + (uncounted?.succeeded?.length ?? 0),
    failed: (job.status?.failed ?? 0) + counted.length + (uncounted?.failed?.length ?? 0),
    succeededIndexes,
    failedIndexes,
    verdict: newFailed.map(pod => judge(job, pod).message).find(message => message !== undefined),
  };
}

/** Failures of an index before a pod, as the pod carries them. */
export const indexFailures = (pod: Pod): number => Number(pod.metadata.annotations?.[JOB_INDEX_FAILURE_COUNT] ?? 0) || 0;

function isIndexFailed(job: Job, pod: Pod): boolean {
  const {action} = judge(job, pod);
  return indexOf(pod) >= 0 && (action === 'FailIndex' || (action === 'Count' && indexFailures(pod) >= job.spec!.backoffLimitPerIndex!));
}

export interface Outcome {
  type: 'FailureTarget' | 'SuccessCriteriaMet';
  reason: string;
  message: string;
}

const failure = (reason: string, message: string): Outcome => ({type: 'FailureTarget', reason, message});

/** How the job ends, if it is decided. `elapsed`: milliseconds since it started. */
export function outcomeOf(job: Job, pods: readonly Pod[], census: Census, elapsed: number): Outcome | undefined {
  const {backoffLimit = 6, activeDeadlineSeconds, completions} = job.spec!;
  const decided = job.status?.conditions?.find(c => c.status === 'True' && (c.type === 'FailureTarget' || c.type === 'SuccessCriteriaMet'));
  // 1. Decided in an earlier turn.
  if (decided) return {type: decided.type as Outcome['type'], reason: decided.reason ?? '', message: decided.message ?? ''};
  // 2. By its own policy.
  if (census.verdict) return failure('PodFailurePolicy', census.verdict);
  // 3. Too many failures, counted in pods or, where they restart in place, in restarts.
  const restarts = job.spec!.template.spec?.restartPolicy === 'OnFailure' ? restartsOf(pods) : 0;
  const restartsExceeded = backoffLimit === 0 ? restarts > 0 : restarts > 0 && restarts >= backoffLimit;
  if (census.failed > backoffLimit || restartsExceeded)
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  // 4. Too late.
  if (activeDeadlineSeconds !== undefined && !job.spec!.suspend && elapsed >= activeDeadlineSeconds * 1000)
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
  // 5. Indexes that failed for good.
  if (hasPerIndexLimit(job)) {
    if (job.spec!.maxFailedIndexes !== undefined && census.failedIndexes.size > job.spec!.maxFailedIndexes)
      return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
    if (census.failedIndexes.size > 0 && census.failedIndexes.size + census.succeededIndexes.size >= completions!)
      return failure('FailedIndexes', 'Job has failed indexes');
  }
  // 6. Enough, by its own policy.
  const met = isIndexed(job) ? metSuccessRule(job, census.succeededIndexes) : undefined;
  if (met) return {type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message: met};
  // 7. Done.
  const done = completions === undefined ? census.succeeded > 0 && census.active.length === 0 : census.succeeded >= completions;
  return done
    ? {type: 'SuccessCriteriaMet', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods'}
    : undefined;
}

const restartsOf = (pods: readonly Pod[]): number =>
  pods
    .filter(pod => pod.status?.phase === 'Running' || pod.status?.phase === 'Pending')
    .flatMap(pod => [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])])
    .reduce((total, {restartCount}) => total + restartCount, 0);

/** How many pods should be at work. */
export function wantedActive(job: Job, {active, succeeded, failedIndexes}: Census): number {
  const {parallelism = 1, completions} = job.spec!;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded - failedIndexes.size));
}
