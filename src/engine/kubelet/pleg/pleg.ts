/**
 * The pod lifecycle event generator: once a second it lists what the runtime has and wakes the workers of pods that changed. A relist that finds nothing
 * changes nothing, so one is only due after the runtime said that something happened.
 * upstream: pkg/kubelet/pleg/generic.go
 */
import type {ComponentContext} from '../../client/types.ts';
import {findWorker, wake} from '../workers.ts';

const RELIST_PERIOD_MS = 1000;

const RELIST = 'relist';
const CHANGED = 'changed';

/** Nodes do not all look at the same instant. */
function phaseOf(node: string): number {
  let hash = 0;
  for (let i = 0; i < node.length; i++) hash = (hash * 31 + node.charCodeAt(i)) % RELIST_PERIOD_MS;
  return hash;
}

/** The runtime's word that something of a pod changed: the next relist will see it. */
export function noteChange(ctx: ComponentContext, podUid: string): void {
  if (!ctx.memory.get(CHANGED, podUid)) ctx.memory.put(CHANGED, podUid, {since: ctx.now});
  const phase = phaseOf(ctx.instance);
  const next = Math.floor((ctx.now - phase) / RELIST_PERIOD_MS + 1) * RELIST_PERIOD_MS + phase;
  ctx.after(next - ctx.now, RELIST, null, {key: ''});
}

export const plegTimers = {
  [RELIST](ctx: ComponentContext) {
    for (const [uid] of ctx.memory.list(CHANGED)) {
      ctx.memory.delete(CHANGED, uid);
      const worker = findWorker(ctx, uid);
      if (!worker) continue;
      ctx.trace('PLEG', `pod/${worker.namespace}/${worker.name}`, 'the runtime’s list has changed');
      wake(ctx, worker);
    }
  },
};
