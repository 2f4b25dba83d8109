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
import {isNotFound} from '../common/errors.ts';
import {
  creationObserved,
  deleteExpectations,
  deletionObserved,
  expectationsSatisfied,
  expectCreationsAndDeletions,
  forgetExpectations,
} from '../common/expectations.ts';
import {omitEmpty} from '../common/json.ts';
import {keyOf, splitKey} from '../common/keys.ts';
import {forgetOrphans, orphansIn, rememberOrphan} from '../common/orphans.ts';
import {createPod, deletePod, isNamespaceTerminating, podFromTemplate} from '../common/pod-control.ts';
import {isPodAvailable, isPodReady} from '../common/pods.ts';
import {SLOW_START_INITIAL_BATCH_SIZE, slowStartBatch} from '../common/slow-start.ts';
import {tell} from '../common/tell.ts';
import {affinityTo, type DaemonSet, daemonTolerations, nodeShouldRun, targetNode} from './node-fit.ts';
import {excessPods, isUpdated, limitsOf, oldestFirst, type PodsByNode, rollingUpdate} from './rolling-update.ts';

export const BURST_REPLICAS = 250;
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
    forgetOrphans(ctx, 'pods');
  },
  reconcile,
});

function onDaemonSet(ctx: ComponentContext, {type, object}: WatchEvent): void {
  if (type === 'DELETED') deleteExpectations(ctx, keyOf(object));
  ctx.queue.add(keyOf(object));
}

function ownerOf(ctx: ComponentContext, object: KubeObject): Stored<DaemonSet> | undefined {
  const ref = controllerOf(object);
  if (ref?.kind !== 'DaemonSet') return undefined;
  const owner = ctx.lister<DaemonSet>('daemonsets').get(object.metadata.namespace ?? '', ref.name);
  return owner?.metadata.uid === ref.uid ? owner : undefined;
}

function onPod(ctx: ComponentContext, event: WatchEvent): void {
  rememberOrphan(ctx, 'pods', event);
  const {type, object, old} = event;
  const owner = ownerOf(ctx, object) ?? (old && ownerOf(ctx, old));
  if (owner) {
    if (type === 'DELETED' || object.metadata.deletionTimestamp) deletionObserved(ctx, keyOf(owner), keyOf(object));
    else if (type === 'ADDED') creationObserved(ctx, keyOf(owner));
    ctx.queue.add(keyOf(owner));
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
      ctx.queue.add(keyOf(daemonSet));
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
    return;
  }
  // 1. A selector that matches everything would adopt everything.
  if (selectorFrom(daemonSet.spec?.selector).requirements.length === 0) {
    ctx.events.event(daemonSet, 'Warning', 'SelectingAll', 'This daemon set is selecting all pods. A non-empty selector is required.');
    return;
  }
  if (daemonSet.metadata.deletionTimestamp) return;
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
  let failure: unknown;
  if (expectationsSatisfied(ctx, key)) {
    try {
      manage(sync);
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
    ...orphansIn<Pod>(ctx, 'pods', daemonSet.metadata.namespace!),
  ];
  const pods = claim(
    ctx,
    {owner: daemonSet, ownerResource: 'daemonsets', selector: selectorFrom(daemonSet.spec!.selector)},
    'pods',
    candidates,
  );
  const byNode = new Map<string, Stored<Pod>[]>();
  for (const pod of pods) byNode.set(targetNode(pod), [...(byNode.get(targetNode(pod)) ?? []), pod]);
  return byNode;
}

function manage(sync: Sync): void {
  const {ctx, key, daemonSet, nodes, hash} = sync;
  const nodesNeedingPods: string[] = [];
  const podsToDelete: Stored<Pod>[] = [];
  const desired = nodes.filter(node => nodeShouldRun(daemonSet, node).shouldRun).length;
  const limits = limitsOf(daemonSet, desired);
  // 1. Every node by itself.
  for (const node of nodes) {
    const {shouldRun, shouldContinue} = nodeShouldRun(daemonSet, node);
    const pods = sync.podsByNode.get(node.metadata.name) ?? [];
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
  syncNodes(sync, podsToDelete, nodesNeedingPods);
  // 2. Replace old pods, when nothing else is under way.
  if (daemonSet.spec!.updateStrategy?.type === 'OnDelete' || !expectationsSatisfied(ctx, key)) return;
  const {podsToDelete: replaced, nodesToSurge} = rollingUpdate(daemonSet, sync.podsByNode, hash, limits, ctx.now);
  syncNodes(sync, replaced, nodesToSurge);
}

/** Daemons that have ended are removed, to be made anew in the next turn; those that fail again and again, ever more slowly. */
function finishedPods({ctx, key, daemonSet}: Sync, nodeName: string, pods: readonly Stored<Pod>[]): Stored<Pod>[] {
  return pods.filter(pod => {
    if (pod.metadata.deletionTimestamp) return false;
    const where = `daemon pod ${keyOf(pod)} on node ${nodeName}`;
    if (pod.status?.phase === 'Succeeded') {
      ctx.events.event(daemonSet, 'Normal', 'SucceededDaemonPod', `Found succeeded ${where}, will try to delete it`);
      return true;
    }
    if (pod.status?.phase !== 'Failed') return false;
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

/** Throws the first refusal after trying all. */
function syncNodes({ctx, key, daemonSet, hash}: Sync, surplus: readonly Stored<Pod>[], nodeNames: readonly string[]): void {
  const [doomed, places] = [surplus.slice(0, BURST_REPLICAS), nodeNames.slice(0, BURST_REPLICAS)];
  if (doomed.length + places.length === 0) return;
  expectCreationsAndDeletions(ctx, key, places.length, doomed.map(keyOf));
  const template = daemonSet.spec!.template;
  const labels = {...template.metadata?.labels, [CONTROLLER_REVISION_HASH]: hash};
  const tolerations = daemonTolerations(template.spec!);
  let next = 0;
  const {successes, error} = slowStartBatch(places.length, SLOW_START_INITIAL_BATCH_SIZE, () => {
    const affinity = affinityTo(places[next++]!, template.spec!.affinity);
    try {
      createPod(
        ctx,
        daemonSet,
        podFromTemplate({metadata: {...template.metadata, labels}, spec: {...template.spec!, tolerations, affinity}}, daemonSet),
      );
    } catch (refusal) {
      if (!isNamespaceTerminating(refusal)) throw refusal;
    }
  });
  if (successes < places.length) creationObserved(ctx, key, places.length - successes);
  const failures: unknown[] = error ? [error] : [];
  for (const pod of doomed) {
    try {
      deletePod(ctx, daemonSet, pod.metadata.namespace!, pod.metadata.name);
    } catch (refusal) {
      deletionObserved(ctx, key, keyOf(pod));
      if (!isNotFound(refusal)) failures.push(refusal);
    }
  }
  tell(ctx, 'act', `daemonset/${key}`, () => `created ${successes} pods, deleted ${doomed.length}`);
  if (failures.length > 0) throw failures[0];
}

function cleanupHistory({ctx, daemonSet, podsByNode: pods, hash}: Sync, revisions: readonly Stored<ControllerRevision>[]): void {
  const live = new Set([hash, ...[...pods.values()].flat().map(pod => pod.metadata.labels?.[CONTROLLER_REVISION_HASH])]);
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
    const oldest = [...(pods.get(node.metadata.name) ?? [])].sort(oldestFirst)[0];
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
