/** Making and removing a job's pods. upstream: pkg/controller/job/job_controller.go manageJob, indexed_job_utils.go */
import type {core, Job, Pod, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {compareActivePods} from '../common/deletion-ranking.ts';
import {isNotFound, messageOf} from '../common/errors.ts';
import {creationObserved, deletionObserved, expectCreations, expectDeletions} from '../common/expectations.ts';
import {createPod, deletePod, isNamespaceTerminating, podFromTemplate} from '../common/pod-control.ts';
import {goOn, SLOW_START_INITIAL_BATCH_SIZE, type SlowStart, slowStart} from '../common/slow-start.ts';
import {tell} from '../common/tell.ts';
import {PODS_A_STEP, unfinished} from '../common/unfinished.ts';
import {type BackoffRecord, JOB_INDEX_FAILURE_COUNT, JOB_INDEX_IGNORED_FAILURE_COUNT, remainingBackoffPerIndex} from './backoff.ts';
import {type Census, indexFailures, isTracked, JOB_TRACKING_FINALIZER} from './census.ts';
import {judge} from './failure-policy.ts';
import {firstPendingIndexes, hasPerIndexLimit, indexOf, isIndexed, JOB_COMPLETION_INDEX} from './indexes.ts';

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
  /** The cache has seen all that was done before. */
  satisfied: boolean;
}

/** At least so many of the active pods, the least missed first, and every one whose index needs it no more. */
export function podsToRemove(job: Job, {active, succeededIndexes, failedIndexes}: Census, atLeast: number): Stored<Pod>[] {
  if (atLeast <= 0 && !isIndexed(job)) return [];
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

/** What a turn makes or removes, as far as it has come. */
export type Deeds = (
  | {readonly pods: readonly Pod[]; readonly creations: SlowStart}
  | {readonly doomed: readonly string[]; readonly deleted: number; readonly refused: number; readonly error?: string}
) & {
  /** The cache had seen all that was done before. */
  readonly satisfied: boolean;
};

export const unfinishedDeeds = unfinished<Deeds>('deeds');

/** Whether one step is enough for them. */
export const areFew = (deeds: Deeds): boolean => ('creations' in deeds ? deeds.pods.length : deeds.doomed.length) <= PODS_A_STEP;

/** Undefined where there is nothing to remove; else the deletions are awaited from now on. */
export function planRemoval({ctx, key, satisfied}: Sync, pods: readonly Stored<Pod>[]): Deeds | undefined {
  if (pods.length === 0) return undefined;
  const doomed = pods.map(keyOf);
  expectDeletions(ctx, key, doomed);
  return {doomed, deleted: 0, refused: 0, satisfied};
}

/** The same of what is to be made. */
export function planCreation(sync: Sync, count: number): Deeds | undefined {
  const {ctx, key, job, satisfied} = sync;
  const pods = isIndexed(job) ? indexedPods(sync, count) : Array.from({length: count}, () => newPod(job, job.spec!.template));
  if (pods.length === 0) return undefined;
  expectCreations(ctx, key, pods.length);
  return {pods, creations: slowStart(pods.length, SLOW_START_INITIAL_BATCH_SIZE), satisfied};
}

/** As many as fall into one step. */
export function act(ctx: ComponentContext, key: string, job: Stored<Job>, deeds: Deeds): Deeds {
  if ('doomed' in deeds) return removeSome(ctx, key, job, deeds);
  let next = deeds.creations.calls;
  const {error, ...creations} = goOn(deeds.creations, PODS_A_STEP, () => {
    try {
      createPod(ctx, job, deeds.pods[next++]!);
    } catch (refusal) {
      if (!isNamespaceTerminating(refusal)) throw refusal;
    }
  });
  return {...deeds, creations: {...creations, ...(error !== undefined && {error: messageOf(error)})}};
}

function removeSome(ctx: ComponentContext, key: string, job: Stored<Job>, deeds: Extract<Deeds, {doomed: unknown}>): Deeds {
  const {doomed, deleted} = deeds;
  const upTo = Math.min(doomed.length, deleted + PODS_A_STEP);
  let {error, refused} = deeds;
  for (const name of doomed.slice(deleted, upTo)) {
    const pod = ctx.lister<Pod>('pods').get(...splitKey(name));
    try {
      if (pod) removeTrackingFinalizer(ctx, pod);
      deletePod(ctx, job, ...splitKey(name));
    } catch (refusal) {
      deletionObserved(ctx, key, name);
      if (isNotFound(refusal)) continue;
      error ??= messageOf(refusal);
      refused++;
    }
  }
  return {...deeds, deleted: upTo, refused, ...(error !== undefined && {error})};
}

/** Tells what came of them; returns by how many there are more pods at work. Throws the first refusal. */
export function conclude({ctx, key, job, census}: Sync, deeds: Deeds): number {
  if ('doomed' in deeds) {
    const {doomed, refused, error} = deeds;
    tell(ctx, 'act', `job/${key}`, () => `removed ${doomed.length - refused} pods`);
    if (error !== undefined) throw new Error(error);
    return -doomed.length;
  }
  const {pods, creations} = deeds;
  const {successes, error} = creations;
  // What was not created will not be seen either.
  if (successes < pods.length) creationObserved(ctx, key, pods.length - successes);
  tell(
    ctx,
    'act',
    `job/${key}`,
    () => `created ${successes} pods for ${(job.spec!.completions ?? 1) - census.succeeded} completions to come`,
  );
  if (error !== undefined) throw new Error(error as string);
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
