/** Two moments side by side: which objects came, went or changed between them, field by field. */
import {withoutManagedFields} from '../engine/api/metadata.ts';
import type {KubeObject} from '../engine/api/types.ts';
import {columnsOf} from '../engine/apiserver/printers/columns.ts';
import {rowOf} from '../engine/apiserver/printers/table.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Cluster} from '../engine/cluster/cluster.ts';
import {clockText} from './time-text.ts';

/** A place in a timeline that can be looked at. */
export interface Moment {
  readonly cluster: Cluster;
  /** Of the journal: so many steps have been made. */
  readonly position: number;
  /** How the learner calls it. */
  readonly label: string;
}

/** All stored objects, by key. */
type Objects = ReadonlyMap<string, KeyValue<KubeObject>>;

export interface ObjectChange {
  readonly key: string;
  readonly what: 'added' | 'removed' | 'changed';
  /** `~ status.phase: Pending -> Running`; of an added or removed object nothing. */
  readonly fields: readonly string[];
  /** What kubectl get shows of an added or removed object: `READY 1/1  STATUS Running  RESTARTS 0`. */
  readonly glance: string;
}

/** Reads a cluster as it stood at a position; it is put back, so that looking leaves no trace. */
export function lookAt<T>({cluster, position}: Pick<Moment, 'cluster' | 'position'>, read: (cluster: Cluster) => T): T {
  const here = cluster.history.position;
  if (position === here) return read(cluster);
  cluster.history.seek(position);
  try {
    return read(cluster);
  } finally {
    cluster.history.seek(here);
  }
}

const objectsAt = (moment: Moment): Objects =>
  lookAt(
    moment,
    ({machine}) =>
      new Map([...machine.table<KeyValue<KubeObject>>(KV).range('key', '/registry/')].map(kv => [kv.key.replace('/registry/', ''), kv])),
  );

/** Objects that beat like a heart, and the records of what happened: told in one line, not field by field. */
const asides = /^(leases|events)\//;

/** A node's word that it is alive, field by field of every condition: as little to be told as a lease. */
const heartbeat = / status\.conditions\[\w+\]\.lastHeartbeatTime: /;

const order = ['added', 'removed', 'changed'] as const;

/**
 * What changed from one moment to another: what came, what went, what is not as it was, each in key order. The moments may lie in different branches, and in
 * either order.
 */
export function changesBetween(before: Moment, after: Moment): ObjectChange[] {
  const [old, now] = [objectsAt(before), objectsAt(after)];
  const changes = [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key): ObjectChange[] => {
    const [was, is] = [old.get(key), now.get(key)];
    if (was === is) return [];
    if (!was || !is) return [{key, what: is ? 'added' : 'removed', fields: [], glance: glanceOf((is ?? was)!.value)}];
    const fields = asides.test(key) ? [] : fieldChanges(withoutManagedFields(was.value), withoutManagedFields(is.value));
    const told = fields.filter(field => !heartbeat.test(field));
    return asides.test(key) || told.length > 0 ? [{key, what: 'changed', fields: told, glance: ''}] : [];
  });
  return order.flatMap(what => changes.filter(change => change.what === what));
}

/** The columns of a plain `kubectl get` but those that the key, or the moment, tells already. */
function glanceOf(object: KubeObject): string {
  const {cells} = rowOf(object, {now: 0, wide: true});
  return columnsOf(object.apiVersion, object.kind)
    .map(({name, priority}, i) => (priority > 0 || ['Name', 'Age', 'Created At'].includes(name) ? '' : `${name.toUpperCase()} ${cells[i]}`))
    .filter(Boolean)
    .join('  ');
}

/** One line a field: `+ path: value`, `- path: value`, `~ path: old -> new`. Lists whose items have names are compared by them. */
function fieldChanges(before: unknown, after: unknown, path = ''): string[] {
  if (JSON.stringify(before) === JSON.stringify(after) || path === 'metadata.resourceVersion') return [];
  if (before === undefined) return [`+ ${path}: ${valueText(after)}`];
  if (after === undefined) return [`- ${path}: ${valueText(before)}`];
  const [old, now] = [partsOf(before), partsOf(after)];
  if (!old || !now || Array.isArray(before) !== Array.isArray(after)) return [`~ ${path}: ${valueText(before)} -> ${valueText(after)}`];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  return names.flatMap(name =>
    fieldChanges(old.get(name), now.get(name), Array.isArray(after) ? `${path}[${name}]` : path ? `${path}.${name}` : name),
  );
}

/** The fields of an object, or the items of a list under what tells them apart; undefined for a scalar. */
function partsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  return new Map(value.map((item, index) => [nameOf(item) ?? String(index), item]));
}

/** An image of a node is told by the first of its names. */
function nameOf(item: unknown): string | undefined {
  const {name, names, type} = (item ?? {}) as {name?: unknown; names?: unknown; type?: unknown};
  return [name, Array.isArray(names) ? names[0] : undefined, type].find(each => typeof each === 'string');
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const signs = {added: '+', removed: '-', changed: '~'} as const;

/** The comparison as lines: what it is about, then the objects with their fields below them. */
export function compareLines(before: Moment, after: Moment): string[] {
  const changes = changesBetween(before, after);
  const told = changes.filter(change => !asides.test(change.key));
  const beside = changes.length - told.length;
  return [
    `@ from ${momentText(before)}`,
    `@ to   ${momentText(after)}`,
    ...(told.length === 0 ? ['No object differs.'] : []),
    ...told.flatMap(({key, what, fields, glance}) => [
      `${signs[what]} ${key}  ${what}`,
      ...(glance === '' ? fields : [glance]).map(line => `    ${line}`),
    ]),
    ...(beside > 0 ? [`  and ${beside} leases and events`] : []),
  ];
}

/** `first: step 41, 13.700s, revision 220`. */
function momentText(moment: Moment): string {
  const {now, revision} = lookAt(moment, ({machine}) => machine.root);
  return `${moment.label}: ${clockText(now)}, revision ${revision}`;
}
