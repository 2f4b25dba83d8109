/** Writes to the store behind the API server's back: no authentication, no admission, no question asked. What a client with etcd's certificate can do. */

import {parseApiVersion} from '../api/group-version.ts';
import type {KubeObject} from '../api/types.ts';
import {etcdDelete, etcdGet, etcdPut, etcdRange} from '../etcd/etcd.ts';
import type {Tx} from '../machine/types.ts';
import type {CommitNote} from './commit-note.ts';
import {inVersion} from './decoding/convert.ts';
import {decode} from './decoding/decode.ts';
import {definitionOfKind} from './decoding/schema.ts';
import {setDefaults} from './defaulting/defaults.ts';
import type {StoredObject} from './registry.ts';
import {findKind, storageKey} from './resources.ts';
import {strategyFor} from './validation/strategies.ts';
import {fanOut} from './watch.ts';

/** Why a value is not put. */
export class Unreadable extends Error {}

const note = (tx: Tx, key: string, type: CommitNote['type'], based: number): void => {
  if (tx.noting) tx.note({kind: 'commit', revision: tx.root.revision, key, type, based, client: 'etcdctl', user: ''} as CommitNote);
};

/** The object that a text is, as the server would store it under this key. etcd takes any bytes; here only what the server can read back is put. */
function objectOf(tx: Tx, key: string, text: string): KubeObject {
  let value: Partial<KubeObject>;
  try {
    value = JSON.parse(text) as Partial<KubeObject>;
  } catch (error) {
    throw new Unreadable(`not JSON: ${(error as Error).message}`);
  }
  const {group, version} = parseApiVersion(String(value?.apiVersion ?? ''));
  const kind = findKind(tx, group, version, String(value?.kind ?? ''));
  if (!kind || !definitionOfKind(kind)) throw new Unreadable('not an object of a built-in kind');
  const {object} = decode(value, kind, {version, validation: 'Ignore'});
  object.metadata ??= {};
  setDefaults(object);
  const stored = inVersion(object, kind, kind.version);
  const wanted = storageKey(kind, stored.metadata.namespace ?? '', stored.metadata.name ?? '');
  if (wanted !== key) throw new Unreadable(`its key is ${wanted}`);
  const [error] = strategyFor(kind).validateCreate(stored);
  if (error) throw new Unreadable(`${error.field}: ${error.body}`);
  return stored;
}

/** Puts a value whatever was there. Throws Unreadable, EtcdError without a quorum, ApiError for a value of another shape. */
export function putBehind(tx: Tx, key: string, text: string): void {
  const before = etcdGet<StoredObject>(tx, key);
  const object = objectOf(tx, key, text);
  const make = (revision: number): StoredObject =>
    ({...object, metadata: {...object.metadata, resourceVersion: String(revision)}}) as StoredObject;
  const kv = etcdPut(tx, key, before?.modRevision ?? 0, make, before?.expiresAt)!;
  fanOut(tx, key, before?.value, kv.value);
  note(tx, key, before ? 'update' : 'create', before?.modRevision ?? 0);
}

/** Removes a key, or all that begin with it: no finalizer, no grace. Returns how many there were. Throws EtcdError without a quorum. */
export function deleteBehind(tx: Tx, key: string, prefix: boolean): number {
  const found = prefix ? etcdRange<StoredObject>(tx, key) : [etcdGet<StoredObject>(tx, key)].filter(kv => kv !== undefined);
  for (const kv of found) {
    etcdDelete(tx, kv.key, kv.modRevision);
    fanOut(tx, kv.key, kv.value, undefined);
    note(tx, kv.key, 'delete', kv.modRevision);
  }
  return found.length;
}
