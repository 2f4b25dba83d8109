/** Taints that stand for conditions of a node. upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/util/taints, pkg/controller/controller_utils.go */

import {findCondition} from '../../api/conditions.ts';
import type {core, Node} from '../../api/types.ts';
import {TAINT_NODE_MEMORY_PRESSURE, TAINT_NODE_NOT_READY, TAINT_NODE_UNREACHABLE, TAINT_NODE_UNSCHEDULABLE} from '../../api/well-known.ts';
import type {ComponentContext} from '../../client/types.ts';

export type Taint = core.Taint;

/** Condition, status and the key of the NoSchedule taint they come to. */
const conditionTaints = [
  ['Ready', 'False', TAINT_NODE_NOT_READY],
  ['Ready', 'Unknown', TAINT_NODE_UNREACHABLE],
  ['MemoryPressure', 'True', TAINT_NODE_MEMORY_PRESSURE],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
] as const;

const ours: ReadonlySet<string> = new Set([...conditionTaints.map(([, , key]) => key), TAINT_NODE_UNSCHEDULABLE]);

/** Keys of the NoSchedule taints that a node should have. */
const wantedNoScheduleKeys = (node: Node): string[] => [
  ...conditionTaints.filter(([type, status]) => findCondition(node.status?.conditions, type)?.status === status).map(([, , key]) => key),
  ...(node.spec?.unschedulable ? [TAINT_NODE_UNSCHEDULABLE] : []),
];

/** The taints that pods have to leave for. */
export const noExecuteTaints = (node: Node | undefined): Taint[] => node?.spec?.taints?.filter(taint => taint.effect === 'NoExecute') ?? [];

/** Whether it has a taint of this key and effect. */
export const hasTaint = (node: Node, key: string, effect: string): boolean =>
  Boolean(node.spec?.taints?.some(taint => taint.key === key && taint.effect === effect));

/** The taints of a node with some put on and some taken off; undefined when that changes nothing. */
function swapped(taints: readonly Taint[], add: readonly Taint[], remove: readonly Pick<Taint, 'key' | 'effect'>[]): Taint[] | undefined {
  const same = (a: Pick<Taint, 'key' | 'effect'>) => (b: Pick<Taint, 'key' | 'effect'>) => a.key === b.key && a.effect === b.effect;
  const missing = add.filter(taint => !taints.some(same(taint)));
  const kept = taints.filter(taint => !remove.some(same(taint)));
  return missing.length === 0 && kept.length === taints.length ? undefined : [...kept, ...missing];
}

/** Puts taints on a node, with the time, and takes others off. Returns whether anything changed. */
export function swapTaints(
  ctx: ComponentContext,
  name: string,
  effect: string,
  add: readonly string[],
  remove: readonly string[],
): boolean {
  const node = ctx.client.get<Node>('nodes', '', name);
  const taints = swapped(
    node.spec?.taints ?? [],
    add.map(key => ({key, effect, timeAdded: ctx.time()})),
    remove.map(key => ({key, effect})),
  );
  if (!taints) return false;
  const {resourceVersion} = node.metadata;
  ctx.client.patch('nodes', '', name, 'strategic', {metadata: {resourceVersion}, spec: {taints: taints.map(taint => ({...taint}))}});
  return true;
}

/** Brings the NoSchedule taints in line with the conditions. Returns whether anything changed. */
export function syncNoScheduleTaints(ctx: ComponentContext, node: Node): boolean {
  const wanted = wantedNoScheduleKeys(node);
  const present = (node.spec?.taints ?? []).filter(taint => taint.effect === 'NoSchedule' && ours.has(taint.key)).map(taint => taint.key);
  const add = wanted.filter(key => !present.includes(key));
  const remove = present.filter(key => !wanted.includes(key));
  return (add.length > 0 || remove.length > 0) && swapTaints(ctx, node.metadata.name!, 'NoSchedule', add, remove);
}
