/**
 * Objects in the store: what every kind's registry does around etcd. upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go
 */
import {equalJson, shareJson} from '../api/clone.ts';
import type {Kind} from '../api/kinds.ts';
import * as status from '../api/status.ts';
import type {KubeObject, Stored} from '../api/types.ts';
import {EtcdError, etcdDelete, etcdGet, etcdPut, type KeyValue, keyAt, mustServe} from '../etcd/etcd.ts';
import type {Tx} from '../machine/types.ts';
import {type CommitNote, commitText} from './commit-note.ts';
import {definitionChanged} from './custom-definitions.ts';
import {asRead, asStored} from './custom-versions.ts';
import type {RequestNote, Walk} from './request.ts';
import {CRDS, definitionOf, storageKey} from './resources.ts';
import {fanOut} from './watch.ts';

export type StoredObject = Stored<KubeObject>;

/** Events go an hour after they were written last. upstream: kube-apiserver --event-ttl; registry/core/event/storage TTLFunc */
const EVENT_TTL_MS = 3_600_000;

const leaseEnd = (kind: Kind, now: number): number | undefined => (kind.resource === 'events' ? now + EVENT_TTL_MS : undefined);

export const qualifiedOf = (kind: Kind): status.Qualified => ({group: kind.group, resource: kind.resource});

/** Without a quorum behind it, the server answers 500 with etcd's own words. */
function served<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof EtcdError) throw status.plainError(error.message);
    throw error;
  }
}

/** The stored object in the kind's version, or undefined. Throws ApiError 500 when the store does not answer. */
export function readObject(tx: Tx, kind: Kind, namespace: string, name: string): StoredObject | undefined {
  const found = served(() => etcdGet<StoredObject>(tx, storageKey(kind, namespace, name)))?.value;
  return found && asRead(kind, found);
}

/** That what the watch cache holds is the newest. Throws ApiError 500 when the store does not answer. upstream: storage GetCurrentResourceVersionFromStorage */
export const confirmNewest = (tx: Tx): void => served(() => mustServe(tx));

/** Events are not cached: there are too many. */
export const isCached = ({resource}: Kind): boolean => resource !== 'events';

/** The stored object, from the watch cache if any version will do; throws ApiError 404. */
export function mustRead(tx: Tx, kind: Kind, namespace: string, name: string, {cached = false} = {}): StoredObject {
  const found = cached
    ? keyAt<StoredObject>(tx, storageKey(kind, namespace, name), tx.root.revision)?.value
    : readObject(tx, kind, namespace, name);
  if (!found) throw status.notFound(qualifiedOf(kind), name);
  return asRead(kind, found);
}

const committed = (
  walk: Walk,
  kv: KeyValue,
  revision: number,
  type: CommitNote['type'],
  before?: StoredObject,
  after?: StoredObject,
): void => {
  walk.revision = revision;
  fanOut(walk.tx, kv.key, before, after);
  const definition = kv.key.startsWith(CRDS) ? kv.key.slice(CRDS.length) : type === 'delete' ? definitionOf(walk.kind) : undefined;
  if (definition) definitionChanged(walk.tx, definition);
  if (!walk.tx.noting) return;
  const {client = ''} = walk.request;
  const based = Number(before?.metadata.resourceVersion ?? 0);
  const commit: CommitNote = {kind: 'commit', revision, key: kv.key, type, based, client, user: walk.user.username};
  walk.tx.note(commit);
  walk.stage('etcd', 'ok', walk.commits.length === 0 ? ownCommit : commitText(commit));
  walk.commits.push(commit);
};

/** Most requests commit once. */
const ownCommit = ({commit}: RequestNote): string => commitText(commit!);

const lastOf = new WeakMap<Tx, Map<Kind, KubeObject>>();

/** The object, with what it has in common with the one of its kind that was made before it: pods of a template, events about a pod. */
function likeTheLast(tx: Tx, kind: Kind, object: KubeObject): KubeObject {
  let last = lastOf.get(tx);
  if (!last) lastOf.set(tx, (last = new Map()));
  const shared = shareJson(object, last.get(kind));
  last.set(kind, shared);
  return shared;
}

/** Stores a new object. Throws ApiError 409 when the name is taken. Nothing is stored in a dry run. */
export function storeNew(walk: Walk, kind: Kind, object: KubeObject, dryRun: boolean): StoredObject {
  const {tx} = walk;
  const name = object.metadata.name ?? '';
  const key = storageKey(kind, object.metadata.namespace ?? '', name);
  if (dryRun) {
    if (served(() => etcdGet(tx, key))) throw status.alreadyExists(qualifiedOf(kind), name);
    return object as StoredObject;
  }
  const kept = asStored(kind, object);
  const kv = served(() => etcdPut(tx, key, 0, revision => versioned(likeTheLast(tx, kind, kept), revision), leaseEnd(kind, tx.now)));
  if (!kv) throw status.alreadyExists(qualifiedOf(kind), name);
  committed(walk, kv, kv.modRevision, 'create', undefined, kv.value);
  return kv.value;
}

/**
 * Replaces an object if it is still the version that `before` is. An update that changes nothing is not written. Throws ApiError 409 when the object is another
 * version by now.
 */
export function storeUpdate(walk: Walk, kind: Kind, object: KubeObject, before: StoredObject, dryRun: boolean): StoredObject {
  const key = storageKey(kind, before.metadata.namespace ?? '', before.metadata.name);
  const {resourceVersion} = before.metadata;
  const {tx} = walk;
  const same = asStored(kind, {...object, metadata: {...object.metadata, resourceVersion}} as StoredObject);
  // Of a custom resource `before` is how the request sees what is there.
  const there = (definitionOf(kind) && keyAt<StoredObject>(tx, key, Number(resourceVersion))?.value) ?? before;
  if (equalJson(same, there)) {
    walk.stage('etcd', 'skipped', 'nothing changed: no new revision');
    return before;
  }
  if (dryRun) return same;
  const version = (revision: number): StoredObject => versioned(shareJson(same, there), revision);
  const kv = served(() => etcdPut(tx, key, Number(before.metadata.resourceVersion), version, leaseEnd(kind, tx.now)));
  if (!kv) throw status.staleResourceVersion(qualifiedOf(kind), before.metadata.name);
  committed(walk, kv, kv.modRevision, 'update', before, kv.value);
  return kv.value;
}

/** Removes an object if it is still the version that `before` is. */
export function storeDelete(walk: Walk, kind: Kind, before: StoredObject): void {
  const key = storageKey(kind, before.metadata.namespace ?? '', before.metadata.name);
  const kv = served(() => etcdDelete(walk.tx, key, Number(before.metadata.resourceVersion)));
  if (!kv) throw status.staleResourceVersion(qualifiedOf(kind), before.metadata.name);
  committed(walk, kv, walk.tx.root.revision, 'delete', before, undefined);
}

const versioned = (object: KubeObject, revision: number): StoredObject =>
  ({...object, metadata: {...object.metadata, resourceVersion: String(revision)}}) as StoredObject;
