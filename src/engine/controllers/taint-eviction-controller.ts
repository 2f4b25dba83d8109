/** Removes pods that do not tolerate a NoExecute taint of their node, at once or when their tolerationSeconds are over. upstream: pkg/controller/tainteviction/taint_eviction.go */
import {equalJson} from '../api/clone.ts';
import {ApiError, type core, type Node, type Pod, type Stored} from '../api/types.ts';
import {keyOf, splitKey} from '../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../client/types.ts';
import {ignoring} from './common/claim.ts';
import {controller} from './common/controller.ts';
import {markDisruptionTarget} from './common/disruption-target.ts';
import {tell} from './common/tell.ts';
import {matchingTolerations} from './common/tolerations.ts';
import {noExecuteTaints} from './nodelifecycle/taints.ts';

const TAINT_MANAGER_EVICTION = 'TaintManagerEviction';
const DELETION_BY_TAINT_MANAGER = 'DeletionByTaintManager';
const RETRY_MS = 10;

/** A deletion that has been set a time. */
interface Scheduled {
  /** Since when the pod has borne the taint, in virtual milliseconds. */
  since: number;
  at: number;
}

const EVICTION = 'eviction';

export const taintEvictionController = controller({
  name: 'taint-eviction-controller',
  account: 'node-controller',
  watches: [
    {resource: 'nodes', on: onNode},
    {resource: 'pods', on: onPod},
  ],
  start(ctx) {
    for (const [key] of ctx.memory.list(EVICTION)) ctx.memory.delete(EVICTION, key);
  },
  timers: {evict: (ctx, key) => evict(ctx, key as string)},
});

function onNode(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  const node = object as Stored<Node>;
  const taints = type === 'DELETED' ? [] : noExecuteTaints(node);
  if (equalJson(taints, noExecuteTaints(old as Node | undefined))) return;
  for (const pod of ctx.lister<Pod>('pods').by('node', node.metadata.name)) {
    if (taints.length === 0) cancel(ctx, keyOf(pod), pod);
    else processPod(ctx, pod, taints);
  }
}

function onPod(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  const [pod, before] = [object as Stored<Pod>, old as Pod | undefined];
  if (type === 'DELETED') {
    cancel(ctx, keyOf(pod), pod);
    return;
  }
  const nodeName = pod.spec?.nodeName;
  if (!nodeName) return;
  if (before?.spec?.nodeName === nodeName && equalJson(before.spec.tolerations, pod.spec?.tolerations)) return;
  const taints = noExecuteTaints(ctx.lister<Node>('nodes').get('', nodeName));
  if (taints.length > 0) processPod(ctx, pod, taints);
}

function processPod(ctx: ComponentContext, pod: Stored<Pod>, taints: readonly core.Taint[]): void {
  const key = keyOf(pod);
  const used = matchingTolerations(pod.spec?.tolerations, taints);
  // 1. A taint it does not bear: now.
  if (!used) {
    cancel(ctx, key, pod);
    schedule(ctx, key, {since: ctx.now, at: ctx.now});
    return;
  }
  // 2. Borne for ever.
  const limits = used.flatMap(({tolerationSeconds}) => tolerationSeconds ?? []).map(seconds => Math.max(0, seconds) * 1000);
  if (limits.length === 0) {
    cancel(ctx, key, pod);
    return;
  }
  // 3. Borne for a while: an earlier date stands.
  const known = ctx.memory.get<Scheduled>(EVICTION, key);
  const at = (known?.since ?? ctx.now) + Math.min(...limits);
  if (known && at < ctx.now + Math.min(...limits)) return;
  if (known) cancel(ctx, key, pod);
  schedule(ctx, key, {since: known?.since ?? ctx.now, at});
  tell(ctx, 'difference', `pod/${key}`, () => `bears the taint of node ${pod.spec!.nodeName} for ${Math.min(...limits) / 1000} s`);
}

function schedule(ctx: ComponentContext, key: string, eviction: Scheduled): void {
  ctx.memory.put<Scheduled>(EVICTION, key, eviction);
  ctx.after(Math.max(0, eviction.at - ctx.now), 'evict', key, {key});
}

function cancel(ctx: ComponentContext, key: string, pod: Stored<Pod>): void {
  if (!ctx.memory.get(EVICTION, key)) return;
  ctx.memory.delete(EVICTION, key);
  if (ctx.cancel('evict', key)) ctx.events.event(pod, 'Normal', TAINT_MANAGER_EVICTION, `Cancelling deletion of Pod ${key}`);
}

function evict(ctx: ComponentContext, key: string): void {
  ctx.memory.delete(EVICTION, key);
  const [namespace, name] = splitKey(key);
  const pod = ctx.lister<Pod>('pods').get(namespace, name);
  if (!pod) return;
  ctx.events.event(pod, 'Normal', TAINT_MANAGER_EVICTION, `Marking for deletion Pod ${key}`);
  try {
    ignoring([404], () => {
      markDisruptionTarget(ctx, pod, DELETION_BY_TAINT_MANAGER, 'Taint manager: deleting due to NoExecute taint');
      ctx.client.delete('pods', namespace, name);
    });
    tell(ctx, 'act', `pod/${key}`, () => `deleted: does not tolerate the taints of node ${pod.spec?.nodeName}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    schedule(ctx, key, {since: ctx.now, at: ctx.now + RETRY_MS});
  }
}
