/** Making and removing a job's pods. upstream: pkg/controller/job/job_controller.go manageJob, indexed_job_utils.go */
import type {core, Pod, Stored} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {compareActivePods} from '../common/deletion-ranking.ts';
import {isNotFound} from '../common/errors.ts';
import {creationObserved, deletionObserved, expectCreations, expectDeletions} from '../common/expectations.ts';
import {keyOf} from '../common/keys.ts';
import {createPod, deletePod, isNamespaceTerminating, podFromTemplate} from '../common/pod-control.ts';
import {SLOW_START_INITIAL_BATCH_SIZE, slowStartBatch} from '../common/slow-start.ts';
import {tell} from '../common/tell.ts';
import {type BackoffRecord, JOB_INDEX_FAILURE_COUNT, JOB_INDEX_IGNORED_FAILURE_COUNT, remainingBackoffPerIndex} from './backoff.ts';
import {type Census, indexFailures, isTracked, JOB_TRACKING_FINALIZER} from './census.ts';
import {judge} from './failure-policy.ts';
import {firstPendingIndexes, hasPerIndexLimit, indexOf, isIndexed, JOB_COMPLETION_INDEX, type Job} from './indexes.ts';

export const MAX_POD_CREATE_DELETE_PER_SYNC = 500;

/** Memory: pods whose finalizer is off though the cache still shows it, by uid. */
export const RELEASED = 'released';

/** One turn over a job. */
export interface Sync {
  ctx: ComponentContext;
  key: string;
  job: Stored<Job>;
  pods: readonly Stored<Pod>[];
  census: Census;
  backoff: BackoffRecord;
}

/** At least so many of the active pods, the least missed first, and every one whose index needs it no more. */
export function podsToRemove(job: Job, {active, succeededIndexes, failedIndexes}: Census, atLeast: number): Stored<Pod>[] {
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
export function removePods({ctx, key, job}: Sync, pods: readonly Stored<Pod>[]): number {
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
export function createPods(sync: Sync, count: number): number {
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
export const lastFailedPod = (pods: readonly Stored<Pod>[], index: number): Stored<Pod> | undefined =>
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

/** Lets go of a pod that has been counted, or will not be. */
export function removeTrackingFinalizer(ctx: ComponentContext, pod: Stored<Pod>): void {
  if (!isTracked(pod)) return;
  const {namespace, name, uid} = pod.metadata;
  ctx.client.patch('pods', namespace!, name, 'strategic', {
    metadata: {uid, '$deleteFromPrimitiveList/finalizers': [JOB_TRACKING_FINALIZER]},
  });
  ctx.memory.put(RELEASED, uid, {});
}
