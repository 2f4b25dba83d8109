/**
 * A node that has just started reports itself as soon as it is ready. Upstream looks every 100 ms until then; a look that finds what the one before it found changes
 * nothing, so here one is only due after the word that something has changed, at the moment at which upstream would look.
 * upstream: pkg/kubelet/kubelet_node_status.go fastStatusUpdateOnce, fastNodeStatusUpdate
 */
import {isConditionTrue} from '../../api/conditions.ts';
import type {Node} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {type Kubelet, NODE} from '../types.ts';
import {ensureLease} from './lease.ts';
import {updateNodeStatus} from './node-status.ts';

export const FAST_STATUS = 'fast-status';
const PERIOD_MS = 100;
/** upstream: pkg/kubelet/kubelet.go nodeReadyGracePeriod */
const NODE_READY_GRACE_PERIOD_MS = 120_000;

const STARTED = 'started';

interface Started {
  readonly at: number;
}

/** The node has registered: the first look is due. */
export function beginFastStatus(ctx: ComponentContext): void {
  ctx.memory.put<Started>(NODE, STARTED, {at: ctx.now});
  ctx.after(PERIOD_MS, FAST_STATUS, null, {key: ''});
}

/** The word that something has changed that a node's readiness hangs on; a node that has been ready, or has had its time, does not listen. */
export function mayBeReady(ctx: ComponentContext): void {
  const started = ctx.memory.get<Started>(NODE, STARTED);
  if (!started) return;
  const since = ctx.now - started.at;
  if (since >= NODE_READY_GRACE_PERIOD_MS) ctx.memory.delete(NODE, STARTED);
  else ctx.after(Math.max(PERIOD_MS, Math.ceil(since / PERIOD_MS) * PERIOD_MS) - since, FAST_STATUS, null, {key: ''});
}

/** One look. */
export function fastStatus(kubelet: Kubelet): void {
  const {ctx, node, cri} = kubelet;
  ensureLease(kubelet);
  updateNodeStatus(kubelet);
  const current = ctx.lister<Node>('nodes').get('', node);
  if (isConditionTrue(current?.status?.conditions, 'Ready')) ctx.memory.delete(NODE, STARTED);
  // The runtime says nothing of its coming.
  else if (!cri) ctx.after(PERIOD_MS, FAST_STATUS, null, {key: ''});
}
