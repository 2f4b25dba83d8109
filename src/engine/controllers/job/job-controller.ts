/** Pods that run to an end, as often as it takes. upstream: pkg/controller/job/job_controller.go */
import {timeOf} from '../../api/clock.ts';
import {equalJson} from '../../api/clone.ts';
import {matches, selectorFrom} from '../../api/labels.ts';
import {controllerOf} from '../../api/owner.ts';
import type {batch, core, KubeObject, Pod, Stored} from '../../api/types.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {claim, ignoring} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {compareActivePods} from '../common/deletion-ranking.ts';
import {isNotFound} from '../common/errors.ts';
import {
  creationObserved,
  deleteExpectations,
  deletionObserved,
  expectationsSatisfied,
  expectCreations,
  expectDeletions,
  forgetExpectations,
} from '../common/expectations.ts';
import {omitEmpty} from '../common/json.ts';
import {keyOf, splitKey} from '../common/keys.ts';
import {forgetOrphans, orphansIn, rememberOrphan} from '../common/orphans.ts';
import {createPod, deletePod, isNamespaceTerminating, podFromTemplate} from '../common/pod-control.ts';
import {SLOW_START_INITIAL_BATCH_SIZE, slowStartBatch} from '../common/slow-start.ts';
import {tell} from '../common/tell.ts';
import {
  type BackoffRecord,
  finishedTime,
  JOB_INDEX_FAILURE_COUNT,
  JOB_INDEX_IGNORED_FAILURE_COUNT,
  newBackoffRecord,
  remainingBackoff,
  remainingBackoffPerIndex,
} from './backoff.ts';
import {
  type Census,
  indexFailures,
  isTracked,
  JOB_TRACKING_FINALIZER,
  type Outcome,
  onlyReplacesFailed,
  outcomeOf,
  takeCensus,
  wantedActive,
} from './census.ts';
import {judge} from './failure-policy.ts';
import {firstPendingIndexes, formatIndexes, hasPerIndexLimit, indexOf, isIndexed, JOB_COMPLETION_INDEX, type Job} from './indexes.ts';

export const MAX_POD_CREATE_DELETE_PER_SYNC = 500;
/** Status changes of pods are gathered for this long before a job is looked at. */
export const SYNC_JOB_BATCH_PERIOD_MS = 1000;

/** Memory: the record of failures by job, and pods whose finalizer is off though the cache still shows it. */
const BACKOFF = 'backoff';
const RELEASED = 'released';

export const jobController = controller({
  name: 'job-controller',
  watches: [
    {resource: 'jobs', on: onJob},
    {resource: 'pods', on: onPod},
  ],
  start(ctx) {
    forgetExpectations(ctx);
    forgetOrphans(ctx, 'pods');
    for (const kind of [BACKOFF, RELEASED]) for (const [id] of ctx.memory.list(kind)) ctx.memory.delete(kind, id);
  },
  reconcile,
});

export const isFinished = (job: Job): boolean =>
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
  rememberOrphan(ctx, 'pods', event);
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

interface Sync {
  ctx: ComponentContext;
  key: string;
  job: Stored<Job>;
  pods: readonly Stored<Pod>[];
  census: Census;
  backoff: BackoffRecord;
}

function reconcile(ctx: ComponentContext, key: string): void {
  const stored = ctx.lister<Job>('jobs').get(...splitKey(key));
  if (!stored || isFinished(stored)) {
    deleteExpectations(ctx, key);
    ctx.memory.delete(BACKOFF, key);
    return;
  }
  const job = withStart(ctx, stored);
  // 1. Its pods, and what has become of them.
  const satisfied = expectationsSatisfied(ctx, key);
  const candidates = [...ctx.lister<Pod>('pods').by('owner', job.metadata.uid), ...orphansIn<Pod>(ctx, 'pods', job.metadata.namespace!)];
  const pods = claim(ctx, {owner: job, ownerResource: 'jobs', selector: selectorFrom(job.spec!.selector)}, 'pods', candidates);
  const census = takeCensus(job, pods, new Set(ctx.memory.list(RELEASED).map(([uid]) => uid)));
  const backoff = newBackoffRecord(
    ctx.memory.get<BackoffRecord>(BACKOFF, key),
    census.newSucceeded.map(finishedTime),
    census.newFailed.map(finishedTime),
  );
  const sync: Sync = {ctx, key, job, pods, census, backoff};
  const elapsed = ctx.now - timeOf(job.status?.startTime);
  const outcome = outcomeOf(job, pods, census, elapsed);
  tell(ctx, 'observe', `job/${key}`, () => `${census.active.length} active, ${census.succeeded} succeeded, ${census.failed} failed`);
  // 2. Decided: stop what still runs. Else make or remove pods.
  let active = census.active.length;
  let failure: unknown;
  try {
    if (outcome) active -= outcome.type === 'FailureTarget' || active > 0 ? removePods(sync, census.active) : 0;
    else if (satisfied && !job.metadata.deletionTimestamp) active = manage(sync);
  } catch (error) {
    failure = error;
  }
  // 3. Count what has finished, let go of it, and report.
  track(sync, active, outcome, satisfied);
  if (failure) throw failure;
  const {activeDeadlineSeconds, suspend} = job.spec!;
  if (!outcome && activeDeadlineSeconds !== undefined && !suspend)
    ctx.queue.addAfter(key, Math.max(0, activeDeadlineSeconds * 1000 - elapsed));
}

/** A job starts when it is first seen unsuspended. */
const withStart = (ctx: ComponentContext, job: Stored<Job>): Stored<Job> =>
  job.status?.startTime || job.spec!.suspend ? job : {...job, status: {...job.status, startTime: ctx.time()}};

/** Returns how many pods are at work afterwards. */
function manage(sync: Sync): number {
  const {ctx, job, census, key, backoff} = sync;
  const active = census.active.length;
  if (job.spec!.suspend) return active - removePods(sync, census.active);
  const wanted = wantedActive(job, census);
  // 1. Too many, or two for one index.
  const surplus = podsToRemove(job, census, active - wanted);
  if (surplus.length > 0) return active - removePods(sync, surplus);
  // 2. Too few: after a failure not before its delay is over.
  const missing = Math.min(wanted - active - (onlyReplacesFailed(job) ? census.terminating : 0), MAX_POD_CREATE_DELETE_PER_SYNC);
  if (missing <= 0) return active;
  const wait = hasPerIndexLimit(job) ? 0 : remainingBackoff(backoff, ctx.now);
  if (wait > 0) {
    tell(ctx, 'difference', `job/${key}`, () => `${missing} too few; next try in ${wait / 1000} s`);
    ctx.queue.addAfter(key, wait);
    return active;
  }
  return active + createPods(sync, missing);
}

function podsToRemove(job: Job, {active, succeededIndexes, failedIndexes}: Census, atLeast: number): Stored<Pod>[] {
  const ranked = [...active].sort(compareActivePods);
  const doomed = new Set<Stored<Pod>>();
  if (isIndexed(job)) {
    const taken = new Set([...succeededIndexes, ...failedIndexes]);
    for (const pod of [...ranked].reverse()) {
      const index = indexOf(pod);
      if (index < 0 || index >= job.spec!.completions! || taken.has(index)) doomed.add(pod);
      else taken.add(index);
    }
  }
  for (const pod of ranked) if (doomed.size < atLeast) doomed.add(pod);
  return [...doomed].slice(0, MAX_POD_CREATE_DELETE_PER_SYNC);
}

/** Returns how many were removed. Throws the first refusal after trying all. */
function removePods({ctx, key, job}: Sync, pods: readonly Stored<Pod>[]): number {
  if (pods.length === 0) return 0;
  expectDeletions(ctx, key, pods.map(keyOf));
  const failures: unknown[] = [];
  for (const pod of pods) {
    try {
      removeTrackingFinalizer(ctx, pod);
      deletePod(ctx, job, pod.metadata.namespace!, pod.metadata.name);
    } catch (error) {
      deletionObserved(ctx, key, keyOf(pod));
      if (!isNotFound(error)) failures.push(error);
    }
  }
  tell(ctx, 'act', `job/${key}`, () => `removed ${pods.length - failures.length} pods`);
  if (failures.length > 0) throw failures[0];
  return pods.length;
}

/** Returns how many were made. */
function createPods(sync: Sync, count: number): number {
  const {ctx, key, job, census} = sync;
  const pods = isIndexed(job) ? indexedPods(sync, count) : Array.from({length: count}, () => newPod(job, job.spec!.template));
  if (pods.length === 0) return 0;
  expectCreations(ctx, key, pods.length);
  let next = 0;
  const {successes, error} = slowStartBatch(pods.length, SLOW_START_INITIAL_BATCH_SIZE, () => {
    try {
      createPod(ctx, job, pods[next++]!);
    } catch (refusal) {
      if (!isNamespaceTerminating(refusal)) throw refusal;
    }
  });
  if (successes < pods.length) creationObserved(ctx, key, pods.length - successes);
  tell(
    ctx,
    'act',
    `job/${key}`,
    () => `created ${successes} pods for ${(job.spec!.completions ?? 1) - census.succeeded} completions to come`,
  );
  if (error) throw error;
  return successes;
}

function newPod(job: Stored<Job>, template: core.PodTemplateSpec): Pod {
  const finalizers = [...(template.metadata?.finalizers ?? []).filter(name => name !== JOB_TRACKING_FINALIZER), JOB_TRACKING_FINALIZER];
  return podFromTemplate({...template, metadata: {...template.metadata, finalizers}}, job);
}

/** Pods for the lowest indexes that wait for one; an index that has failed waits for its own delay. */
function indexedPods({ctx, key, job, pods, census}: Sync, count: number): Pod[] {
  const taken = new Set([...census.succeededIndexes, ...census.failedIndexes, ...census.active.map(indexOf)]);
  const perIndex = hasPerIndexLimit(job);
  return firstPendingIndexes(taken, count, job.spec!.completions!).flatMap(index => {
    const last = perIndex ? lastFailedPod(pods, index) : undefined;
    const wait = remainingBackoffPerIndex(last, ctx.now);
    if (wait > 0) {
      ctx.queue.addAfter(key, wait);
      return [];
    }
    const ignored = last && judge(job, last).action === 'Ignore';
    const failures = {
      [JOB_INDEX_FAILURE_COUNT]: String(last ? indexFailures(last) + (ignored ? 0 : 1) : 0),
      ...(last && {
        [JOB_INDEX_IGNORED_FAILURE_COUNT]: String(
          (Number(last.metadata.annotations?.[JOB_INDEX_IGNORED_FAILURE_COUNT] ?? 0) || 0) + (ignored ? 1 : 0),
        ),
      }),
    };
    const pod = newPod(job, withIndexVariable(job.spec!.template));
    return {
      ...pod,
      metadata: {
        ...pod.metadata,
        generateName: `${job.metadata.name}-${index}-`,
        annotations: {...pod.metadata.annotations, [JOB_COMPLETION_INDEX]: String(index), ...(perIndex && failures)},
        labels: {...pod.metadata.labels, [JOB_COMPLETION_INDEX]: String(index)},
      },
      spec: {...pod.spec!, hostname: `${job.metadata.name}-${index}`},
    };
  });
}

/** The pod that carries an index's failures: its finalizer stays on until another has taken them over. */
const lastFailedPod = (pods: readonly Stored<Pod>[], index: number): Stored<Pod> | undefined =>
  pods
    .filter(pod => indexOf(pod) === index && isTracked(pod) && pod.status?.phase === 'Failed')
    .sort((a, b) => indexFailures(b) - indexFailures(a))[0];

/** Every container learns its index from JOB_COMPLETION_INDEX. */
function withIndexVariable(template: core.PodTemplateSpec): core.PodTemplateSpec {
  const variable = {name: 'JOB_COMPLETION_INDEX', valueFrom: {fieldRef: {fieldPath: `metadata.labels['${JOB_COMPLETION_INDEX}']`}}};
  const add = (container: core.Container): core.Container =>
    container.env?.some(({name}) => name === variable.name) ? container : {...container, env: [...(container.env ?? []), variable]};
  const {initContainers, containers} = template.spec!;
  return {
    ...template,
    spec: {...template.spec!, containers: containers.map(add), ...(initContainers && {initContainers: initContainers.map(add)})},
  };
}

function removeTrackingFinalizer(ctx: ComponentContext, pod: Stored<Pod>): void {
  if (!isTracked(pod)) return;
  const {namespace, name, uid} = pod.metadata;
  ctx.client.patch('pods', namespace!, name, 'strategic', {
    metadata: {uid, '$deleteFromPrimitiveList/finalizers': [JOB_TRACKING_FINALIZER]},
  });
  ctx.memory.put(RELEASED, uid, {});
}

/**
 * Finished pods are counted exactly once: their uids go into the status, then their finalizers come off, then the uids become numbers.
 * upstream: trackJobStatusAndRemoveFinalizers
 */
function track(sync: Sync, active: number, outcome: Outcome | undefined, satisfied: boolean): void {
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
