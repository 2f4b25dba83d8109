/** Pods that run to an end, as often as it takes. upstream: pkg/controller/job/job_controller.go */

import {timeOf} from '../../api/clock.ts';
import {equalJson} from '../../api/clone.ts';
import {isConditionTrue} from '../../api/conditions.ts';
import {matches, selectorFrom} from '../../api/labels.ts';
import {controllerOf} from '../../api/owner.ts';
import type {Job, KubeObject, Pod, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {claim, ignoring} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {messageOf} from '../common/errors.ts';
import {creationObserved, deleteExpectations, deletionObserved, expectationsSatisfied, forgetExpectations} from '../common/expectations.ts';
import {areDone} from '../common/slow-start.ts';
import {tell} from '../common/tell.ts';
import {type BackoffRecord, finishedTime, newBackoffRecord, remainingBackoff} from './backoff.ts';
import {isTracked, type Outcome, onlyReplacesFailed, outcomeOf, takeCensus, wantedActive} from './census.ts';
import {hasPerIndexLimit} from './indexes.ts';
import {
  act,
  areFew,
  conclude,
  type Deeds,
  MAX_POD_CREATE_DELETE_PER_SYNC,
  planCreation,
  planRemoval,
  podsToRemove,
  RELEASED,
  removeTrackingFinalizer,
  type Sync,
  unfinishedDeeds,
} from './pods.ts';
import {BACKOFF, beginCounting, type Counting, isCounted, releaseSome, settle, unfinishedCounts} from './tracking.ts';

/** Status changes of pods are gathered for this long before a job is looked at. */
const SYNC_JOB_BATCH_PERIOD_MS = 1000;

export const jobController = controller({
  name: 'job-controller',
  watches: [
    {resource: 'jobs', on: onJob},
    {resource: 'pods', on: onPod},
  ],
  start(ctx) {
    forgetExpectations(ctx);
    unfinishedDeeds.forgetAll(ctx);
    unfinishedCounts.forgetAll(ctx);
    for (const kind of [BACKOFF, RELEASED]) for (const [id] of ctx.memory.list(kind)) ctx.memory.delete(kind, id);
  },
  reconcile,
});

/** The value of managedBy that means this controller. */
const JOB_CONTROLLER_NAME = 'kubernetes.io/job-controller';

/** Somebody else looks after it. */
const isManagedElsewhere = (job: Job): boolean => (job.spec?.managedBy ?? JOB_CONTROLLER_NAME) !== JOB_CONTROLLER_NAME;

const isFinished = (job: Job): boolean =>
  Boolean(job.status?.conditions?.some(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True'));

function onJob(ctx: ComponentContext, {type, object}: WatchEvent): void {
  const key = keyOf(object);
  if (type === 'DELETED') {
    deleteExpectations(ctx, key);
    ctx.memory.delete(BACKOFF, key);
  }
  ctx.queue.add(key);
}

function ownerOf(ctx: ComponentContext, object: KubeObject): Stored<Job> | undefined {
  const ref = controllerOf(object);
  if (ref?.kind !== 'Job') return undefined;
  const owner = ctx.lister<Job>('jobs').get(object.metadata.namespace ?? '', ref.name);
  return owner?.metadata.uid === ref.uid ? owner : undefined;
}

function onPod(ctx: ComponentContext, event: WatchEvent): void {
  const {type, object, old} = event;
  const pod = object as Stored<Pod>;
  if (ctx.memory.get(RELEASED, pod.metadata.uid) && (type === 'DELETED' || !isTracked(pod))) ctx.memory.delete(RELEASED, pod.metadata.uid);
  const owner = ownerOf(ctx, pod) ?? (old && ownerOf(ctx, old));
  if (owner) {
    if (type === 'DELETED' || pod.metadata.deletionTimestamp) deletionObserved(ctx, keyOf(owner), keyOf(pod));
    else if (type === 'ADDED') creationObserved(ctx, keyOf(owner));
    ctx.queue.addAfter(keyOf(owner), SYNC_JOB_BATCH_PERIOD_MS);
    return;
  }
  if (controllerOf(pod)?.kind === 'Job' && isTracked(pod)) releaseOrphan(ctx, pod);
  else if (type !== 'DELETED' && !controllerOf(pod) && !equalJson(old?.metadata.labels, pod.metadata.labels)) {
    for (const job of ctx.lister<Job>('jobs').list(pod.metadata.namespace))
      if (matches(selectorFrom(job.spec?.selector), pod.metadata.labels)) ctx.queue.add(keyOf(job));
  }
}

/** The job of this pod is gone: nobody will count it any more. */
const releaseOrphan = (ctx: ComponentContext, pod: Stored<Pod>): void =>
  void ignoring([404, 409, 422], () => removeTrackingFinalizer(ctx, pod));

function reconcile(ctx: ComponentContext, key: string): void {
  const stored = ctx.lister<Job>('jobs').get(...splitKey(key));
  if (stored && isManagedElsewhere(stored)) return;
  if (!stored || isFinished(stored)) {
    deleteExpectations(ctx, key);
    ctx.memory.delete(BACKOFF, key);
    unfinishedDeeds.forget(ctx, key);
    unfinishedCounts.forget(ctx, key);
    return;
  }
  const job = withStart(ctx, stored);
  const begun = unfinishedDeeds.of(ctx, key);
  if (begun && !areDone(begun)) return unfinishedDeeds.goOn(ctx, key, act(ctx, key, job, begun));
  const counting = unfinishedCounts.of(ctx, key);
  if (counting) return count(ctx, key, counting);
  // 1. Its pods, and what has become of them.
  const satisfied = begun?.satisfied ?? expectationsSatisfied(ctx, key);
  const candidates = [
    ...ctx.lister<Pod>('pods').by('owner', job.metadata.uid),
    ...ctx.lister<Pod>('pods').by('orphan', job.metadata.namespace!),
  ];
  const pods = claim(ctx, {owner: job, ownerResource: 'jobs', selector: selectorFrom(job.spec!.selector)}, 'pods', candidates);
  const census = takeCensus(job, pods, new Set(ctx.memory.list(RELEASED).map(([uid]) => uid)));
  const backoff = newBackoffRecord(
    ctx.memory.get<BackoffRecord>(BACKOFF, key),
    census.newSucceeded.map(finishedTime),
    census.newFailed.map(finishedTime),
  );
  const sync: Sync = {ctx, key, job, pods, census, backoff, satisfied};
  const elapsed = ctx.now - timeOf(job.status?.startTime);
  const outcome = outcomeOf(job, pods, census, elapsed);
  if (!begun)
    tell(ctx, 'observe', `job/${key}`, () => `${census.active.length} active, ${census.succeeded} succeeded, ${census.failed} failed`);
  // 2. Decided: stop what still runs. Else make or remove pods.
  const planned = begun ?? plan(sync, outcome);
  if (planned && !begun && !areFew(planned)) return unfinishedDeeds.goOn(ctx, key, planned);
  unfinishedDeeds.forget(ctx, key);
  let active = census.active.length;
  let failure: string | undefined;
  try {
    if (planned) active += conclude(sync, begun ?? act(ctx, key, job, planned));
  } catch (error) {
    failure = messageOf(error);
  }
  // 3. Count what has finished, let go of it, and report.
  count(ctx, key, beginCounting(sync, active, outcome, failure));
}

/** Goes on with counting; in another step, where there is much to count. */
function count(ctx: ComponentContext, key: string, counting: Counting): void {
  unfinishedCounts.forget(ctx, key);
  const counted = isCounted(counting) ? counting : releaseSome(ctx, counting);
  if (!isCounted(counted)) return unfinishedCounts.goOn(ctx, key, counted);
  settle(ctx, counted);
  if (counted.failure !== undefined) throw new Error(counted.failure);
  const {activeDeadlineSeconds, suspend} = counted.job.spec!;
  if (!counted.decided && activeDeadlineSeconds !== undefined && !suspend)
    ctx.queue.addAfter(key, Math.max(0, timeOf(counted.job.status?.startTime) + activeDeadlineSeconds * 1000 - ctx.now));
}

/** A job starts when it is first seen unsuspended, and anew when it is resumed: a deadline counts from there. */
function withStart(ctx: ComponentContext, job: Stored<Job>): Stored<Job> {
  const isResumed = isConditionTrue(job.status?.conditions, 'Suspended');
  if (job.spec!.suspend || (job.status?.startTime && !isResumed)) return job;
  return {...job, status: {...job.status, startTime: ctx.time()}};
}

/** What is to be made or removed. */
function plan(sync: Sync, outcome: Outcome | undefined): Deeds | undefined {
  const {ctx, job, census, key, backoff, satisfied} = sync;
  if (outcome) return planRemoval(sync, census.active);
  if (!satisfied || job.metadata.deletionTimestamp) return undefined;
  const active = census.active.length;
  if (job.spec!.suspend) return planRemoval(sync, census.active);
  const wanted = wantedActive(job, census);
  // 1. Too many, or two for one index.
  const surplus = podsToRemove(job, census, active - wanted);
  if (surplus.length > 0) return planRemoval(sync, surplus);
  // 2. Too few: after a failure not before its delay is over.
  const missing = Math.min(wanted - active - (onlyReplacesFailed(job) ? census.terminating : 0), MAX_POD_CREATE_DELETE_PER_SYNC);
  if (missing <= 0) return undefined;
  const wait = hasPerIndexLimit(job) ? 0 : remainingBackoff(backoff, ctx.now);
  if (wait > 0) {
    tell(ctx, 'difference', `job/${key}`, () => `${missing} too few; next try in ${wait / 1000} s`);
    ctx.queue.addAfter(key, wait);
    return undefined;
  }
  return planCreation(sync, missing);
}
