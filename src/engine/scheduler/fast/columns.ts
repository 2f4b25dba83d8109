/**
 * The nodes as typed columns, one number a node, in searching order. Derived from the node table and kept up change by change, so that a cycle reads only
 * what it needs of the nodes it looks at. The plugins say what is computed; this only computes it faster.
 */
import type {Selector} from '../../api/labels.ts';
import type {NodeInfo, PodInfo, Resource} from '../framework/types.ts';
import type {NodeTable} from '../state/node-table.ts';
import {type ChangeLog, createChangeLog} from './change-log.ts';
import {type CountColumn, countColumn, countKey, type Domains, domainsOf} from './counts.ts';

/** Amounts of the three resources that every node has. */
export interface AmountColumns {
  readonly cpu: Float64Array;
  readonly memory: Float64Array;
  readonly 'ephemeral-storage': Float64Array;
}
export type ColumnName = keyof AmountColumns;
export const isColumn = (name: string): name is ColumnName => name === 'cpu' || name === 'memory' || name === 'ephemeral-storage';

export interface Columns {
  readonly nodes: readonly NodeInfo[];
  readonly allocatable: AmountColumns;
  readonly requested: AmountColumns;
  /** As scores count them; ephemeral-storage as requested. */
  readonly scored: AmountColumns;
  readonly podsAllowed: Float64Array;
  readonly pods: Int32Array;
  readonly changes: ChangeLog;
  /** Of labels, taints and declared features: what templates are made from. */
  readonly factChanges: ChangeLog;
  /** Room for one cycle at a time, so that none has to be made: nodes that fit, and their scores. */
  readonly scratch: {readonly feasible: Int32Array; readonly totals: Int32Array};
  counts(namespace: string, selector: Selector): CountColumn;
  /** Takes a node into a mask that columns of counts are summed up by, or out of it. */
  include(mask: Uint8Array, i: number, is: 0 | 1): void;
  domains(key: string): Domains;
  taints(): TaintClasses;
  /** Bytes of an image by node; 0 where it is not. */
  imageSizes(image: string): Float64Array;
  /** What was made for a key, until the order of nodes changes. */
  compiled<T>(key: string, make: () => T): T;
}

/** Nodes that taints (and spec.unschedulable, which counts as one) do not tell apart. */
export interface TaintClasses {
  /** By node: which class. */
  readonly of: Int32Array;
  /** One node of each class. */
  readonly samples: readonly NodeInfo[];
}

/** More than so many templates or selectors are not kept: they are made anew when they are asked for. */
const KEPT = 512;

const amounts = (size: number): AmountColumns => ({
  cpu: new Float64Array(size),
  memory: new Float64Array(size),
  'ephemeral-storage': new Float64Array(size),
});

function setAmounts(columns: AmountColumns, i: number, resource: Resource): void {
  columns.cpu[i] = resource.milliCPU;
  columns.memory[i] = resource.memory;
  columns['ephemeral-storage'][i] = resource.ephemeralStorage;
}

function taintClasses(nodes: readonly NodeInfo[]): TaintClasses {
  const of = new Int32Array(nodes.length);
  const index = new Map<string, number>();
  const samples: NodeInfo[] = [];
  nodes.forEach((node, i) => {
    const key = node.taints.length === 0 ? String(node.unschedulable) : JSON.stringify([node.unschedulable, node.taints]);
    const known = index.get(key) ?? samples.push(node) - 1;
    index.set(key, known);
    of[i] = known;
  });
  return {of, samples};
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
const sameTaints = (a: NodeInfo, b: NodeInfo): boolean => a.unschedulable === b.unschedulable && same(a.taints, b.taints);

/** Columns of a table as it is now; they follow it until the order of nodes changes. */
function build(table: NodeTable): Columns & {update(i: number, now: NodeInfo): void} {
  const nodes = [...table.nodes];
  const size = nodes.length;
  const [allocatable, requested, scored] = [amounts(size), amounts(size), amounts(size)];
  const podsAllowed = new Float64Array(size);
  const pods = new Int32Array(size);
  const changes = createChangeLog(size);
  const factChanges = createChangeLog(size);
  const selectors = new Map<string, CountColumn>();
  const topologies = new Map<string, Domains>();
  const templates = new Map<string, unknown>();
  const images = new Map<string, Float64Array>();
  let taints: TaintClasses | undefined;

  const read = (i: number, info: NodeInfo): void => {
    setAmounts(allocatable, i, info.allocatable);
    setAmounts(requested, i, info.requested);
    scored.cpu[i] = info.nonZeroRequested.milliCPU;
    scored.memory[i] = info.nonZeroRequested.memory;
    scored['ephemeral-storage'][i] = info.requested.ephemeralStorage;
    podsAllowed[i] = info.allocatable.pods;
    pods[i] = info.pods.length;
  };
  nodes.forEach((info, i) => {
    read(i, info);
  });

  const forget = (): void => {
    for (const derived of [selectors, topologies, templates, images]) derived.clear();
    taints = undefined;
  };

  /** A node may be in another domain now: those keys' domains are found anew. */
  const relabel = (before: NodeInfo, now: NodeInfo): void => {
    for (const [key, domains] of topologies) {
      if (before.labels[key] === now.labels[key]) continue;
      topologies.delete(key);
      for (const column of selectors.values()) column.forget(domains);
    }
  };

  const bounded = <T>(map: Map<string, T>, key: string, make: () => T): T => {
    const known = map.get(key);
    if (known !== undefined) return known;
    if (map.size >= KEPT) forget();
    const made = make();
    map.set(key, made);
    return made;
  };

  return {
    nodes,
    allocatable,
    requested,
    scored,
    podsAllowed,
    pods,
    changes,
    factChanges,
    scratch: {feasible: new Int32Array(size), totals: new Int32Array(size)},
    counts: (namespace, selector) => bounded(selectors, countKey(namespace, selector), () => countColumn(nodes, namespace, selector)),
    include(mask, i, is) {
      if (mask[i] === is) return;
      mask[i] = is;
      for (const column of selectors.values()) column.include(mask, i, is ? 1 : -1);
    },
    domains: key => bounded(topologies, key, () => domainsOf(key, nodes)),
    taints: () => (taints ??= taintClasses(nodes)),
    imageSizes: image => bounded(images, image, () => Float64Array.from(nodes, node => node.images[image] ?? 0)),
    compiled: <T>(key: string, make: () => T) => bounded(templates, key, make) as T,
    update(i, now) {
      const before = nodes[i]!;
      nodes[i] = now;
      read(i, now);
      changes.add(i);
      if (before.images !== now.images) for (const [image, sizes] of images) sizes[i] = now.images[image] ?? 0;
      if (before.pods !== now.pods && selectors.size > 0) follow(selectors.values(), i, before.pods, now);
      const [isLabelled, isTainted] = [!same(before.labels, now.labels), !sameTaints(before, now)];
      if (isLabelled) relabel(before, now);
      if (isTainted) taints = undefined;
      if (isLabelled || isTainted || !same(before.declaredFeatures, now.declaredFeatures)) factChanges.add(i);
    },
  };
}

/** Passes on which pods came, went or changed; where that cannot be seen at a glance, counts the node anew. */
function follow(columns: Iterable<CountColumn>, i: number, before: readonly PodInfo[], now: NodeInfo): void {
  const after = now.pods;
  let at = 0;
  while (at < before.length && at < after.length && before[at] === after[at]) at++;
  const gone = before.slice(at);
  const come = after.slice(at);
  const restOf = (list: readonly PodInfo[]): readonly PodInfo[] => list.slice(1);
  const same = (a: readonly PodInfo[], b: readonly PodInfo[]): boolean => a.length === b.length && a.every((pod, k) => pod === b[k]);
  const isReplaced = same(restOf(gone), restOf(come));
  const isAdded = gone.length === 0 && come.length === 1;
  const isRemoved = same(restOf(gone), come);
  for (const column of columns) {
    if (!isReplaced && !isAdded && !isRemoved) column.recount(i, now);
    else {
      if (gone.length > 0) column.change(i, gone[0]!, -1);
      if (!isRemoved) column.change(i, come[0]!, 1);
    }
  }
}

const known = new WeakMap<NodeTable, {layout: number; columns: ReturnType<typeof build>}>();

/** The columns of a node table, in step with it. */
export function columnsOf(table: NodeTable): Columns {
  const before = known.get(table);
  if (before?.layout === table.layout) return before.columns;
  if (!before) {
    table.onChange((i, info) => {
      const current = known.get(table)!;
      if (current.layout === table.layout) current.columns.update(i, info);
    });
  }
  const columns = build(table);
  known.set(table, {layout: table.layout, columns});
  return columns;
}
