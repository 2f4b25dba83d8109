/**
 * Removes pods that nobody else will: of nodes that are gone, deleted before they were scheduled, stuck on a node that is out of service, and finished ones beyond a number.
 * Upstream goes through all pods every 20 s; here what happens to pods and nodes says which pass has something to do.
 * upstream: pkg/controller/podgc/gc_controller.go
 */

import {timeOf} from '../api/clock.ts';
import {isConditionTrue} from '../api/conditions.ts';
import {isPodReady, isPodTerminal} from '../api/pods.ts';
import {ApiError, type Node, type Pod, type Stored} from '../api/types.ts';
import {keyOf, splitKey} from '../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../client/types.ts';
import {ignoring} from './common/claim.ts';
import {controller} from './common/controller.ts';
import {markDisruptionTarget} from './common/disruption-target.ts';
import {isNotFound} from './common/errors.ts';
import {tell} from './common/tell.ts';
import {hasTaint, noExecuteTaints} from './nodelifecycle/taints.ts';

const GC_CHECK_PERIOD_MS = 20_000;
/** For so long a node may be missing before its pods are taken for orphans. */
const QUARANTINE_MS = 40_000;
const TERMINATED_POD_GC_THRESHOLD = 12_500;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

const COUNT = 'terminated';

export const podGarbageCollector = controller({
  name: 'pod-garbage-collector-controller',
  account: 'pod-garbage-collector',
  watches: [
    {resource: 'nodes', on: onNode},
    {resource: 'pods', on: onPod},
  ],
  start: ctx => ctx.memory.put(COUNT, '', {count: 0}),
  timers: {
    orphans: triedAgain('orphans', collectOrphans),
    outOfService: triedAgain('outOfService', collectOutOfService),
    unscheduled: triedAgain('unscheduled', collectUnscheduled),
    terminated: triedAgain('terminated', collectTerminated),
  },
});

/** In the first pass at least `ms` from now. */
const inPass = (ctx: ComponentContext, ms: number, timer: string, key: string): void =>
  ctx.after(Math.ceil((ctx.now + ms + 1) / GC_CHECK_PERIOD_MS) * GC_CHECK_PERIOD_MS - ctx.now, timer, key, {key});

/** What the server refuses is tried again in the next pass. */
function triedAgain(timer: string, collect: (ctx: ComponentContext, key: string) => void) {
  return (ctx: ComponentContext, key: unknown): void => {
    try {
      collect(ctx, key as string);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      inPass(ctx, 0, timer, key as string);
    }
  };
}

function onNode(ctx: ComponentContext, {type, object}: WatchEvent): void {
  if (type === 'DELETED') inPass(ctx, QUARANTINE_MS, 'orphans', object.metadata.name);
  else if (hasTaint(object as Node, OUT_OF_SERVICE, 'NoExecute')) inPass(ctx, 0, 'outOfService', object.metadata.name);
}

function onPod(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  const [pod, before] = [object as Stored<Pod>, old as Stored<Pod> | undefined];
  const nodeName = pod.spec?.nodeName;
  // 1. Finished pods are counted.
  const [is, was] = [type !== 'DELETED' && isPodTerminal(pod), before !== undefined && isPodTerminal(before)];
  if (is !== was) count(ctx, is ? 1 : -1);
  if (type === 'DELETED') return;
  // 2. Deleted before a node was found for it: no kubelet will confirm that.
  if (!nodeName && pod.metadata.deletionTimestamp) inPass(ctx, 0, 'unscheduled', keyOf(pod));
  // 3. On a node that is not there.
  if (nodeName && nodeName !== before?.spec?.nodeName && !ctx.lister<Node>('nodes').get('', nodeName))
    inPass(ctx, QUARANTINE_MS, 'orphans', nodeName);
}

function count(ctx: ComponentContext, change: number): void {
  const {count: total} = ctx.memory.update<{count: number}>(COUNT, '', terminated => void (terminated.count += change));
  if (total > TERMINATED_POD_GC_THRESHOLD) inPass(ctx, 0, 'terminated', '');
}

function collectOrphans(ctx: ComponentContext, node: string): void {
  if (ctx.lister<Node>('nodes').get('', node)) return;
  try {
    ctx.client.get('nodes', '', node);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    for (const pod of ctx.lister<Pod>('pods').by('node', node)) collect(ctx, pod, 'PodGC: node no longer exists');
  }
}

function collectOutOfService(ctx: ComponentContext, name: string): void {
  const node = ctx.lister<Node>('nodes').get('', name);
  if (!node || !noExecuteTaints(node).some(taint => taint.key === OUT_OF_SERVICE)) return;
  if (isConditionTrue(node.status?.conditions, 'Ready')) return;
  const pods = ctx.lister<Pod>('pods').by('node', name);
  for (const pod of pods) if (pod.metadata.deletionTimestamp && !isPodReady(pod)) collect(ctx, pod, 'PodGC: node is out of service');
  inPass(ctx, 0, 'outOfService', name);
}

function collectUnscheduled(ctx: ComponentContext, key: string): void {
  const pod = ctx.lister<Pod>('pods').get(...splitKey(key));
  if (pod && !pod.spec?.nodeName && pod.metadata.deletionTimestamp) remove(ctx, pod, 'deleted before it was scheduled');
}

/** The oldest finished pods beyond the threshold. */
function collectTerminated(ctx: ComponentContext): void {
  const terminated = ctx.lister<Pod>('pods').list().filter(isPodTerminal);
  const surplus = terminated.length - TERMINATED_POD_GC_THRESHOLD;
  if (surplus <= 0) return;
  const oldestFirst = terminated.sort((a, b) => timeOf(a.metadata.creationTimestamp) - timeOf(b.metadata.creationTimestamp));
  for (const pod of oldestFirst.slice(0, surplus)) remove(ctx, pod, `more than ${TERMINATED_POD_GC_THRESHOLD} finished pods`);
}

/** A pod that was cut short: it failed, and the status says why. */
function collect(ctx: ComponentContext, pod: Stored<Pod>, message: string): void {
  ignoring([404], () => {
    if (!isPodTerminal(pod)) markDisruptionTarget(ctx, pod, 'DeletionByPodGC', message, 'Failed');
    remove(ctx, pod, message);
  });
}

function remove(ctx: ComponentContext, pod: Stored<Pod>, why: string): void {
  ignoring([404], () =>
    ctx.client.delete('pods', pod.metadata.namespace!, pod.metadata.name, {gracePeriodSeconds: 0, preconditions: {uid: pod.metadata.uid}}),
  );
  tell(ctx, 'act', `pod/${keyOf(pod)}`, () => `removed at once: ${why}`);
}
