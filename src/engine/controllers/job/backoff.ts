/** When a job may try again. upstream: pkg/controller/job/backoff_utils.go */

import {timeOf} from '../../api/clock.ts';
import {podCondition} from '../../api/pods.ts';
import type {Pod} from '../../api/types.ts';

const DEFAULT_JOB_POD_FAILURE_BACKOFF_MS = 10_000;
const MAX_JOB_POD_FAILURE_BACKOFF_MS = 10 * 60_000;

export const JOB_INDEX_FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count';
export const JOB_INDEX_IGNORED_FAILURE_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count';

export interface BackoffRecord {
  failuresAfterLastSuccess: number;
  /** Virtual milliseconds. */
  lastFailureTime?: number;
}

/** The record after newly finished pods: a success wipes out the failures before it. Times in virtual milliseconds. */
export function newBackoffRecord(
  stored: BackoffRecord | undefined,
  succeeded: readonly number[],
  failed: readonly number[],
): BackoffRecord {
  const before: BackoffRecord = stored ?? {failuresAfterLastSuccess: 0};
  if (succeeded.length === 0) {
    if (failed.length === 0) return before;
    return {
      failuresAfterLastSuccess: before.failuresAfterLastSuccess + failed.length,
      lastFailureTime: Math.max(...failed, before.lastFailureTime ?? Number.NEGATIVE_INFINITY),
    };
  }
  const lastSuccess = Math.max(...succeeded);
  const since = failed.filter(time => time > lastSuccess);
  return since.length === 0 ? {failuresAfterLastSuccess: 0} : {failuresAfterLastSuccess: since.length, lastFailureTime: Math.max(...since)};
}

/** Doubling from `initial` with each failure, at most `max`, counted from the last failure; never below zero. All in milliseconds. */
export function remainingBackoff(
  {failuresAfterLastSuccess, lastFailureTime}: BackoffRecord,
  now: number,
  initial = DEFAULT_JOB_POD_FAILURE_BACKOFF_MS,
  max = MAX_JOB_POD_FAILURE_BACKOFF_MS,
): number {
  if (failuresAfterLastSuccess === 0 || lastFailureTime === undefined) return 0;
  const backoff = Math.min(initial * 2 ** (failuresAfterLastSuccess - 1), max);
  return Math.max(0, backoff - (now - lastFailureTime));
}

/** The same for one index of an indexed job, whose failures its last failed pod carries with it. */
export function remainingBackoffPerIndex(lastFailedPod: Pod | undefined, now: number, initial?: number, max?: number): number {
  if (!lastFailedPod) return 0;
  const failures =
    annotationCount(lastFailedPod, JOB_INDEX_FAILURE_COUNT) + annotationCount(lastFailedPod, JOB_INDEX_IGNORED_FAILURE_COUNT) + 1;
  return remainingBackoff({failuresAfterLastSuccess: failures, lastFailureTime: finishedTime(lastFailedPod)}, now, initial, max);
}

const annotationCount = (pod: Pod, name: string): number => {
  const count = Number.parseInt(pod.metadata.annotations?.[name] ?? '', 10);
  return Number.isNaN(count) ? 0 : count;
};

/** When a pod finished, as well as can be told, in virtual milliseconds. */
export function finishedTime(pod: Pod): number {
  // 1. When its last container did, if all have and say when.
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const finished = containers.map(status => timeOf(status.state?.terminated?.finishedAt));
  if (finished.length > 0 && !finished.some(Number.isNaN)) return Math.max(...finished);
  // 2. When its deletion was asked for: the timestamp lies a grace period later.
  if (pod.metadata.deletionTimestamp) return timeOf(pod.metadata.deletionTimestamp) - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  // 3. When it ceased to be ready.
  const ready = podCondition(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return timeOf(ready.lastTransitionTime);
  // 4. When it was created.
  return timeOf(pod.metadata.creationTimestamp);
}
