/** One pod on each node that fits. upstream: pkg/controller/daemon/daemon_controller.go */
import {equalJson} from '../../api/clone.ts';
import {matches, selectorFrom} from '../../api/labels.ts';
import {controllerOf} from '../../api/owner.ts';
import type {KubeObject, Node, Pod, Stored} from '../../api/types.ts';
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
import {keyOf, splitKey} from '../common/keys.ts';
import {isPodAvailable, isPodReady, isPodTerminal} from '../common/pods.ts';
import {tell} from '../common/tell.ts';
import {isReport, turnMs} from '../common/turns.ts';
import {act, areDone, areFew, conclude, type Deeds, planDeeds, unfinishedDeeds} from './deeds.ts';
import {type DaemonSet, nodeShouldRun, targetNode} from './node-fit.ts';
import {excessPods, isUpdated, limitsOf, oldestOf, type PodsByNode, rollingUpdate} from './rolling-update.ts';

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

interface Sync {
  ctx: ComponentContext;
  key: string;
  daemonSet: Stored<DaemonSet>;
  nodes: readonly Stored<Node>[];
  podsByNode: PodsByNode;
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
  const sync: Sync = {ctx, key, daemonSet, nodes: ctx.lister<Node>('nodes').list(), podsByNode: podsByNode(ctx, daemonSet), hash};
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

function podsByNode(ctx: ComponentContext, daemonSet: Stored<DaemonSet>): PodsByNode {
  const candidates = [
    ...ctx.lister<Pod>('pods').by('owner', daemonSet.metadata.uid),
    ...ctx.lister<Pod>('pods').by('orphan', daemonSet.metadata.namespace!),
  ];
  const pods = claim(
    ctx,
    {owner: daemonSet, ownerResource: 'daemonsets', selector: selectorFrom(daemonSet.spec!.selector)},
    'pods',
    candidates,
  );
  const byNode = new Map<string, Stored<Pod>[]>();
  for (const pod of pods) {
    const node = targetNode(pod);
    const others = byNode.get(node);
    if (others) others.push(pod);
    else byNode.set(node, [pod]);
  }
  return byNode;
}

const NO_PODS: readonly Stored<Pod>[] = [];

/** What is to be made and removed; undefined: all is as it shall be. */
function plan(sync: Sync): Deeds | undefined {
  const {ctx, key, daemonSet, nodes, hash} = sync;
  const nodesNeedingPods: string[] = [];
  const podsToDelete: Stored<Pod>[] = [];
  const desired = nodes.filter(node => nodeShouldRun(daemonSet, node).shouldRun).length;
  const limits = limitsOf(daemonSet, desired);
  // 1. Every node by itself.
  for (const node of nodes) {
    const {shouldRun, shouldContinue} = nodeShouldRun(daemonSet, node);
    const pods = sync.podsByNode.get(node.metadata.name) ?? NO_PODS;
    if (shouldRun && pods.length === 0) nodesNeedingPods.push(node.metadata.name);
    else if (!shouldContinue) podsToDelete.push(...pods.filter(pod => !pod.metadata.deletionTimestamp));
    else
      podsToDelete.push(
        ...finishedPods(sync, node.metadata.name, pods),
        ...excessPods(
          daemonSet,
          pods.filter(pod => !pod.metadata.deletionTimestamp),
          hash,
          limits.maxSurge > 0,
          ctx.now,
        ),
      );
  }
  tell(ctx, 'difference', `daemonset/${key}`, () => `${nodesNeedingPods.length} nodes without a pod, ${podsToDelete.length} pods too many`);
  const wanted = planDeeds(ctx, key, hash, podsToDelete, nodesNeedingPods);
  // 2. Replace old pods, when nothing else is under way.
  if (wanted || daemonSet.spec!.updateStrategy?.type === 'OnDelete') return wanted;
  const {podsToDelete: replaced, nodesToSurge} = rollingUpdate(daemonSet, sync.podsByNode, hash, limits, ctx.now);
  return planDeeds(ctx, key, hash, replaced, nodesToSurge);
}

/** Daemons that have ended are removed, to be made anew in the next turn; those that fail again and again, ever more slowly. */
function finishedPods({ctx, key, daemonSet}: Sync, nodeName: string, pods: readonly Stored<Pod>[]): Stored<Pod>[] {
  return pods.filter(pod => {
    if (pod.metadata.deletionTimestamp || !isPodTerminal(pod)) return false;
    const where = `daemon pod ${keyOf(pod)} on node ${nodeName}`;
    if (pod.status?.phase === 'Succeeded') {
      ctx.events.event(daemonSet, 'Normal', 'SucceededDaemonPod', `Found succeeded ${where}, will try to delete it`);
      return true;
    }
    const id = `${daemonSet.metadata.uid}/${daemonSet.status?.observedGeneration ?? 0}/${nodeName}`;
    const left = backoffLeft(ctx, id);
    if (left > 0) {
      ctx.queue.addAfter(key, left);
      return false;
    }
    backOff(ctx, id, FAILED_POD_BACKOFF_MS, MAX_FAILED_POD_BACKOFF_MS);
    ctx.events.event(daemonSet, 'Warning', 'FailedDaemonPod', `Found failed ${where}, will try to kill it`);
    return true;
  });
}

function cleanupHistory({ctx, daemonSet, podsByNode: pods, hash}: Sync, revisions: readonly Stored<ControllerRevision>[]): void {
  const live = new Set<string | undefined>([hash]);
  for (const onNode of pods.values()) for (const pod of onNode) live.add(pod.metadata.labels?.[CONTROLLER_REVISION_HASH]);
  truncateHistory(
    ctx,
    revisions,
    ({metadata}) => live.has(metadata.labels?.[CONTROLLER_REVISION_HASH]),
    daemonSet.spec!.revisionHistoryLimit,
  );
}

function updateStatus({ctx, key, daemonSet, nodes, podsByNode: pods, hash}: Sync): void {
  const minReadySeconds = daemonSet.spec!.minReadySeconds ?? 0;
  const counts = {desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0};
  for (const node of nodes) {
    const oldest = oldestOf(pods.get(node.metadata.name) ?? NO_PODS);
    if (!nodeShouldRun(daemonSet, node).shouldRun) counts.misscheduled += oldest ? 1 : 0;
    else {
      counts.desired++;
      if (!oldest) continue;
      counts.current++;
      counts.ready += isPodReady(oldest) ? 1 : 0;
      counts.available += isPodAvailable(oldest, minReadySeconds, ctx.now) ? 1 : 0;
      counts.updated += isUpdated(oldest, hash) ? 1 : 0;
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
