/**
 * The nodes in searching order with what must not be looked for node by node. Derived from the `node` records, beside the state.
 * upstream: pkg/scheduler/backend/cache/{snapshot,node_tree}.go
 */
import {LABEL_REGION, LABEL_ZONE} from '../../api/well-known.ts';
import {hasAffinity, hasRequiredAntiAffinity} from '../framework/node-info.ts';
import type {NodeInfo, Snapshot} from '../framework/types.ts';
import type {CachedNode} from './records.ts';

function zoneOf({labels}: NodeInfo): string {
  const region = labels[LABEL_REGION] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels[LABEL_ZONE] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return `${region}\0${zone}`;
}

/** A node's record with its zone. */
interface Placed {
  readonly record: CachedNode;
  readonly zone: string;
}

const placed = (record: CachedNode): Placed => ({record, zone: zoneOf(record.info)});

/** Zones take turns, in the order in which they were first seen. */
export const searchOrder = (nodes: readonly CachedNode[]): NodeInfo[] => inTurns(byZone(asSeen(nodes.map(placed))));

const asSeen = (nodes: Placed[]): Placed[] => nodes.sort((a, b) => a.record.seq - b.record.seq);

function byZone(nodes: readonly Placed[]): Map<string, NodeInfo[]> {
  const zones = new Map<string, NodeInfo[]>();
  for (const {record, zone} of nodes) {
    const members = zones.get(zone);
    if (members) members.push(record.info);
    else zones.set(zone, [record.info]);
  }
  return zones;
}

function inTurns(zones: ReadonlyMap<string, readonly NodeInfo[]>): NodeInfo[] {
  const order: NodeInfo[] = [];
  const most = Math.max(0, ...[...zones.values()].map(members => members.length));
  for (let turn = 0; turn < most; turn++) for (const members of zones.values()) if (turn < members.length) order.push(members[turn]!);
  return order;
}

/** Where the newest node of all takes its turn: behind so many others. `sizes`: how many nodes each zone has without it, in the order of zones. */
function turnOf(zone: string, sizes: ReadonlyMap<string, number>): number {
  const turns = sizes.get(zone) ?? 0;
  let before = 0;
  let isLater = false;
  for (const [other, size] of sizes) {
    if (other === zone) isLater = true;
    before += Math.min(size, other === zone || isLater ? turns : turns + 1);
  }
  return before;
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
  const known = new Map<string, Placed>();
  const index = new Map<string, number>();
  const images = new Map<string, number>();
  /** Names of the nodes with pods of that kind. */
  const affinity = new Set<string>();
  const antiAffinity = new Set<string>();
  const listeners: ((index: number, info: NodeInfo) => void)[] = [];
  let nodes: NodeInfo[] = [];
  /** How many nodes each zone has, in the order of zones, and the latest of their numbers. */
  let sizes = new Map<string, number>();
  let newest = Number.NEGATIVE_INFINITY;
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
  for (const [name, record] of records) {
    known.set(name, placed(record));
    count(name, undefined, record.info);
  }

  const lay = (): void => {
    if (!stale) return;
    stale = false;
    const all = asSeen([...known.values()]);
    const zones = byZone(all);
    nodes = inTurns(zones);
    sizes = new Map([...zones].map(([zone, members]) => [zone, members.length]));
    newest = all.at(-1)?.record.seq ?? Number.NEGATIVE_INFINITY;
    index.clear();
    laidFrom(0);
  };
  const laidFrom = (first: number): void => {
    layout++;
    latest = undefined;
    for (let i = first; i < nodes.length; i++) index.set(nodes[i]!.name, i);
  };
  /** The newest node takes its place among the others: thousands may join one by one, and they need not all be sorted for each. */
  const join = ({record, zone}: Placed): void => {
    const at = turnOf(zone, sizes);
    nodes.splice(at, 0, record.info);
    sizes.set(zone, (sizes.get(zone) ?? 0) + 1);
    newest = record.seq;
    laidFrom(at);
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
      const staysThere = before !== undefined && before.record.info.labels === node?.info.labels;
      const now = node && (staysThere ? {record: node, zone: before.zone} : placed(node));
      if (now) known.set(name, now);
      else known.delete(name);
      count(name, before?.record.info, node?.info);
      if (stale) return;
      if (!before && now && now.record.seq > newest) return join(now);
      if (!before || !now || before.zone !== now.zone) stale = true;
      if (stale) return;
      const i = index.get(name)!;
      nodes[i] = now!.record.info;
      for (const listener of listeners) listener(i, now!.record.info);
    },
    onChange: listener => void listeners.push(listener),
    snapshot(nominated) {
      lay();
      if (latest?.nominated === nominated) return latest;
      latest = {
        size: nodes.length,
        nodes,
        get: name => known.get(name)?.record.info,
        withAffinity: () => inOrder(affinity),
        withRequiredAntiAffinity: () => inOrder(antiAffinity),
        imageNodes: image => images.get(image) ?? 0,
        nominated,
      };
      return latest;
    },
  };
}
