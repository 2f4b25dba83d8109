/** How many pods of a budget may be evicted right now. upstream: pkg/controller/disruption/disruption.go */

import {timeOf} from '../../api/clock.ts';
import {equalJson} from '../../api/clone.ts';
import {type Condition, setCondition} from '../../api/conditions.ts';
import {groupResourceOf, parseApiVersion} from '../../api/group-version.ts';
import {byKind} from '../../api/kinds.ts';
import {formatLabelSelector, matches, selectorFrom} from '../../api/labels.ts';
import {controllerOf} from '../../api/owner.ts';
import {isPodReady} from '../../api/pods.ts';
import type {KubeObject, OwnerReference, Pod, PodDisruptionBudget, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {controller} from '../common/controller.ts';
import {isConflict, messageOf} from '../common/errors.ts';
import {scaledValueFromIntOrPercent} from '../common/int-or-string.ts';
import {tell} from '../common/tell.ts';

/** An eviction that has been granted but not been seen to happen is forgotten after this time. */
const DELETION_TIMEOUT_MS = 2 * 60_000;

export const disruptionController = controller({
  name: 'controllermanager',
  account: 'disruption-controller',
  watches: [
    {resource: 'poddisruptionbudgets', on: (ctx, {object}) => ctx.queue.add(keyOf(object))},
    {resource: 'pods', on: onPod},
    ...['deployments', 'replicasets', 'replicationcontrollers', 'statefulsets'].map(resource => ({resource})),
  ],
  reconcile,
});

function onPod(ctx: ComponentContext, {object}: WatchEvent): void {
  for (const budget of ctx.lister<PodDisruptionBudget>('poddisruptionbudgets').list(object.metadata.namespace))
    if (matches(selectorFrom(budget.spec?.selector), object.metadata.labels)) ctx.queue.add(keyOf(budget));
}

function reconcile(ctx: ComponentContext, key: string): void {
  const budget = ctx.lister<PodDisruptionBudget>('poddisruptionbudgets').get(...splitKey(key));
  if (!budget) return;
  try {
    sync(ctx, key, budget);
  } catch (error) {
    if (isConflict(error)) throw error;
    // It failed: as long as nobody knows, nothing may be evicted. It is not tried again before something changes.
    const failed = {type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: messageOf(error)};
    const status = {
      ...budget.status,
      disruptionsAllowed: 0,
      conditions: setCondition<Condition>(budget.status?.conditions, failed, ctx.time()),
    };
    ctx.client.update<PodDisruptionBudget>('poddisruptionbudgets', {...budget, status} as PodDisruptionBudget, {subresource: 'status'});
  }
}

function expectedOrTold(ctx: ComponentContext, budget: Stored<PodDisruptionBudget>, pods: readonly Stored<Pod>[]): Expected {
  try {
    return expectedPods(ctx, budget, pods);
  } catch (error) {
    const text = `Failed to calculate the number of expected pods: ${messageOf(error)}`;
    ctx.events.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', text);
    throw error;
  }
}

function sync(ctx: ComponentContext, key: string, budget: Stored<PodDisruptionBudget>): void {
  const selector = selectorFrom(budget.spec?.selector);
  const pods = ctx
    .lister<Pod>('pods')
    .list(budget.metadata.namespace)
    .filter(pod => matches(selector, pod.metadata.labels));
  if (pods.length === 0) ctx.events.event(budget, 'Normal', 'NoPods', 'No matching pods found');
  // 1. How many there should be, and how many of them have to be healthy.
  const {expected, desired} = expectedOrTold(ctx, budget, pods);
  // 2. How many are, those not counted whose eviction has been granted.
  const disrupted = pendingEvictions(ctx, budget, pods);
  const healthy = pods.filter(pod => !pod.metadata.deletionTimestamp && !disrupted[pod.metadata.name] && isPodReady(pod)).length;
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
  const condition =
    allowed > 0
      ? {type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: ''}
      : {type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: ''};
  const status = {
    observedGeneration: budget.metadata.generation,
    ...(Object.keys(disrupted).length > 0 && {disruptedPods: disrupted}),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: setCondition<Condition>(
      budget.status?.conditions,
      {...condition, observedGeneration: budget.metadata.generation},
      ctx.time(),
    ),
  };
  if (!equalJson(budget.status, status)) {
    ctx.client.update<PodDisruptionBudget>('poddisruptionbudgets', {...budget, status} as PodDisruptionBudget, {subresource: 'status'});
    tell(ctx, 'act', `poddisruptionbudget/${key}`, () => `${healthy} healthy, ${desired} needed: ${allowed} may go`);
  }
  // 3. Evictions that do not happen are forgotten in time.
  const oldest = Object.values(disrupted).map(time => timeOf(time) + DELETION_TIMEOUT_MS - ctx.now);
  if (oldest.length > 0) ctx.queue.addAfter(key, Math.max(0, Math.min(...oldest)) + 1);
}

interface Expected {
  expected: number;
  desired: number;
}

function expectedPods(ctx: ComponentContext, budget: Stored<PodDisruptionBudget>, pods: readonly Stored<Pod>[]): Expected {
  const {maxUnavailable, minAvailable} = budget.spec! as {maxUnavailable?: number | string; minAvailable?: number | string};
  if (maxUnavailable !== undefined) {
    const expected = expectedScale(ctx, budget, pods);
    return {expected, desired: Math.max(0, expected - scaledValueFromIntOrPercent(maxUnavailable, expected, true))};
  }
  if (typeof minAvailable === 'number') return {expected: pods.length, desired: minAvailable};
  const expected = expectedScale(ctx, budget, pods);
  return {expected, desired: minAvailable === undefined ? 0 : scaledValueFromIntOrPercent(minAvailable, expected, true)};
}

/** The sizes of all the workloads that the pods belong to. Throws where one of them has none. */
function expectedScale(ctx: ComponentContext, budget: Stored<PodDisruptionBudget>, pods: readonly Stored<Pod>[]): number {
  const sizes = new Map<string, number>();
  for (const pod of pods) {
    const ref = controllerOf(pod);
    if (!ref || sizes.has(ref.uid)) continue;
    const workload = workloadOf(ctx, pod, ref);
    if (!workload) throw new Error(`found no controllers for pod "${pod.metadata.name}"`);
    sizes.set(workload.uid, workload.size);
  }
  if (pods.some(pod => !controllerOf(pod))) {
    const text =
      `Pods selected by this PodDisruptionBudget (selector: ${formatLabelSelector(budget.spec?.selector)}) were found to be unmanaged. ` +
      'As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. ' +
      'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';
    ctx.events.event(budget, 'Warning', 'UnmanagedPods', text);
  }
  return [...sizes.values()].reduce((total, size) => total + size, 0);
}

interface Workload {
  uid: string;
  size: number;
}

type Scalable = KubeObject & {spec?: {replicas?: number}};

/** Of the kinds that have pods of their own, those that have a size. */
const SIZED: Readonly<Record<string, string>> = {
  'apps ReplicaSet': 'replicasets',
  'apps StatefulSet': 'statefulsets',
  ' ReplicationController': 'replicationcontrollers',
};

/** The deployment of the pod's replica set, or its other controller; undefined where that is gone. Throws for one that has no size. */
function workloadOf(ctx: ComponentContext, pod: Stored<Pod>, {apiVersion, kind, name, uid}: OwnerReference): Workload | undefined {
  const namespace = pod.metadata.namespace!;
  const {group, version} = parseApiVersion(apiVersion);
  const resource = SIZED[`${group} ${kind}`];
  if (!resource) {
    const known = byKind(group, version, kind)?.resource;
    if (!known) return undefined;
    throw new Error(`${groupResourceOf({group, resource: known})} does not implement the scale subresource`);
  }
  const owner = ctx.lister<Scalable>(resource).get(namespace, name);
  if (owner?.metadata.uid !== uid) return undefined;
  const above = controllerOf(owner);
  const top = above?.kind === 'Deployment' ? ctx.lister<Scalable>('deployments').get(namespace, above.name) : owner;
  return top && {uid: top.metadata.uid, size: top.spec?.replicas ?? 1};
}

/** Evictions the API server has granted (it enters them) that the cache has not seen yet. */
function pendingEvictions(ctx: ComponentContext, budget: PodDisruptionBudget, pods: readonly Pod[]): Record<string, string> {
  const entries = Object.entries((budget.status?.disruptedPods ?? {}) as Record<string, string>);
  return Object.fromEntries(
    entries.filter(
      ([name, time]) =>
        timeOf(time) + DELETION_TIMEOUT_MS > ctx.now && pods.some(pod => pod.metadata.name === name && !pod.metadata.deletionTimestamp),
    ),
  );
}
