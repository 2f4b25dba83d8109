/** Evicts the victims of a preemption. upstream: pkg/scheduler/framework/preemption/executor.go */

import {ApiError, type Pod} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {patchStatus} from '../failure.ts';
import {podPriority} from '../framework/node-info.ts';
import type {Victims} from '../framework/types.ts';
import type {Scheduler} from '../scheduler.ts';

/** Why a victim has the condition DisruptionTarget. */
export const PREEMPTION_BY_SCHEDULER = 'PreemptionByScheduler';

/** Marks and deletes each victim, the least important first, and takes back what less important pods were promised on the node. */
export function evict(scheduler: Scheduler, ctx: ComponentContext, preemptor: Pod, victims: Victims): void {
  for (const {namespace, name} of [...victims.pods].reverse()) {
    const victim = ctx.lister<Pod>('pods').get(namespace, name);
    if (!victim) continue;
    patchStatus(ctx, victim, {
      type: 'DisruptionTarget',
      status: 'True',
      reason: PREEMPTION_BY_SCHEDULER,
      message: `${preemptor.spec?.schedulerName}: preempting to accommodate a higher priority pod`,
    });
    try {
      ctx.client.delete('pods', namespace, name, {preconditions: {uid: victim.metadata.uid}});
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      ctx.trace('preempt', `pod/${namespace}/${name}`, error.message);
      continue;
    }
    ctx.trace('preempt', `pod/${namespace}/${name}`, `makes room for ${keyOf(preemptor)} on ${victims.node}`);
    const text = `Preempted by pod ${preemptor.metadata.uid} on node ${victims.node}`;
    scheduler.record(ctx, victim, {type: 'Normal', reason: 'Preempted', action: 'Preempting', message: text, related: preemptor});
  }
  for (const [key, {node, info}] of scheduler.cache.nominations(ctx)) {
    if (node !== victims.node || info.priority >= podPriority(preemptor)) continue;
    const [namespace, name] = splitKey(key);
    const pod = ctx.lister<Pod>('pods').get(namespace, name);
    if (!pod) continue;
    scheduler.cache.nominate(ctx, pod, '');
    patchStatus(ctx, pod, undefined, '');
  }
}
