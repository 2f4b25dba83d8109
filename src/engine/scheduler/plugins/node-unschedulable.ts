/** Keeps pods off cordoned nodes. upstream: pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go */

import type {Node, Pod} from '../../api/types.ts';
import {TAINT_NODE_UNSCHEDULABLE} from '../../api/well-known.ts';
import {unresolvable} from '../framework/status.ts';
import {tolerates} from '../framework/taints.ts';
import type {Plugin} from '../framework/types.ts';

const REASON_UNSCHEDULABLE = 'node(s) were unschedulable';

/** A cordoned node counts as tainted with this. */
const taint = {key: TAINT_NODE_UNSCHEDULABLE, effect: 'NoSchedule'} as const;
const isTolerated = (pod: Pod): boolean => (pod.spec?.tolerations ?? []).some(t => tolerates(t, taint));

export const nodeUnschedulable = (): Plugin => ({
  name: 'NodeUnschedulable',
  filter: (_cycle, pod, node) => (node.unschedulable && !isTolerated(pod) ? unresolvable(REASON_UNSCHEDULABLE) : undefined),
  events: [
    {resource: 'Node', actions: ['Add', 'UpdateNodeTaint'], hint: (_pod, event) => !(event.new as Node).spec?.unschedulable},
    {resource: 'TargetPod', actions: ['UpdatePodToleration'], hint: (_pod, event) => isTolerated(event.new as Pod)},
  ],
});
