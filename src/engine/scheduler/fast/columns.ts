/**
 * The nodes as typed columns, one number a node, in searching order. Derived from the node table and kept up change by change, so that a cycle reads only
 * what it needs of the nodes it looks at. The plugins say what is computed; this only computes it faster.
 */
import type {Selector} from '../../api/labels.ts';
import type {NodeInfo, PodInfo, Resource} from '../framework/types.ts';
import type {NodeTable} from '../state/node-table.ts';
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
  /** By node: goes up with every change. */
  readonly versions: Int32Array;
  readonly podsAllowed: Float64Array;
  readonly pods: Int32Array;
  counts(namespace: string, selector: Selector): CountColumn;
  domains(key: string): Domains;
  /** What was made for a key, until labels, taints or the order of nodes change. */
  compiled<T>(key: string, make: () => T): T;
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

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
const sameFacts = (a: NodeInfo, b: NodeInfo): boolean =>
  a.unschedulable === b.unschedulable && same(a.labels, b.labels) && same(a.taints, b.taints);

/** Columns of a table as it is now; they follow it until the order of nodes changes. */
function build(table: NodeTable): Columns & {update(i: number, now: NodeInfo): void} {
  const nodes = [...table.nodes];
  const size = nodes.length;
  const [allocatable, requested, scored] = [amounts(size), amounts(size), amounts(size)];
  const podsAllowed = new Float64Array(size);
  const pods = new Int32Array(size);
  const versions = new Int32Array(size);
  const selectors = new Map<string, CountColumn>();
  const topologies = new Map<string, Domains>();
  const templates = new Map<string, unknown>();

  const read = (i: number, info: NodeInfo): void => {
    setAmounts(allocatable, i, info.allocatable);
    setAmounts(requested, i, info.requested);
    scored.cpu[i] = info.nonZeroRequested.milliCPU;
    scored.memory[i] = info.nonZeroRequested.memory;
    scored['ephemeral-storage'][i] = info.requested.ephemeralStorage;
    podsAllowed[i] = info.allocatable.pods;
    pods[i] = info.pods.length;
    versions[i] = versions[i]! + 1;
  };
  nodes.forEach((info, i) => {
    read(i, info);
  });

  const forget = (): void => {
    for (const derived of [selectors, topologies, templates]) derived.clear();
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
    versions,
    podsAllowed,
    pods,
    counts: (namespace, selector) => bounded(selectors, countKey(namespace, selector), () => countColumn(nodes, namespace, selector)),
    domains: key => bounded(topologies, key, () => domainsOf(key, nodes)),
    compiled: <T>(key: string, make: () => T) => bounded(templates, key, make) as T,
    update(i, now) {
      const before = nodes[i]!;
      nodes[i] = now;
      read(i, now);
      if (!sameFacts(before, now)) forget();
      else if (before.pods !== now.pods) follow(selectors.values(), i, before.pods, now);
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
