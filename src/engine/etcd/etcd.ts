/**
 * The store: flat keys, one revision counter, compare-and-swap transactions, a history to watch from. Only the API server calls it.
 * upstream: etcd-io/etcd server/storage/mvcc; kubernetes staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go
 */
import type {IndexDefinition} from '../machine/indexes.ts';
import type {ReadTable, Tx} from '../machine/types.ts';

export interface KeyValue<T = unknown> {
  readonly key: string;
  /** The stored object. Its metadata.resourceVersion repeats modRevision, to save setting it at every read; the store's own view leaves it out. */
  readonly value: T;
  readonly createRevision: number;
  readonly modRevision: number;
  /** How often the key was written since it was created. */
  readonly version: number;
  /** Virtual time at which its lease ends (Events live an hour), or undefined. */
  readonly expiresAt?: number;
}

/** One committed change. `value` is undefined for a deletion, `previous` for a creation. */
export interface HistoryEntry {
  readonly revision: number;
  readonly at: number;
  readonly key: string;
  readonly value?: KeyValue;
  readonly previous?: KeyValue;
}

export interface Member {
  readonly name: string;
  readonly up: boolean;
}

export interface EtcdStatus {
  readonly id: 'etcd';
  readonly members: readonly Member[];
  readonly leader: string | undefined;
  readonly raftTerm: number;
  /** History up to and including this revision is gone. */
  readonly compacted: number;
}

export const KV = 'etcd';
export const HISTORY = 'etcdHistory';
const ETCD_STATUS = 'etcdStatus';

/** How many changes can be watched back; older ones are overwritten. */
export const HISTORY_SIZE = 16_384;

export const etcdIndexes: readonly IndexDefinition[] = [
  {table: KV, name: 'key', type: 'ordered', keys: (e: KeyValue) => e.key},
  {
    table: KV,
    name: 'expiry',
    type: 'ordered',
    keys: (e: KeyValue) => (e.expiresAt === undefined ? undefined : expiryKey(e.expiresAt, e.key)),
  },
  {table: HISTORY, name: 'deleted', type: 'many', keys: (e: HistoryEntry) => (e.value ? undefined : e.key)},
] as readonly IndexDefinition[];

/** In the order of time; no time has more digits. */
const expiryKey = (at: number, key: string): string => `${String(at).padStart(15, '0')} ${key}`;

export const etcdDigests = {[HISTORY]: (e: HistoryEntry): string => `${e.revision} ${e.at} ${e.value ? 'put' : 'delete'} ${e.key}`};

/** The texts are those of etcd's gRPC status. */
export class EtcdError extends Error {}
const REQUEST_TIMED_OUT = 'etcdserver: request timed out';
const MEMBER_NOT_FOUND = 'etcdserver: member not found';

/** Puts the members in place; to be called once, in the first step of a cluster. */
export function startEtcd(tx: Tx, names: readonly string[]): void {
  tx.insert(ETCD_STATUS, {id: 'etcd', members: names.map(name => ({name, up: true})), leader: names[0], raftTerm: 2, compacted: 0});
  tx.setRoot({revision: 1});
}

/** What an etcd reader needs: a transaction or a machine. */
export interface EtcdReader {
  table<T extends object>(name: string): ReadTable<T>;
  readonly root: {readonly revision: number};
}

/** How the members of etcd are. */
export const etcdStatus = (from: Pick<EtcdReader, 'table'>): EtcdStatus => from.table<EtcdStatus>(ETCD_STATUS).get(0)!;

/** More than half of the members. */
export const quorum = (members: number): number => Math.floor(members / 2) + 1;

/** Stops or starts a member; when the leader goes, another is elected if a majority is left. Throws EtcdError for an unknown name. */
export function setMember(tx: Tx, name: string, up: boolean): void {
  if (!etcdStatus(tx).members.some(m => m.name === name)) throw new EtcdError(MEMBER_NOT_FOUND);
  tx.update<EtcdStatus>(ETCD_STATUS, 0, draft => {
    const members = draft.members.map(m => (m.name === name ? {...m, up} : m));
    const alive = members.filter(m => m.up);
    const leads = alive.length >= quorum(members.length) ? (alive.find(m => m.name === draft.leader) ?? alive[0]) : undefined;
    const raftTerm = leads && leads.name !== draft.leader ? draft.raftTerm + 1 : draft.raftTerm;
    Object.assign(draft, {members, leader: leads?.name, raftTerm});
  });
}

/** What a majority has to agree to: a write, or that a read is the newest. Throws EtcdError without a quorum. */
export function mustServe(tx: Tx): void {
  if (!etcdStatus(tx).leader) throw new EtcdError(REQUEST_TIMED_OUT);
}

/** A linearizable read of one key; undefined when it is not there. Throws EtcdError without a quorum. */
export function etcdGet<T = unknown>(tx: Tx, key: string): KeyValue<T> | undefined {
  mustServe(tx);
  return tx.table<KeyValue<T>>(KV).find('key', key);
}

/** Keys with a prefix in order, at most `limit`, from the key `from` on. */
export function etcdRange<T = unknown>(tx: Tx, prefix: string, from = prefix, limit = Number.POSITIVE_INFINITY): KeyValue<T>[] {
  mustServe(tx);
  const found: KeyValue<T>[] = [];
  for (const kv of tx.table<KeyValue<T>>(KV).range('key', prefix, from)) {
    if (found.length >= limit) break;
    found.push(kv);
  }
  return found;
}

/** Keys whose lease has ended by now, the one that ended first before the others; at most `limit`. */
export function etcdExpired<T = unknown>(tx: Tx, limit: number): KeyValue<T>[] {
  const ended: KeyValue<T>[] = [];
  for (const kv of tx.table<KeyValue<T>>(KV).range('expiry', '')) {
    if (kv.expiresAt! > tx.now || ended.length >= limit) break;
    ended.push(kv);
  }
  return ended;
}

/**
 * One transaction: if the key's mod revision is `expected` (0 = the key must not exist), put what `make(revision)` returns, at the next revision.
 * Returns the new key-value, or undefined when the comparison failed.
 */
export function etcdPut<T extends object>(
  tx: Tx,
  key: string,
  expected: number,
  make: (revision: number) => T,
  expiresAt?: number,
): KeyValue<T> | undefined {
  mustServe(tx);
  const table = tx.table<KeyValue<T>>(KV);
  const slot = table.slotOf('key', key);
  const previous = slot < 0 ? undefined : table.get(slot);
  if ((previous?.modRevision ?? 0) !== expected) return undefined;
  const revision = tx.root.revision + 1;
  const kv: KeyValue<T> = {
    key,
    value: make(revision),
    createRevision: previous?.createRevision ?? revision,
    modRevision: revision,
    version: (previous?.version ?? 0) + 1,
    ...(expiresAt === undefined ? undefined : {expiresAt}),
  };
  if (slot < 0) tx.insert(KV, kv);
  else tx.replace(KV, slot, kv);
  commit(tx, revision, key, kv, previous);
  return kv;
}

/** One transaction: delete the key if its mod revision is `expected`. Returns what was deleted, or undefined when the comparison failed. */
export function etcdDelete<T = unknown>(tx: Tx, key: string, expected: number): KeyValue<T> | undefined {
  mustServe(tx);
  const table = tx.table<KeyValue<T>>(KV);
  const slot = table.slotOf('key', key);
  const previous = slot < 0 ? undefined : table.get(slot);
  if (!previous || previous.modRevision !== expected) return undefined;
  tx.remove(KV, slot);
  commit(tx, tx.root.revision + 1, key, undefined, previous);
  return previous;
}

function commit(tx: Tx, revision: number, key: string, value: KeyValue | undefined, previous: KeyValue | undefined): void {
  tx.setRoot({revision});
  tx.put(HISTORY, revision % HISTORY_SIZE, {revision, at: tx.now, key, ...(value && {value}), ...(previous && {previous})});
}

/** The change that made a revision, or undefined when it is no longer kept. */
export function historyEntry(from: EtcdReader, revision: number): HistoryEntry | undefined {
  const entry = from.table<HistoryEntry>(HISTORY).get(revision % HISTORY_SIZE);
  return entry?.revision === revision ? entry : undefined;
}

/** The revision after which everything is still known: a watch may start there, not before. */
export const oldestWatchable = (from: EtcdReader): number => Math.max(etcdStatus(from).compacted, from.root.revision - HISTORY_SIZE);

/** A key as it was at a revision not older than `oldestWatchable`, or undefined where it did not exist then. */
export function keyAt<T = unknown>(from: EtcdReader, key: string, revision: number): KeyValue<T> | undefined {
  const back = (start: KeyValue | undefined): KeyValue | undefined => {
    let kv = start;
    while (kv && kv.modRevision > revision) kv = historyEntry(from, kv.modRevision)?.previous;
    return kv;
  };
  const kept = back(from.table<KeyValue>(KV).find('key', key));
  if (kept) return kept as KeyValue<T>;
  const history = from.table<HistoryEntry>(HISTORY);
  let deletion: HistoryEntry | undefined;
  for (const slot of history.slotsOf('deleted', key)) {
    const entry = history.get(slot)!;
    if (entry.revision > revision && (!deletion || entry.revision < deletion.revision)) deletion = entry;
  }
  return back(deletion?.previous) as KeyValue<T> | undefined;
}

/** Forgets the history up to a revision: a watch from before it is answered 410. */
export function compact(tx: Tx, revision: number): void {
  tx.update<EtcdStatus>(ETCD_STATUS, 0, draft => void Object.assign(draft, {compacted: Math.max(draft.compacted, revision)}));
}
