/** What the scheduler makes of a watch event: cache, queue, and pods that may fit now. upstream: pkg/scheduler/eventhandlers.go */

import type {Node, Pod} from '../api/types.ts';
import {keyOf} from '../client/keys.ts';
import type {ComponentContext, Resource, WatchEvent} from '../client/types.ts';
import {imagesDiffer, labelsDiffer, nodeChanges, podChanges, requestsMayDiffer} from './changes.ts';
import type {EventResource} from './framework/events.ts';
import {podInfo} from './framework/node-info.ts';
import {resumeKey} from './schedule-one.ts';
import type {Scheduler} from './scheduler.ts';
import {confirm} from './state/assumed.ts';
import {isLive} from './state/cache.ts';

export function deliverNode(scheduler: Scheduler, ctx: ComponentContext, event: WatchEvent<Node>): void {
  const {cache, queue} = scheduler;
  const node = event.object;
  if (event.type === 'DELETED') {
    cache.removeNode(ctx, node.metadata.name);
    queue.moveOn(ctx, {resource: 'Node', action: 'Delete', old: node});
  } else if (event.type === 'ADDED' || !event.old) {
    cache.setNode(ctx, node);
    queue.moveOn(ctx, {resource: 'Node', action: 'Add', new: node});
  } else {
    const changes = nodeChanges(event.old, node);
    if (changes.length > 0 || imagesDiffer(event.old, node)) cache.setNode(ctx, node);
    for (const action of changes) queue.moveOn(ctx, {resource: 'Node', action, old: event.old, new: node});
  }
}

export function deliverPod(scheduler: Scheduler, ctx: ComponentContext, event: WatchEvent<Pod>): void {
  const after = event.type !== 'DELETED' && isLive(event.object) ? event.object : undefined;
  const before = event.old && isLive(event.old) ? event.old : event.type === 'DELETED' ? event.object : undefined;
  if (after?.spec?.nodeName) assigned(scheduler, ctx, before?.spec?.nodeName ? before : undefined, after);
  else if (after) waiting(scheduler, ctx, before, after);
  else if (before) gone(scheduler, ctx, before);
}

function assigned(scheduler: Scheduler, ctx: ComponentContext, before: Pod | undefined, after: Pod): void {
  const {cache, queue} = scheduler;
  const node = after.spec!.nodeName!;
  if (before) {
    const changes = podChanges(before, after);
    const counts = labelsDiffer(before, after) || requestsMayDiffer(before, after);
    if (counts || before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp) cache.updatePod(ctx, node, podInfo(after));
    for (const action of changes) queue.moveOn(ctx, {resource: 'AssignedPod', action, old: before, new: after});
    return;
  }
  const entry = queue.get(ctx, keyOf(after));
  if (entry?.node !== node) {
    // Not by us, or not where we meant it to be: what the API server says counts.
    if (entry?.node) cache.removePod(ctx, entry.node, {namespace: after.metadata.namespace!, name: after.metadata.name!});
    cache.addPod(ctx, node, podInfo(after));
  }
  cache.nominate(ctx, after, '');
  queue.remove(ctx, keyOf(after));
  queue.moveOn(ctx, {resource: 'AssignedPod', action: 'Add', new: after});
}

function waiting(scheduler: Scheduler, ctx: ComponentContext, before: Pod | undefined, after: Pod): void {
  const {cache, queue} = scheduler;
  if (!scheduler.frameworkOf(after)) return;
  const entry = queue.get(ctx, keyOf(after));
  if (entry && entry.uid !== after.metadata.uid) gone(scheduler, ctx, after);
  if (!entry || entry.uid !== after.metadata.uid) {
    if (after.metadata.deletionTimestamp) return;
    cache.nominate(ctx, after, nominatedNode(after));
    queue.add(ctx, after);
    return;
  }
  if (entry.place !== 'binding' && before && nominatedNode(before) !== nominatedNode(after))
    cache.nominate(ctx, after, nominatedNode(after));
  if (!before) return;
  const changes = podChanges(before, after).map(action => ({resource: 'TargetPod' as const, action, old: before, new: after}));
  queue.update(ctx, after, changes);
}

const nominatedNode = (pod: Pod): string => (pod.status as {nominatedNodeName?: string} | undefined)?.nominatedNodeName ?? '';

function gone(scheduler: Scheduler, ctx: ComponentContext, before: Pod): void {
  const {cache, queue} = scheduler;
  const entry = queue.get(ctx, keyOf(before));
  const node = before.spec?.nodeName ?? entry?.node;
  // A pod that was promised a node kept its room from others.
  const promised = cache.nominations(ctx).some(([key]) => key === keyOf(before));
  cache.nominate(ctx, before, '');
  queue.remove(ctx, keyOf(before));
  if (!node && !promised) return;
  if (node) cache.removePod(ctx, node, {namespace: before.metadata.namespace!, name: before.metadata.name!});
  queue.moveOn(ctx, {resource: 'AssignedPod', action: 'Delete', old: before});
}

/** For objects that are only looked up: wakes the pods that wait for them. `kind`: as plugins know them. */
export const deliverObject =
  (scheduler: Scheduler, resource: Resource, kind: EventResource) =>
  (ctx: ComponentContext, event: WatchEvent): void => {
    confirm(ctx, resource, event.object, event.type === 'DELETED');
    const action = event.type === 'ADDED' ? 'Add' : event.type === 'DELETED' ? 'Delete' : 'Update';
    scheduler.queue.moveOn(ctx, {
      resource: kind,
      action,
      ...(event.old && {old: event.old}),
      ...(action !== 'Delete' && {new: event.object}),
    });
    for (const key of scheduler.queue.waiting(ctx)) ctx.queue.add(resumeKey(key));
  };
