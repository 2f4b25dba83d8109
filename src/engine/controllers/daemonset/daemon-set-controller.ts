/** One pod on each node that fits. upstream: pkg/controller/daemon/daemon_controller.go */
import {equalJson} from '../../api/clone.ts';
import {matches, selectorFrom} from '../../api/labels.ts';
import {controllerOf} from '../../api/owner.ts';
import type {DaemonSet, KubeObject, Node, Pod, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {backOff, backoffLeft, forgetBackoffs} from '../common/backoff.ts';
import {claim} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {
  CONTROLLER_REVISION_HASH,
  type ControllerRevision,
  listRevisions,
  syncCurrentRevision,
  truncateHistory,
} from '../common/controller-history.ts';
import {creationObserved, deleteExpectations, deletionObserved, expectationsSatisfied, forgetExpectations} from '../common/expectations.ts';
import {omitEmpty} from '../common/json.ts';
import {tell} from '../common/tell.ts';
import {isReport, turnMs} from '../common/turns.ts';
import {type Daemon, type DaemonsByNode, daemonsByNode, isAvailable} from './daemon.ts';
import {act, areDone, areFew, conclude, type Deeds, planDeeds, unfinishedDeeds} from './deeds.ts';
import {nodeShouldRun, type Verdict} from './node-fit.ts';
import {excessDaemons, limitsOf, oldestOf, rollingUpdate} from './rolling-update.ts';

const FAILED_POD_BACKOFF_MS = 1000;
const MAX_FAILED_POD_BACKOFF_MS = 15 * 60_000;

export const daemonSetController = controller({
  name: 'daemonset-controller',
  account: 'daemon-set-controller',
  watches: [
    {resource: 'daemonsets', on: onDaemonSet},
    {resource: 'pods', on: onPod},
    {resource: 'nodes', on: onNode},
    {resource: 'controllerrevisions', on: onRevision},
  ],
  start(ctx) {
    forgetExpectations(ctx);
    forgetBackoffs(ctx);
    unfinishedDeeds.forgetAll(ctx);
  },
  reconcile,
});

function onDaemonSet(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  if (type === 'DELETED') deleteExpectations(ctx, keyOf(object));
  ctx.queue.addAfter(keyOf(object), isReport(object, old) ? turnOf(object as Stored<DaemonSet>) : 0);
}

/** How long a turn over all its nodes takes, in milliseconds. */
const turnOf = ({status}: DaemonSet): number => turnMs(status?.desiredNumberScheduled);

function ownerOf(ctx: ComponentContext, object: KubeObject): Stored<DaemonSet> | undefined {
  const ref = controllerOf(object);
  if (ref?.kind !== 'DaemonSet') return undefined;
  const owner = ctx.lister<DaemonSet>('daemonsets').get(object.metadata.namespace ?? '', ref.name);
  return owner?.metadata.uid === ref.uid ? owner : undefined;
}

function onPod(ctx: ComponentContext, event: WatchEvent): void {
  const {type, object, old} = event;
  const owner = ownerOf(ctx, object) ?? (old && ownerOf(ctx, old));
  if (owner) {
    if (type === 'DELETED' || object.metadata.deletionTimestamp) deletionObserved(ctx, keyOf(owner), keyOf(object));
    else if (type === 'ADDED') creationObserved(ctx, keyOf(owner));
    ctx.queue.addAfter(keyOf(owner), turnOf(owner));
  } else if (type !== 'DELETED' && !controllerOf(object) && !equalJson(old?.metadata.labels, object.metadata.labels)) {
    for (const daemonSet of ctx.lister<DaemonSet>('daemonsets').list(object.metadata.namespace))
      if (matches(selectorFrom(daemonSet.spec?.selector), object.metadata.labels)) ctx.queue.add(keyOf(daemonSet));
  }
}

/** Only a change that makes a difference to where pods belong counts: heartbeats do not. */
function onNode(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  const [node, before] = [object as Stored<Node>, old as Stored<Node> | undefined];
  if (type === 'MODIFIED' && equalJson(node.metadata.labels, before?.metadata.labels) && equalJson(node.spec, before?.spec)) return;
  for (const daemonSet of ctx.lister<DaemonSet>('daemonsets').list())
    if (type !== 'MODIFIED' || !equalJson(nodeShouldRun(daemonSet, node), nodeShouldRun(daemonSet, before!)))
      ctx.queue.addAfter(keyOf(daemonSet), turnOf(daemonSet));
}

function onRevision(ctx: ComponentContext, {object}: WatchEvent): void {
  const owner = ownerOf(ctx, object);
  if (owner) ctx.queue.add(keyOf(owner));
}

/** A node, whether daemons belong there, and those that are. */
interface Place extends Verdict {
  readonly name: string;
  readonly daemons: readonly Daemon[];
}

interface Sync {
  ctx: ComponentContext;
  key: string;
  daemonSet: Stored<DaemonSet>;
  places: readonly Place[];
  byNode: DaemonsByNode;
  hash: string;
}

function reconcile(ctx: ComponentContext, key: string): void {
  const daemonSet = ctx.lister<DaemonSet>('daemonsets').get(...splitKey(key));
  if (!daemonSet) {
    deleteExpectations(ctx, key);
    unfinishedDeeds.forget(ctx, key);
    return;
  }
  // 1. A selector that matches everything would adopt everything.
  if (selectorFrom(daemonSet.spec?.selector).requirements.length === 0) {
    ctx.events.event(daemonSet, 'Warning', 'SelectingAll', 'This daemon set is selecting all pods. A non-empty selector is required.');
    return;
  }
  if (daemonSet.metadata.deletionTimestamp) return unfinishedDeeds.forget(ctx, key);
  const begun = unfinishedDeeds.of(ctx, key);
  if (begun && !areDone(begun)) return unfinishedDeeds.goOn(ctx, key, act(ctx, daemonSet, begun));
  // 2. The revision of its template; every pod carries its hash.
  const revisions = listRevisions(ctx, daemonSet);
  const {revision, collided} = syncCurrentRevision(ctx, daemonSet, daemonSet.spec!, revisions, daemonSet.status?.collisionCount);
  if (collided) {
    const status = {...daemonSet.status!, collisionCount: (daemonSet.status?.collisionCount ?? 0) + 1};
    ctx.client.update<DaemonSet>('daemonsets', {...daemonSet, status}, {subresource: 'status'});
    throw new Error(`found a hash collision for DaemonSet ${key}`);
  }
  const hash = revision.metadata.labels![CONTROLLER_REVISION_HASH]!;
  const byNode = daemonsByNode(podsOf(ctx, daemonSet));
  const sync: Sync = {ctx, key, daemonSet, places: placesOf(ctx, daemonSet, byNode), byNode, hash};
  // 3. Add, remove and replace pods, unless the cache has not seen the last turn's deeds yet.
  const manages = begun !== undefined || expectationsSatisfied(ctx, key);
  const planned = begun ?? (manages ? plan(sync) : undefined);
  if (planned && !begun && !areFew(planned)) return unfinishedDeeds.goOn(ctx, key, planned);
  unfinishedDeeds.forget(ctx, key);
  let failure: unknown;
  if (manages) {
    try {
      if (planned) conclude(ctx, key, begun ?? act(ctx, daemonSet, planned));
      cleanupHistory(sync, revisions);
    } catch (error) {
      failure = error;
    }
  }
  // 4. Report, whatever came of it.
  updateStatus(sync);
  if (failure) throw failure;
}

function podsOf(ctx: ComponentContext, daemonSet: Stored<DaemonSet>): Stored<Pod>[] {
  const candidates = [
    ...ctx.lister<Pod>('pods').by('owner', daemonSet.metadata.uid),
    ...ctx.lister<Pod>('pods').by('orphan', daemonSet.metadata.namespace!),
  ];
  const claimer = {owner: daemonSet, ownerResource: 'daemonsets', selector: selectorFrom(daemonSet.spec!.selector)};
  return claim(ctx, claimer, 'pods', candidates);
}

const NO_DAEMONS: readonly Daemon[] = [];

function placesOf(ctx: ComponentContext, daemonSet: DaemonSet, byNode: DaemonsByNode): Place[] {
  const nodes = ctx.lister<Node>('nodes').list();
  return nodes.map(node => {
    const {shouldRun, shouldContinue} = nodeShouldRun(daemonSet, node);
    const {name} = node.metadata;
    return {name, shouldRun, shouldContinue, daemons: byNode.get(name) ?? NO_DAEMONS};
  });
}

/** What is to be made and removed; undefined: all is as it shall be. */
function plan(sync: Sync): Deeds | undefined {
  const {ctx, key, daemonSet, places, hash} = sync;
  const nodesNeedingPods: string[] = [];
  const podsToDelete: Stored<Pod>[] = [];
  const limits = limitsOf(daemonSet, places.filter(place => place.shouldRun).length);
  // 1. Every node by itself.
  for (const {name, shouldRun, shouldContinue, daemons} of places) {
    if (daemons.length === 0) {
      if (shouldRun) nodesNeedingPods.push(name);
      continue;
    }
    const staying = daemons.filter(daemon => !daemon.isLeaving);
    const gone = shouldContinue
      ? [...staying.filter(daemon => isToEnd(sync, daemon)), ...excessDaemons(daemonSet, staying, hash, limits.maxSurge > 0, ctx.now)]
      : staying;
    for (const {pod} of gone) podsToDelete.push(pod);
  }
  tell(ctx, 'difference', `daemonset/${key}`, () => `${nodesNeedingPods.length} nodes without a pod, ${podsToDelete.length} pods too many`);
  const wanted = planDeeds(ctx, key, hash, podsToDelete, nodesNeedingPods);
  // 2. Replace old pods, when nothing else is under way.
  if (wanted || daemonSet.spec!.updateStrategy?.type === 'OnDelete') return wanted;
  const {podsToDelete: replaced, nodesToSurge} = rollingUpdate(daemonSet, sync.byNode, hash, limits, ctx.now);
  return planDeeds(ctx, key, hash, replaced, nodesToSurge);
}

/** Daemons that have ended are removed, to be made anew in the next turn; those that fail again and again, ever more slowly. */
function isToEnd({ctx, key, daemonSet}: Sync, {pod, node, isTerminal}: Daemon): boolean {
  if (!isTerminal) return false;
  const where = `daemon pod ${keyOf(pod)} on node ${node}`;
  if (pod.status?.phase === 'Succeeded') {
    ctx.events.event(daemonSet, 'Normal', 'SucceededDaemonPod', `Found succeeded ${where}, will try to delete it`);
    return true;
  }
  const id = `${daemonSet.metadata.uid}/${daemonSet.status?.observedGeneration ?? 0}/${node}`;
  const left = backoffLeft(ctx, id);
  if (left > 0) {
    ctx.queue.addAfter(key, left);
    return false;
  }
  backOff(ctx, id, FAILED_POD_BACKOFF_MS, MAX_FAILED_POD_BACKOFF_MS);
  ctx.events.event(daemonSet, 'Warning', 'FailedDaemonPod', `Found failed ${where}, will try to kill it`);
  return true;
}

function cleanupHistory({ctx, daemonSet, byNode, hash}: Sync, revisions: readonly Stored<ControllerRevision>[]): void {
  const live = new Set<string | undefined>([hash]);
  for (const daemons of byNode.values()) for (const daemon of daemons) live.add(daemon.hash);
  truncateHistory(
    ctx,
    revisions,
    ({metadata}) => live.has(metadata.labels?.[CONTROLLER_REVISION_HASH]),
    daemonSet.spec!.revisionHistoryLimit,
  );
}

function updateStatus({ctx, key, daemonSet, places, hash}: Sync): void {
  const minReadySeconds = daemonSet.spec!.minReadySeconds ?? 0;
  const counts = {desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0};
  for (const {shouldRun, daemons} of places) {
    const oldest = oldestOf(daemons);
    if (!shouldRun) counts.misscheduled += oldest ? 1 : 0;
    else {
      counts.desired++;
      if (!oldest) continue;
      counts.current++;
      counts.ready += oldest.isReady ? 1 : 0;
      counts.available += isAvailable(oldest, minReadySeconds, ctx.now) ? 1 : 0;
      counts.updated += oldest.hash === hash ? 1 : 0;
    }
  }
  const status = {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    ...omitEmpty({
      observedGeneration: daemonSet.metadata.generation,
      updatedNumberScheduled: counts.updated,
      numberAvailable: counts.available,
      numberUnavailable: counts.desired - counts.available,
    }),
    ...(daemonSet.status?.collisionCount !== undefined && {collisionCount: daemonSet.status.collisionCount}),
  };
  if (!equalJson(daemonSet.status, status)) ctx.client.update<DaemonSet>('daemonsets', {...daemonSet, status}, {subresource: 'status'});
  if (minReadySeconds > 0 && counts.ready !== counts.available) ctx.queue.addAfter(key, minReadySeconds * 1000);
}
