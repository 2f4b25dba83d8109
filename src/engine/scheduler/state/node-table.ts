/**
 * The nodes in searching order with what must not be looked for node by node. Derived from the `node` records, beside the state.
 * upstream: pkg/scheduler/backend/cache/{snapshot,node_tree}.go
 */
import {hasAffinity, hasRequiredAntiAffinity} from '../framework/node-info.ts';
import type {NodeInfo, Snapshot} from '../framework/types.ts';
import type {CachedNode} from './records.ts';

function zoneOf({labels}: NodeInfo): string {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return `${region}\0${zone}`;
}

const isMoved = (before: NodeInfo, now: NodeInfo): boolean => before.labels !== now.labels && zoneOf(before) !== zoneOf(now);

/** Zones take turns, in the order in which they were first seen. */
export function searchOrder(nodes: readonly CachedNode[]): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const {info} of [...nodes].sort((a, b) => a.seq - b.seq)) {
    const id = zoneOf(info);
    const zone = zones.get(id);
    if (zone) zone.push(info);
    else zones.set(id, [info]);
  }
  const order: NodeInfo[] = [];
  for (let i = 0; order.length < nodes.length; i++) for (const zone of zones.values()) if (i < zone.length) order.push(zone[i]!);
  return order;
}

export interface NodeTable {
  readonly size: number;
  /** In searching order. Changed in place. */
  readonly nodes: readonly NodeInfo[];
  indexOf(name: string): number | undefined;
  /** Counts changes of the order itself: nodes that came, went or moved to another zone. */
  readonly layout: number;
  /** Puts a newer version of a node in its place; a new node, or undefined for one that is gone, changes the order. */
  set(name: string, node: CachedNode | undefined): void;
  /** Told of every new version of a node that keeps its place. */
  onChange(listener: (index: number, info: NodeInfo) => void): void;
  snapshot(nominated: Snapshot['nominated']): Snapshot;
}

export function createNodeTable(records: Iterable<readonly [string, CachedNode]>): NodeTable {
  const known = new Map<string, CachedNode>(records);
  const index = new Map<string, number>();
  const images = new Map<string, number>();
  /** Names of the nodes with pods of that kind. */
  const affinity = new Set<string>();
  const antiAffinity = new Set<string>();
  const listeners: ((index: number, info: NodeInfo) => void)[] = [];
  let nodes: NodeInfo[] = [];
  let stale = true;
  let layout = 0;
  let latest: Snapshot | undefined;

  const countImages = (info: NodeInfo, by: 1 | -1): void => {
    for (const image in info.images) images.set(image, (images.get(image) ?? 0) + by);
  };
  const mark = (set: Set<string>, name: string, on: boolean): unknown => (on ? set.add(name) : set.delete(name));
  /** Keeps up what is counted over all nodes, in whatever order. */
  const count = (name: string, before: NodeInfo | undefined, now: NodeInfo | undefined): void => {
    if (before?.images !== now?.images) {
      if (before) countImages(before, -1);
      if (now) countImages(now, 1);
    }
    if (before?.pods === now?.pods) return;
    mark(affinity, name, now !== undefined && hasAffinity(now));
    mark(antiAffinity, name, now !== undefined && hasRequiredAntiAffinity(now));
  };
  for (const [name, {info}] of known) count(name, undefined, info);

  const lay = (): void => {
    if (!stale) return;
    stale = false;
    layout++;
    latest = undefined;
    nodes = searchOrder([...known.values()]);
    index.clear();
    for (let i = 0; i < nodes.length; i++) index.set(nodes[i]!.name, i);
  };

  const inOrder = (names: ReadonlySet<string>): NodeInfo[] =>
    [...names]
      .map(name => index.get(name)!)
      .sort((a, b) => a - b)
      .map(i => nodes[i]!);

  return {
    get size() {
      return known.size;
    },
    get nodes() {
      lay();
      return nodes;
    },
    get layout() {
      lay();
      return layout;
    },
    indexOf(name) {
      lay();
      return index.get(name);
    },
    set(name, node) {
      const before = known.get(name);
      if (node) known.set(name, node);
      else known.delete(name);
      count(name, before?.info, node?.info);
      if (!before || !node || isMoved(before.info, node.info)) stale = true;
      if (stale) return;
      const i = index.get(name)!;
      nodes[i] = node!.info;
      for (const listener of listeners) listener(i, node!.info);
    },
    onChange: listener => void listeners.push(listener),
    snapshot(nominated) {
      lay();
      if (latest?.nominated === nominated) return latest;
      latest = {
        size: nodes.length,
        nodes,
        get: name => known.get(name)?.info,
        get withAffinity() {
          return inOrder(affinity);
        },
        get withRequiredAntiAffinity() {
          return inOrder(antiAffinity);
        },
        imageNodes: image => images.get(image) ?? 0,
        nominated,
      };
      return latest;
    },
  };
}
