/** kube-scheduler as a component of the cluster. upstream: cmd/kube-scheduler, pkg/scheduler/scheduler.go */
import type {Node, Pod, UserInfo} from '../api/types.ts';
import type {Component, Watch, WatchEvent} from '../client/types.ts';
import type {KubeSchedulerConfiguration} from './config/types.ts';
import {deliverNode, deliverObject, deliverPod} from './deliveries.ts';
import type {EventResource} from './framework/events.ts';
import {
  BIND_TIMEOUT,
  EXTENDER_BIND_TIMEOUT,
  EXTENDER_TIMEOUT,
  keyOfResume,
  resumeBinding,
  resumeUnanswered,
  scheduleNext,
} from './schedule-one.ts';
import {createSchedulerParts, type Post} from './scheduler.ts';
import {NEXT, TIMERS} from './state/queue.ts';
import {finishSeries, SERIES} from './state/recorder.ts';
import {KINDS} from './state/records.ts';

export const KUBE_SCHEDULER = 'kube-scheduler';
const user: UserInfo = {username: 'system:kube-scheduler', groups: ['system:authenticated']};

/** Objects whose changes may free a waiting pod. */
const WOKEN_BY = {
  persistentvolumes: 'PersistentVolume',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  storageclasses: 'StorageClass',
  csinodes: 'CSINode',
  csidrivers: 'CSIDriver',
  csistoragecapacities: 'CSIStorageCapacity',
  volumeattachments: 'VolumeAttachment',
} satisfies Record<string, EventResource>;

/** Objects that are only looked up. */
const LOOKED_UP = ['namespaces', 'services', 'replicationcontrollers', 'replicasets', 'statefulsets', 'poddisruptionbudgets'] as const;

/** The scheduler with this configuration; `post`: its way to extenders. Throws ConfigurationError with what kube-scheduler would refuse to start with. */
export function createScheduler(configuration: KubeSchedulerConfiguration | undefined, post: Post): Component {
  const watched = new Set(['nodes', 'pods', ...Object.keys(WOKEN_BY), ...LOOKED_UP]);
  const scheduler = createSchedulerParts(configuration, watched, post);
  const watches: Watch[] = [
    {resource: 'nodes', on: (ctx, event) => deliverNode(scheduler, ctx, event as WatchEvent<Node>)},
    {resource: 'pods', on: (ctx, event) => deliverPod(scheduler, ctx, event as WatchEvent<Pod>)},
    ...Object.entries(WOKEN_BY).map(([resource, name]) => ({resource, on: deliverObject(scheduler, resource, name)})),
    ...LOOKED_UP.map(resource => ({resource})),
  ];
  return {
    name: KUBE_SCHEDULER,
    reportsAs: 'default-scheduler',
    process: KUBE_SCHEDULER,
    user: () => user,
    watches,
    /** Cache and queue do not outlive the program. */
    start(ctx) {
      for (const kind of [...KINDS, SERIES]) for (const [id] of ctx.memory.list(kind)) ctx.memory.delete(kind, id);
    },
    reconcile(ctx, key) {
      if (key !== NEXT) resumeBinding(scheduler, ctx, keyOfResume(key));
      else if (scheduleNext(scheduler, ctx)) scheduler.queue.wake(ctx);
    },
    timers: {
      [TIMERS.backoff]: ctx => scheduler.queue.flushBackoff(ctx),
      [TIMERS.leftover](ctx) {
        finishSeries(ctx);
        scheduler.queue.flushUnschedulable(ctx);
      },
      [EXTENDER_TIMEOUT]: ctx => scheduler.queue.wake(ctx),
      [EXTENDER_BIND_TIMEOUT]: (ctx, which) => resumeUnanswered(scheduler, ctx, which as {key: string; uid: string}),
      [BIND_TIMEOUT]: (ctx, key) => resumeBinding(scheduler, ctx, key as string, true),
    },
  };
}
