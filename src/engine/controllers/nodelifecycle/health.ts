/** Whether a node still gives signs of life. upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth */

import {timeOf} from '../../api/clock.ts';
import {findCondition} from '../../api/conditions.ts';
import type {core, Lease, Node} from '../../api/types.ts';

export const NODE_MONITOR_PERIOD_MS = 5000;
/** 40 s before v1.32. */
const NODE_MONITOR_GRACE_PERIOD_MS = 50_000;
/** For a node that has never been ready or not ready. */
const NODE_STARTUP_GRACE_PERIOD_MS = 60_000;

const watched = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** The status of its Ready condition; undefined where it has none yet. */
export const readyStatus = (node: Node): string | undefined => findCondition(node.status?.conditions, 'Ready')?.status;

/** The latest sign of life in virtual milliseconds: its lease's renewal, or a status it posted; its creation where it never did either. */
export function lastSignOfLife(node: Node, lease: Lease | undefined): number {
  const heartbeat = timeOf(findCondition(node.status?.conditions, 'Ready')?.lastHeartbeatTime);
  const signs = [timeOf(lease?.spec?.renewTime), readyStatus(node) === 'Unknown' ? Number.NaN : heartbeat].filter(
    time => !Number.isNaN(time),
  );
  return signs.length > 0 ? Math.max(...signs) : timeOf(node.metadata.creationTimestamp);
}

/** How long it may be silent, in milliseconds. */
export const gracePeriodOf = (node: Node): number =>
  readyStatus(node) === undefined ? NODE_STARTUP_GRACE_PERIOD_MS : NODE_MONITOR_GRACE_PERIOD_MS;

/** Its conditions when it has fallen silent: nobody knows. Undefined where they say so already. `time` is the present as RFC 3339. */
export function unknownConditions(node: Node, time: string): core.NodeCondition[] | undefined {
  const before = node.status?.conditions ?? [];
  let changed = false;
  const turned = before.map(condition => {
    if (!(watched as readonly string[]).includes(condition.type) || condition.status === 'Unknown') return condition;
    changed = true;
    return {
      ...condition,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: time,
    };
  });
  const missing = watched
    .filter(type => !findCondition(before, type))
    .map(type => ({
      type,
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: node.metadata.creationTimestamp,
      lastTransitionTime: time,
    }));
  return changed || missing.length > 0 ? [...turned, ...missing] : undefined;
}
