/** So many pods of a template, no more, no fewer. upstream: pkg/controller/replicaset/replica_set.go, which drives replication controllers too */

import {equalJson} from '../../api/clone.ts';
import {matches, type Selector, selectorFrom, selectorFromSet} from '../../api/labels.ts';
import {controllerOf} from '../../api/owner.ts';
import {isPodActive, isPodTerminating} from '../../api/pods.ts';
import type {KubeObject, Pod, ReplicaSet, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {Component, ComponentContext, WatchEvent} from '../../client/types.ts';
import {claim} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {compareActivePodsWithRanks} from '../common/deletion-ranking.ts';
import {isNotFound, messageOf} from '../common/errors.ts';
import {
  creationObserved,
  deleteExpectations,
  deletionObserved,
  expectationsSatisfied,
  expectCreations,
  expectDeletions,
  forgetExpectations,
} from '../common/expectations.ts';
import {createPod, deletePod, isNamespaceTerminating, podFromTemplate} from '../common/pod-control.ts';
import {areDone, goOn, SLOW_START_INITIAL_BATCH_SIZE, type SlowStart, slowStart} from '../common/slow-start.ts';
import {tell} from '../common/tell.ts';
import {isReport, turnMs} from '../common/turns.ts';
import {PODS_A_STEP, unfinished} from '../common/unfinished.ts';
import {calculateStatus, nextAvailability, type ReplicaSetStatus} from './status.ts';

/** At most so many pods are made or removed in one turn. */
const BURST_REPLICAS = 500;
/** A status that conflicts is written once more, over a fresh copy. */
const STATUS_UPDATE_RETRIES = 1;

/** What a replica set and a replication controller differ in. */
interface Flavour {
  kind: string;
  resource: string;
  /** First part of a trace's subject. */
  noun: string;
  /** Whether its status has a count of terminating pods. */
  countsTerminating: boolean;
  selector(owner: ReplicaSet): Selector;
}

const replicaSetFlavour: Flavour = {
  kind: 'ReplicaSet',
  resource: 'replicasets',
  noun: 'replicaset',
  countsTerminating: true,
  selector: owner => selectorFrom(owner.spec?.selector),
};

const replicationControllerFlavour: Flavour = {
  kind: 'ReplicationController',
  resource: 'replicationcontrollers',
  noun: 'replicationcontroller',
  countsTerminating: false,
  selector: owner => selectorFromSet(owner.spec?.selector as Record<string, string> | undefined),
};

export const replicaSetController = replicaController('replicaset-controller', replicaSetFlavour);

export const replicationController = replicaController('replication-controller', replicationControllerFlavour);

function replicaController(name: string, flavour: Flavour): Component {
  return controller({
    name,
    watches: [
      {resource: flavour.resource, on: (ctx, event) => onOwner(ctx, event)},
      {resource: 'pods', on: (ctx, event) => onPod(ctx, flavour, event)},
    ],
    start(ctx) {
      forgetExpectations(ctx);
      unfinishedDeeds.forgetAll(ctx);
    },
    reconcile: (ctx, key) => reconcile(ctx, flavour, key),
  });
}

function onOwner(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  const key = keyOf(object);
  // One deleted and made anew under the same name starts with a clean slate.
  if (type === 'DELETED' || (old && old.metadata.uid !== object.metadata.uid)) deleteExpectations(ctx, key);
  ctx.queue.addAfter(key, isReport(object, old) ? turnOf(object as ReplicaSet) : 0);
}

function onPod(ctx: ComponentContext, flavour: Flavour, event: WatchEvent): void {
  const {type, object, old} = event;
  const pod = object as Stored<Pod>;
  // 1. Gone, or on its way: the deletion we may be waiting for.
  if (type === 'DELETED' || pod.metadata.deletionTimestamp) {
    const owner = ownerOf(ctx, flavour, old && type === 'MODIFIED' && !controllerOf(pod) ? old : pod);
    if (!owner) return;
    deletionObserved(ctx, keyOf(owner), keyOf(pod));
    ctx.queue.add(keyOf(owner));
    return;
  }
  // 2. Released or taken over: its former owner has one pod fewer.
  const [ref, oldRef] = [controllerOf(pod), old && controllerOf(old)];
  if (old && oldRef && oldRef.uid !== ref?.uid) {
    const former = ownerOf(ctx, flavour, old);
    if (former) ctx.queue.add(keyOf(former));
  }
  // 3. An orphan: whoever's selector matches may adopt it.
  if (!ref) {
    const relabelled = type === 'ADDED' || oldRef || !equalJson(old?.metadata.labels, pod.metadata.labels);
    if (relabelled) enqueueMatching(ctx, flavour, pod);
    return;
  }
  // 4. Ours.
  const owner = ownerOf(ctx, flavour, pod);
  if (!owner) return;
  if (type === 'ADDED') creationObserved(ctx, keyOf(owner));
  ctx.queue.addAfter(keyOf(owner), turnOf(owner));
}

/** How long a turn over all its pods takes, in milliseconds. */
const turnOf = (owner: ReplicaSet): number => turnMs(owner.spec?.replicas);

function enqueueMatching(ctx: ComponentContext, flavour: Flavour, pod: Pod): void {
  for (const owner of ctx.lister<ReplicaSet>(flavour.resource).list(pod.metadata.namespace))
    if (matches(flavour.selector(owner), pod.metadata.labels)) ctx.queue.add(keyOf(owner));
}

function ownerOf(ctx: ComponentContext, flavour: Flavour, pod: KubeObject): Stored<ReplicaSet> | undefined {
  const ref = controllerOf(pod);
  if (ref?.kind !== flavour.kind) return undefined;
  const owner = ctx.lister<ReplicaSet>(flavour.resource).get(pod.metadata.namespace ?? '', ref.name);
  return owner?.metadata.uid === ref.uid ? owner : undefined;
}

function reconcile(ctx: ComponentContext, flavour: Flavour, key: string): void {
  const [namespace, name] = splitKey(key);
  const owner = ctx.lister<ReplicaSet>(flavour.resource).get(namespace, name);
  if (!owner) {
    deleteExpectations(ctx, key);
    unfinishedDeeds.forget(ctx, key);
    return;
  }
  const subject = `${flavour.noun}/${key}`;
  const begun = unfinishedDeeds.of(ctx, key);
  if (begun && !areDone(begun)) return unfinishedDeeds.goOn(ctx, key, act(ctx, owner, begun));
  // 1. Its pods: those it owns, and orphans it may adopt.
  const needsSync = begun === undefined && expectationsSatisfied(ctx, key);
  const owned = ctx.lister<Pod>('pods').by('owner', owner.metadata.uid);
  const selector = flavour.selector(owner);
  const candidates = [...owned, ...ctx.lister<Pod>('pods').by('orphan', namespace)].filter(isPodActive);
  const active = claim(ctx, {owner, ownerResource: flavour.resource, selector}, 'pods', candidates);
  const terminating = flavour.countsTerminating
    ? owned.filter(pod => isPodTerminating(pod) && matches(selector, pod.metadata.labels))
    : undefined;
  if (!begun)
    tell(
      ctx,
      'observe',
      subject,
      () => `wants ${owner.spec?.replicas}, has ${active.length}${needsSync ? '' : '; its cache is behind its own deeds'}`,
    );
  // 2. Make or remove the difference, unless the cache has not seen the last turn's deeds yet.
  const planned = needsSync && !owner.metadata.deletionTimestamp ? plan(ctx, flavour, owner, active, subject) : undefined;
  if (planned && !areFew(planned)) return unfinishedDeeds.goOn(ctx, key, planned);
  unfinishedDeeds.forget(ctx, key);
  const deeds = planned ? act(ctx, owner, planned) : begun;
  const failure = deeds && conclude(ctx, owner, deeds, subject);
  // 3. Report, whatever came of it.
  const status = calculateStatus(owner, {active, terminating, failure, now: ctx.now, time: ctx.time()});
  updateStatus(ctx, flavour, owner, status);
  if (failure) throw failure;
  // 4. Pods that are ready become available by the passing of time alone.
  const minReadySeconds = owner.spec?.minReadySeconds ?? 0;
  if (minReadySeconds > 0 && (status.readyReplicas ?? 0) !== (status.availableReplicas ?? 0))
    ctx.queue.addAfter(key, nextAvailability(active, minReadySeconds, ctx.now) ?? minReadySeconds * 1000);
}

/** What a turn makes or removes, as far as it has come. */
type Deeds = {readonly creations: SlowStart} | {readonly doomed: readonly string[]; readonly deleted: number; readonly error?: string};

const unfinishedDeeds = unfinished<Deeds>('deeds');

/** Undefined where there are as many as there shall be. */
function plan(
  ctx: ComponentContext,
  flavour: Flavour,
  owner: Stored<ReplicaSet>,
  active: Stored<Pod>[],
  subject: string,
): Deeds | undefined {
  const key = keyOf(owner);
  const difference = active.length - (owner.spec?.replicas ?? 0);
  if (difference === 0) return undefined;
  const count = Math.min(Math.abs(difference), BURST_REPLICAS);
  tell(ctx, 'difference', subject, () => `${count} too ${difference < 0 ? 'few' : 'many'}`);
  if (difference < 0) {
    expectCreations(ctx, key, count);
    return {creations: slowStart(count, SLOW_START_INITIAL_BATCH_SIZE)};
  }
  const doomed = podsToDelete(active, () => relatedPods(ctx, flavour, owner), count, ctx.now).map(keyOf);
  expectDeletions(ctx, key, doomed);
  return {doomed, deleted: 0};
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** Whether one step is enough for them. */
const areFew = (deeds: Deeds): boolean => ('creations' in deeds ? deeds.creations.count : deeds.doomed.length) <= PODS_A_STEP;

/** As many as fall into one step. */
function act(ctx: ComponentContext, owner: Stored<ReplicaSet>, deeds: Deeds): Deeds {
  if ('doomed' in deeds) return deleteSome(ctx, owner, deeds);
  const pod = podFromTemplate(owner.spec!.template!, owner);
  const {error, ...creations} = goOn(deeds.creations, PODS_A_STEP, () => {
    try {
      createPod(ctx, owner, pod);
    } catch (refusal) {
      if (!isNamespaceTerminating(refusal)) throw refusal;
    }
  });
  return {creations: {...creations, ...(error !== undefined && {error: messageOf(error)})}};
}

function deleteSome(ctx: ComponentContext, owner: Stored<ReplicaSet>, deeds: Extract<Deeds, {doomed: unknown}>): Deeds {
  const {doomed, deleted} = deeds;
  let {error} = deeds;
  for (const pod of doomed.slice(deleted, deleted + PODS_A_STEP)) {
    try {
      deletePod(ctx, owner, ...splitKey(pod));
    } catch (refusal) {
      deletionObserved(ctx, keyOf(owner), pod);
      if (!isNotFound(refusal)) error ??= messageOf(refusal);
    }
  }
  return {doomed, deleted: Math.min(doomed.length, deleted + PODS_A_STEP), ...(error !== undefined && {error})};
}

/** Tells what came of it; returns the first failure. */
function conclude(ctx: ComponentContext, owner: Stored<ReplicaSet>, deeds: Deeds, subject: string): Error | undefined {
  if ('doomed' in deeds) {
    tell(ctx, 'act', subject, () => `deleted ${deeds.doomed.map(pod => splitKey(pod)[1]).join(', ')}`);
    return deeds.error === undefined ? undefined : new Error(deeds.error);
  }
  const {count, successes, calls} = deeds.creations;
  const error = deeds.creations.error as string | undefined;
  // What was not created will not be seen either.
  if (successes < count) creationObserved(ctx, keyOf(owner), count - successes);
  const created = counted(successes, 'pod', 'pods');
  tell(ctx, 'act', subject, () =>
    error === undefined ? `created ${created}` : `created ${created}; slow start stops after ${counted(calls, 'try', 'tries')}: ${error}`,
  );
  return error === undefined ? undefined : new Error(error);
}

/** The `count` pods that will be missed least. `related` are the pods of the whole family: where two of them share a node, one of the two goes first. */
export function podsToDelete(active: Stored<Pod>[], related: () => Pod[], count: number, now: number): Stored<Pod>[] {
  if (count >= active.length) return active.slice(0, count);
  const onNode = new Map<string, number>();
  for (const {spec} of related().filter(isPodActive)) onNode.set(spec?.nodeName ?? '', (onNode.get(spec?.nodeName ?? '') ?? 0) + 1);
  return active
    .map(pod => ({pod, rank: onNode.get(pod.spec?.nodeName ?? '') ?? 0}))
    .sort(compareActivePodsWithRanks(now))
    .slice(0, count)
    .map(({pod}) => pod);
}

/** Pods of every replica set with the same owner: for a deployment the old and the new. */
function relatedPods(ctx: ComponentContext, flavour: Flavour, owner: Stored<ReplicaSet>): Stored<Pod>[] {
  const ref = controllerOf(owner);
  const family = ref ? ctx.lister<ReplicaSet>(flavour.resource).by('owner', ref.uid) : [owner];
  return family.flatMap(member => ctx.lister<Pod>('pods').by('owner', member.metadata.uid));
}

function updateStatus(ctx: ComponentContext, flavour: Flavour, owner: Stored<ReplicaSet>, counted: ReplicaSetStatus): void {
  if (equalJson(owner.status, counted) && (owner.metadata.generation ?? 0) === (owner.status?.observedGeneration ?? 0)) return;
  const status = {...counted, observedGeneration: owner.metadata.generation};
  for (let current = owner, retries = 0; ; retries++) {
    try {
      ctx.client.update<ReplicaSet>(flavour.resource, {...current, status}, {subresource: 'status'});
      return;
    } catch (error) {
      if (retries >= STATUS_UPDATE_RETRIES) throw error;
      current = ctx.client.get<ReplicaSet>(flavour.resource, owner.metadata.namespace ?? '', owner.metadata.name);
    }
  }
}
