/** A pod did not get its node: say so, remember what preemption promised, put it back. upstream: pkg/scheduler/schedule_one.go handleSchedulingFailure */

import {findCondition} from '../api/conditions.ts';
import {ApiError, type Json, type Pod} from '../api/types.ts';
import {keyOf, splitKey} from '../client/keys.ts';
import type {ComponentContext} from '../client/types.ts';
import {isRejected, message, type Status} from './framework/status.ts';
import type {Scheduler} from './scheduler.ts';
import type {QueueEntry} from './state/records.ts';

/** upstream: pkg/apis/core/validation NoteLengthLimit */
const NOTE_LENGTH_LIMIT = 1024;
const CUT = ' ...';

const truncateMessage = (text: string): string =>
  text.length <= NOTE_LENGTH_LIMIT ? text : text.slice(0, NOTE_LENGTH_LIMIT - CUT.length) + CUT;

export interface Failure {
  readonly status: Status;
  /** Plugins that turned the pod down; none: an error, to be tried again. */
  readonly plugins: readonly string[];
  /** undefined: leave status.nominatedNodeName alone. */
  readonly nominatedNode?: string;
}

export function handleFailure(scheduler: Scheduler, ctx: ComponentContext, pod: Pod, entry: QueueEntry, failure: Failure): void {
  const [namespace, name] = splitKey(keyOf(pod));
  const live = ctx.lister<Pod>('pods').get(namespace, name);
  if (!live || live.metadata.uid !== pod.metadata.uid || live.spec?.nodeName) scheduler.queue.remove(ctx, keyOf(pod));
  else scheduler.queue.putBack(ctx, live, entry, failure.plugins);
  if (failure.nominatedNode !== undefined) scheduler.cache.nominate(ctx, pod, failure.nominatedNode);

  const text = message(failure.status);
  scheduler.record(ctx, pod, {type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message: truncateMessage(text)});
  const reason = isRejected(failure.status) ? 'Unschedulable' : 'SchedulerError';
  patchStatus(ctx, pod, {type: 'PodScheduled', status: 'False', reason, message: text}, failure.nominatedNode);
}

export interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** Sets a condition and, where given, the nominated node; sends nothing when that changes nothing. A refusal is only told to the log, as upstream does. The pod as it is then. */
export function patchStatus(ctx: ComponentContext, pod: Pod, condition: PodCondition | undefined, nominatedNode?: string): Pod {
  const status = pod.status as {nominatedNodeName?: string} | undefined;
  const nominationChanges = nominatedNode !== undefined && (status?.nominatedNodeName ?? '') !== nominatedNode;
  const patch: Record<string, Json> = {};
  const old =
    condition && (findCondition(pod.status?.conditions, condition.type) as (PodCondition & {lastTransitionTime?: string}) | undefined);
  if (condition && !(old?.status === condition.status && old.reason === condition.reason && old.message === condition.message)) {
    const lastTransitionTime = old?.status === condition.status ? (old.lastTransitionTime ?? ctx.time()) : ctx.time();
    const observedGeneration = pod.metadata.generation;
    patch['conditions'] = [
      {...condition, lastProbeTime: null, lastTransitionTime, ...(observedGeneration !== undefined && {observedGeneration})},
    ];
  }
  if (nominationChanges) patch['nominatedNodeName'] = nominatedNode || null;
  if (Object.keys(patch).length === 0) return pod;
  try {
    return ctx.client.patch<Pod>(
      'pods',
      pod.metadata.namespace!,
      pod.metadata.name!,
      'strategic',
      {status: patch},
      {subresource: 'status'},
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    ctx.trace('status', `pod/${keyOf(pod)}`, `Error updating pod: ${error.message}`);
    return pod;
  }
}
