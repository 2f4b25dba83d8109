/** The scheduler's picture of the nodes, assumed pods included, kept up by watch events. upstream: pkg/scheduler/backend/cache/cache.go */

import {isPodTerminal} from '../../api/pods.ts';
import type {Node, Pod} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {nodeInfo, podInfo, withNode, withoutPod, withPod, withPodUpdated} from '../framework/node-info.ts';
import type {NodeInfo, PodInfo, Snapshot} from '../framework/types.ts';
import {type CachedNode, NODE, NOMINATED, type Nomination} from './records.ts';
import type {ViewKeeper} from './view.ts';

export interface Cache {
  setNode(ctx: ComponentContext, node: Node): void;
  removeNode(ctx: ComponentContext, name: string): void;
  addPod(ctx: ComponentContext, node: string, pod: PodInfo): void;
  removePod(ctx: ComponentContext, node: string, pod: Pick<PodInfo, 'namespace' | 'name'>): void;
  /** The pod as it is now in place of what was remembered of it. */
  updatePod(ctx: ComponentContext, node: string, pod: PodInfo): void;
  /** Promises a node to a pod; '' takes the promise back. */
  nominate(ctx: ComponentContext, pod: Pod, node: string): void;
  nominations(ctx: ComponentContext): readonly (readonly [key: string, nomination: Nomination])[];
  snapshot(ctx: ComponentContext): Snapshot;
}

export function createCache(views: ViewKeeper): Cache {
  const store = (ctx: ComponentContext, name: string, record: CachedNode | undefined): void => {
    const view = views.write(ctx);
    if (record) ctx.memory.put(NODE, name, record);
    else ctx.memory.delete(NODE, name);
    view.nodes.set(name, record);
  };

  /** Pods of a node that is only now seen: bound ones from the informer, assumed ones from the queue. */
  const podsOf = (ctx: ComponentContext, name: string): PodInfo[] => {
    const bound = ctx.lister<Pod>('pods').by('node', name).filter(isLive);
    const {queue} = views.read(ctx);
    const assumed = queue
      .binding()
      .filter(key => queue.get(key)!.node === name && !bound.some(pod => keyOf(pod) === key))
      .map(key => ctx.lister<Pod>('pods').get(...splitKey(key)))
      .filter(pod => pod !== undefined);
    return [...bound, ...assumed].map(podInfo);
  };

  const change = (ctx: ComponentContext, name: string, of: (info: NodeInfo) => NodeInfo): void => {
    const record = ctx.memory.get<CachedNode>(NODE, name);
    if (!record) return;
    const info = of(record.info);
    if (info !== record.info) store(ctx, name, {...record, info});
  };

  return {
    setNode(ctx, node) {
      const name = node.metadata.name!;
      const known = ctx.memory.get<CachedNode>(NODE, name);
      if (known) store(ctx, name, {...known, info: withNode(known.info, node)});
      else store(ctx, name, {seq: Number(node.metadata.resourceVersion), info: podsOf(ctx, name).reduce(withPod, nodeInfo(node))});
    },
    removeNode: (ctx, name) => store(ctx, name, undefined),
    addPod: (ctx, node, pod) =>
      change(ctx, node, info => (info.pods.some(p => p.name === pod.name && p.namespace === pod.namespace) ? info : withPod(info, pod))),
    removePod: (ctx, node, pod) => change(ctx, node, info => withoutPod(info, pod)),
    updatePod: (ctx, node, pod) => change(ctx, node, info => withPodUpdated(info, pod)),
    nominate(ctx, pod, node) {
      const key = keyOf(pod);
      if (node) ctx.memory.put<Nomination>(NOMINATED, key, {node, info: podInfo(pod)});
      else if (ctx.memory.get(NOMINATED, key)) ctx.memory.delete(NOMINATED, key);
    },
    nominations: ctx => ctx.memory.list<Nomination>(NOMINATED),
    snapshot(ctx) {
      const nominations = ctx.memory.list<Nomination>(NOMINATED);
      return views.read(ctx).nodes.snapshot(nominations.length === 0 ? NONE : byNode(nominations));
    },
  };
}

const NONE: Snapshot['nominated'] = new Map();

function byNode(nominations: readonly (readonly [key: string, nomination: Nomination])[]): Snapshot['nominated'] {
  const map = new Map<string, PodInfo[]>();
  for (const [, {node, info}] of nominations) map.set(node, [...(map.get(node) ?? []), info]);
  return map;
}

/** Pods that have run their course take up nothing. */
export const isLive = (pod: Pod): boolean => !isPodTerminal(pod);
