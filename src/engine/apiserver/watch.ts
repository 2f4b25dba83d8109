/**
 * Watches held open by the components of the cluster. A watch is a number: the revision up to which its events were delivered. Reading an informer's cache is
 * reading the store as of that revision.
 * upstream: staging/src/k8s.io/apiserver/pkg/storage/cacher; client-go/tools/cache
 */
import {copyWith} from '../api/clone.ts';
import type {KubeObject, Stored} from '../api/types.ts';
import {HISTORY, HISTORY_SIZE, type HistoryEntry, historyEntry, type KeyValue, KV, keyAt, oldestWatchable} from '../etcd/etcd.ts';
import type {IndexDefinition} from '../machine/indexes.ts';
import {placeIn} from '../machine/place-in.ts';
import type {Tx} from '../machine/types.ts';
import {collection} from './collections.ts';
import {type ObjectIndex, objectKeys} from './indexes.ts';

export interface OpenWatch {
  /** Component and instance: who is told. */
  readonly owner: string;
  readonly resource: string;
  /** Key prefix of the resource in the store. */
  readonly prefix: string;
  /** `spec.nodeName=node-1`: only objects with this value are delivered. */
  readonly field?: string;
  /** When it was opened, in virtual milliseconds. */
  readonly since: number;
  /** Everything up to here has been delivered. */
  readonly revision: number;
  /** Virtual milliseconds from commit to delivery. */
  readonly lag: number;
  /** Cut off (a broken link): nothing is delivered until it is mended. */
  readonly stalled?: boolean;
  /** It was cut off, and has not been served since: history may no longer reach back to where it stands. */
  readonly wasCut?: boolean;
  /** How often in a row its client has not been served. */
  readonly failures?: number | undefined;
  /** Nobody is to be woken: the watch is always as far as its lag allows, and is only read. */
  readonly passive?: boolean;
  /** A passive one is no further than it was at this time (virtual milliseconds): nobody lets its client begin another. */
  readonly until?: number;
}

const REGISTRY = '/registry/';
/** Services are kept apart in two: their specs, and their endpoints. */
const SERVICES = `${REGISTRY}services/`;

export const WATCHES = 'watches';
export const DELIVER = 'deliver';
/** What somebody was allowed may be allowed no longer. */
export const RIGHTS_TAKEN = 'rights-taken';
/** What says who may do what. */
const POLICY = new Set(['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map(resource => `${REGISTRY}${resource}/`));

export const watchIndexes: readonly IndexDefinition[] = [
  // By resource, and by resource and field: a watch of one node's pods does not look at those of all others.
  {table: HISTORY, name: 'resource', type: 'many', keys: (e: HistoryEntry) => scopesOf(e)},
  {table: WATCHES, name: 'path', type: 'path', fields: ['owner', 'resource']},
  {table: WATCHES, name: 'owner', type: 'many', keys: (w: OpenWatch) => w.owner},
  {table: WATCHES, name: 'prefix', type: 'many', keys: (w: OpenWatch) => (w.passive ? undefined : `${w.prefix}${w.field ?? ''}`)},
] as unknown as readonly IndexDefinition[];

const fieldNames: Record<string, string[]> = {
  '/registry/pods/': ['spec.nodeName'],
  '/registry/minions/': ['metadata.name'],
  '/registry/certificatesigningrequests/': ['metadata.name'],
};

const NO_FIELDS: readonly string[] = [];

const fieldValue = (object: KubeObject, name: string): string =>
  (name === 'spec.nodeName' ? (object['spec'] as {nodeName?: string} | undefined)?.nodeName : object.metadata.name) ?? '';

/** What watches can be restricted to that a change belongs to. */
function scopesOf({key, value, previous}: HistoryEntry): string[] {
  const prefix = prefixOf(key);
  const scopes = [prefix];
  for (const name of fieldNames[prefix] ?? NO_FIELDS)
    for (const kv of [previous, value]) {
      const scope = kv && `${prefix}${name}=${fieldValue(kv.value as KubeObject, name)}`;
      if (scope && !scopes.includes(scope)) scopes.push(scope);
    }
  return scopes;
}

/** The prefix under which a key's resource is stored: `/registry/pods/` for a pod's key. */
const prefixOf = (key: string): string => {
  const from = key.startsWith(SERVICES) ? SERVICES.length : REGISTRY.length;
  const end = key.indexOf('/', from);
  return end < 0 ? `${key}/` : key.slice(0, end + 1);
};

/** The watch that a client has open on a resource. */
export const findWatch = (tx: Pick<Tx, 'table'>, owner: string, resource: string): OpenWatch | undefined =>
  tx.table<OpenWatch>(WATCHES).at('path', owner, resource);

/** Opens a watch from a revision, or moves one that is open there. */
export function openWatch(tx: Tx, watch: OpenWatch): void {
  const slot = tx.table<OpenWatch>(WATCHES).slotAt('path', watch.owner, watch.resource);
  if (slot < 0) tx.insert(WATCHES, copyWith(watch, {}));
  else tx.replace(WATCHES, slot, copyWith(tx.table<OpenWatch>(WATCHES).get(slot)!, watch));
}

/** Ends one watch of a client. */
export function closeWatch(tx: Tx, owner: string, resource: string): void {
  const slot = tx.table<OpenWatch>(WATCHES).slotAt('path', owner, resource);
  if (slot >= 0) tx.remove(WATCHES, slot);
}

/** Ends all watches of a client. */
export function closeWatches(tx: Tx, owner: string): void {
  for (const slot of [...tx.table<OpenWatch>(WATCHES).slotsOf('owner', owner)]) tx.remove(WATCHES, slot);
}

/** Changes how late, or whether at all, a watch is served. Mending a link delivers at once what was held back. */
export function tuneWatch(tx: Tx, owner: string, resource: string, change: Partial<Pick<OpenWatch, 'lag' | 'stalled'>>): boolean {
  const slot = tx.table<OpenWatch>(WATCHES).slotAt('path', owner, resource);
  if (slot < 0) return false;
  const watch = tx.update<OpenWatch>(WATCHES, slot, draft => void Object.assign(draft, change, change.stalled && {wasCut: true}));
  if (!watch.stalled) wake(tx, watch, tx.now);
  return true;
}

/** The API server runs again: what was committed behind its back is delivered, to those who are let in again. */
export function resumeWatches(tx: Tx): void {
  tx.schedule(tx.now, {type: RIGHTS_TAKEN, data: {restarted: true}});
  for (const [, watch] of tx.table<OpenWatch>(WATCHES).entries())
    if (!watch.stalled && !changesAfter(tx, watch.prefix, watch.revision, watch.field).next().done) wake(tx, watch, tx.now);
}

const wake = (tx: Tx, watch: OpenWatch, at: number): void =>
  tx.schedule(at, {type: DELIVER, to: watch.owner, key: watch.resource, periodic: watch.prefix === '/registry/leases/'});

/** Tells the watchers of a change that has just been committed: each will be delivered to after its lag. */
export function fanOut(tx: Tx, key: string, before: KubeObject | undefined, after: KubeObject | undefined): void {
  const prefix = prefixOf(key);
  if (before && POLICY.has(prefix)) tx.schedule(tx.now, {type: RIGHTS_TAKEN, to: prefix, key: ''});
  const watches = tx.table<OpenWatch>(WATCHES);
  const tell = (value: string): void => {
    for (const slot of watches.slotsOf('prefix', prefix + value)) {
      const watch = watches.get(slot)!;
      if (!watch.stalled) wake(tx, watch, tx.now + watch.lag);
    }
  };
  tell('');
  for (const name of fieldNames[prefix] ?? NO_FIELDS) {
    const was = before && fieldValue(before, name);
    const is = after && fieldValue(after, name);
    const values = was === undefined || was === is ? [is] : is === undefined ? [was] : was < is ? [was, is] : [is, was];
    for (const value of values) tell(`${name}=${value}`);
  }
}

export interface Delivery {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: Stored<KubeObject>;
  old?: Stored<KubeObject>;
}

/** So many at a time, where a burst of writes is due at one instant. */
const DELIVERED_AT_A_TIME = 25;

/**
 * The events a watch has to be told of now, and moves it past them; more to come is scheduled. `expired`: history no longer reaches back to where the watch
 * stands (410 Gone): it must list again.
 */
export function takeDeliveries(tx: Tx, watch: OpenWatch): {events: Delivery[]; expired: boolean} {
  const slot = tx.table<OpenWatch>(WATCHES).slotAt('path', watch.owner, watch.resource);
  // One that is served has been told of everything: however long ago that was, it has missed nothing.
  if (watch.wasCut && watch.revision < oldestWatchable(tx)) return {events: [], expired: true};
  const events: Delivery[] = [];
  let reached = tx.root.revision;
  for (const entry of changesAfter(tx, watch.prefix, watch.revision, watch.field)) {
    if (entry.at + watch.lag > tx.now || events.length === DELIVERED_AT_A_TIME) {
      reached = entry.revision - 1;
      wake(tx, watch, Math.max(tx.now, entry.at + watch.lag));
      break;
    }
    const event = asDelivery(entry, watch.field);
    if (event) events.push(event);
  }
  if (reached !== watch.revision || watch.wasCut) tx.replace(WATCHES, slot, copyWith(watch, {revision: reached, wasCut: undefined}));
  return {events, expired: false};
}

function asDelivery(entry: HistoryEntry, field: string | undefined): Delivery | undefined {
  let object = entry.value?.value as Stored<KubeObject> | undefined;
  let old = entry.previous?.value as Stored<KubeObject> | undefined;
  if (field) {
    const [name, value] = field.split('=') as [string, string];
    if (object && fieldValue(object, name) !== value) object = undefined;
    if (old && fieldValue(old, name) !== value) old = undefined;
  }
  if (object) return {type: old ? 'MODIFIED' : 'ADDED', object, ...(old && {old})};
  return old && {type: 'DELETED', object: old, old};
}

/** The changes under a prefix after a revision, in order. History is a ring: its slots from that revision's on, round to the last one's. */
export function* changesAfter(
  tx: Pick<Tx, 'table' | 'root'>,
  prefix: string,
  revision: number,
  field = '',
): IterableIterator<HistoryEntry> {
  const last = tx.root.revision;
  // However long ago the revision was, no more than the ring is kept.
  const since = Math.max(revision, last - HISTORY_SIZE);
  if (since >= last) return;
  const history = tx.table<HistoryEntry>(HISTORY);
  const slots = history.slotsOf('resource', prefixOf(prefix) + field);
  const from = (since + 1) % HISTORY_SIZE;
  const to = last % HISTORY_SIZE;
  const rounds = from <= to ? [from, to] : [from, HISTORY_SIZE - 1, 0, to];
  for (let round = 0; round < rounds.length; round += 2) {
    const end = placeIn(slots, rounds[round + 1]! + 1);
    for (let at = placeIn(slots, rounds[round]!); at < end; at++) {
      const entry = history.get(slots[at]!)!;
      if (entry.revision > revision && entry.key.startsWith(prefix)) yield entry;
    }
  }
}

/** The revision a passive watch has reached: the last one committed at least its lag ago. */
function reachedByTime(tx: Pick<Tx, 'table' | 'root' | 'now'>, {lag, until = tx.now}: OpenWatch): number {
  const now = Math.min(tx.now, until);
  let [low, high] = [oldestWatchable(tx), tx.root.revision];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const entry = historyEntry(tx, middle);
    if (entry && entry.at + lag > now) high = middle - 1;
    else low = middle;
  }
  return low;
}

/** How far a watch has come. */
export const reachedRevision = (tx: Pick<Tx, 'table' | 'root' | 'now'>, watch: OpenWatch): number =>
  watch.passive && !watch.stalled ? reachedByTime(tx, watch) : watch.revision;

/** One object as a watcher that has reached `revision` knows it. */
export const objectAt = (tx: Pick<Tx, 'table' | 'root'>, key: string, revision: number): Stored<KubeObject> | undefined => {
  const kv = tx.table<KeyValue>(KV).find('key', key);
  if (kv && kv.modRevision <= revision) return kv.value as Stored<KubeObject>;
  return keyAt(tx, key, revision)?.value as Stored<KubeObject> | undefined;
};

/** What has changed under a prefix since a revision. */
interface Changed {
  /** By key, as it was then; undefined where it was not there. */
  readonly then: ReadonlyMap<string, KeyValue | undefined>;
  /** Of an object index: what was under each of its values. */
  under(index: ObjectIndex): ReadonlyMap<string, readonly KeyValue[]>;
}

function changedOf(then: Changed['then']): Changed {
  const indexes = new Map<ObjectIndex, Map<string, KeyValue[]>>();
  return {
    then,
    under(index) {
      const known = indexes.get(index);
      if (known) return known;
      const byValue = new Map<string, KeyValue[]>();
      for (const kv of then.values()) {
        if (!kv) continue;
        for (const value of [objectKeys[index](kv) ?? []].flat()) {
          const others = byValue.get(value);
          if (others) others.push(kv);
          else byValue.set(value, [kv]);
        }
      }
      indexes.set(index, byValue);
      return byValue;
    },
  };
}

const NOTHING = changedOf(new Map());

/** What was found last under each prefix. The last change there tells whether it still holds: no other history has this very entry. */
const found = new Map<string, {readonly last: HistoryEntry; readonly revision: number; readonly changed: Changed}>();

function changedSince(tx: Pick<Tx, 'table' | 'root'>, prefix: string, revision: number): Changed {
  const last = lastChange(tx, prefix);
  if (!last || last.revision <= revision) return NOTHING;
  const known = found.get(prefix);
  if (known && known.last === last && known.revision === revision) return known.changed;
  const then = new Map<string, KeyValue | undefined>();
  for (const {key, previous} of changesAfter(tx, prefix, revision)) if (!then.has(key)) then.set(key, previous);
  const changed = changedOf(then);
  found.set(prefix, {last, revision, changed});
  return changed;
}

/** The last change of a resource that is still kept. */
function lastChange(tx: Pick<Tx, 'table' | 'root'>, prefix: string): HistoryEntry | undefined {
  const history = tx.table<HistoryEntry>(HISTORY);
  const slots = history.slotsOf('resource', prefixOf(prefix));
  const before = placeIn(slots, (tx.root.revision % HISTORY_SIZE) + 1);
  const slot = slots[before > 0 ? before - 1 : slots.length - 1];
  return slot === undefined ? undefined : history.get(slot);
}

/** Objects under a prefix as of a revision, in key order; `index` and `value` restrict them to one key of an object index. */
export function objectsAt(
  tx: Pick<Tx, 'table' | 'root'>,
  prefix: string,
  revision: number,
  index?: ObjectIndex,
  value?: string,
): Stored<KubeObject>[] {
  const changed = changedSince(tx, prefix, revision);
  const {then} = changed;
  if (!index) return then.size === 0 ? [...collection<Stored<KubeObject>>(tx, prefix)] : allAsOf(tx, prefix, then);
  const now = tx
    .table<KeyValue>(KV)
    .all(index, value!)
    .filter(({key}) => key.startsWith(prefix) && !then.has(key));
  return inKeyOrder([...now, ...(changed.under(index).get(value!) ?? [])]);
}

/** All objects under a prefix, those that have changed meanwhile as they were; undefined: they were not there. */
function allAsOf(tx: Pick<Tx, 'table'>, prefix: string, changed: Changed['then']): Stored<KubeObject>[] {
  const table = tx.table<KeyValue>(KV);
  const gone = [...changed].flatMap(([key, then]) => (then && table.slotOf('key', key) < 0 ? [then] : []));
  if (gone.length > 0) {
    const there = [...table.range('key', prefix)].flatMap(kv => (changed.has(kv.key) ? (changed.get(kv.key) ?? []) : [kv]));
    return inKeyOrder([...there, ...gone]);
  }
  const before = new Map([...changed].map(([key, then]) => [table.find('key', key)?.value, then?.value as Stored<KubeObject> | undefined]));
  const objects: Stored<KubeObject>[] = [];
  for (const object of collection<Stored<KubeObject>>(tx, prefix)) {
    const then = before.has(object) ? before.get(object) : object;
    if (then) objects.push(then);
  }
  return objects;
}

const inKeyOrder = (found: KeyValue[]): Stored<KubeObject>[] =>
  found.sort((a, b) => (a.key < b.key ? -1 : 1)).map(kv => kv.value as Stored<KubeObject>);

/** What a watch has shown its owner, as far back as the store still tells; nothing where it does not. */
export function watchedObjects(tx: Pick<Tx, 'table' | 'root'>, {prefix, field, revision}: OpenWatch): Stored<KubeObject>[] {
  if (revision === 0 || revision < tx.root.revision - HISTORY_SIZE) return [];
  const objects = objectsAt(tx, prefix, revision);
  if (!field) return objects;
  const [name, value] = field.split('=') as [string, string];
  return objects.filter(object => fieldValue(object, name) === value);
}
