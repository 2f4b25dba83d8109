/**
 * Deletes what no owner is left for, and carries out foreground and orphaning deletions. Upstream keeps a graph of all objects; here the caches' index by owner is that graph.
 * upstream: pkg/controller/garbagecollector/{garbagecollector,graph_builder,operations}.go
 */

import {equalJson} from '../../api/clone.ts';
import type {KubeObject, OwnerReference, Stored} from '../../api/types.ts';
import type {ComponentContext, DeleteOptions, WatchEvent} from '../../client/types.ts';
import {ignoring} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {isNotFound} from '../common/errors.ts';
import {tell} from '../common/tell.ts';
import {unfinished} from '../common/unfinished.ts';
import {monitored, resourceOfOwner} from './resources.ts';

const FOREGROUND_FINALIZER = 'foregroundDeletion';
const ORPHAN_FINALIZER = 'orphan';
const OWNER_REF_INVALID_NAMESPACE = 'OwnerRefInvalidNamespace';

export const garbageCollector = controller({
  name: 'garbage-collector-controller',
  account: 'generic-garbage-collector',
  watches: monitored.map(resource => ({resource, on: (ctx, event) => observe(ctx, resource, event)})),
  start: ctx => crowds.forgetAll(ctx),
  reconcile(ctx, key) {
    const {task, ...item} = parseKey(key);
    if (task === 'crowd') enqueueSome(ctx, key);
    else if (task === 'orphan') attemptToOrphan(ctx, item);
    else attemptToDelete(ctx, item);
  },
});

/** One object, as its identity: a name may come again, a uid does not. */
interface Item {
  resource: string;
  namespace: string;
  name: string;
  uid: string;
}

/** `crowd`: to let its dependents be looked at, who are many. */
type Task = 'delete' | 'orphan' | 'crowd';

const keyFor = (task: Task, {resource, namespace, name, uid}: Item): string => [task, resource, namespace, name, uid].join(' ');

function parseKey(key: string): Item & {task: Task} {
  const [task, resource, namespace, name, uid] = key.split(' ') as [Task, string, string, string, string];
  return {task, resource, namespace, name, uid};
}

const itemOf = (resource: string, {metadata}: Stored<KubeObject>): Item => ({
  resource,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid,
});

/** Where a reference of an object points; undefined for an unknown kind, and for an owner in a namespace of an object in none. */
function ownerItem(object: KubeObject, ref: OwnerReference): Item | undefined {
  const owner = resourceOfOwner(ref);
  if (!owner || (owner.namespaced && !object.metadata.namespace)) return undefined;
  return {resource: owner.resource, namespace: owner.namespaced ? object.metadata.namespace! : '', name: ref.name, uid: ref.uid};
}

const hasFinalizer = (object: KubeObject | undefined, finalizer: string): boolean =>
  Boolean(object?.metadata.finalizers?.includes(finalizer));

/** Being deleted in the foreground: waits until the dependents that block it are gone. */
const isDeletingDependents = (object: KubeObject | undefined): boolean =>
  Boolean(object?.metadata.deletionTimestamp) && hasFinalizer(object, FOREGROUND_FINALIZER);

const isOrphaningDependents = (object: KubeObject | undefined): boolean =>
  Boolean(object?.metadata.deletionTimestamp) && hasFinalizer(object, ORPHAN_FINALIZER);

const cached = (ctx: ComponentContext, {resource, namespace, name, uid}: Item): Stored<KubeObject> | undefined => {
  const object = ctx.lister(resource).get(namespace, name);
  return object?.metadata.uid === uid ? object : undefined;
};

interface Dependent {
  item: Item;
  object: Stored<KubeObject>;
}

const dependentsOf = (ctx: ComponentContext, uid: string): Dependent[] =>
  monitored.flatMap(resource =>
    ctx
      .lister(resource)
      .by('ownerAny', uid)
      .map(object => ({item: itemOf(resource, object), object})),
  );

const enqueue = (ctx: ComponentContext, item: Item, task: Task = 'delete'): void => ctx.queue.add(keyFor(task, item));

/** So many objects are put into the queue in one step. */
const ENQUEUED_AT_A_TIME = 200;

/** Dependents that are too many for one step: the keys by which they will be looked at, and how many of them are in the queue. */
interface Crowd {
  readonly keys: readonly string[];
  readonly enqueued: number;
}

const crowds = unfinished<Crowd>('crowd');

function enqueueDependents(ctx: ComponentContext, owner: Item): void {
  const keys = dependentsOf(ctx, owner.uid).map(({item}) => keyFor('delete', item));
  if (keys.length > ENQUEUED_AT_A_TIME) crowds.goOn(ctx, keyFor('crowd', owner), {keys, enqueued: 0});
  else for (const key of keys) ctx.queue.add(key);
}

function enqueueSome(ctx: ComponentContext, crowdKey: string): void {
  const {keys, enqueued} = crowds.of(ctx, crowdKey)!;
  const upTo = enqueued + ENQUEUED_AT_A_TIME;
  for (const key of keys.slice(enqueued, upTo)) ctx.queue.add(key);
  if (upTo < keys.length) crowds.goOn(ctx, crowdKey, {keys, enqueued: upTo});
  else crowds.forget(ctx, crowdKey);
}

function observe(ctx: ComponentContext, resource: string, {type, object, old}: WatchEvent): void {
  const item = itemOf(resource, object);
  // 1. Gone: its dependents have an owner less, its owners may have waited for it.
  if (type === 'DELETED') {
    enqueueDependents(ctx, item);
    for (const ref of object.metadata.ownerReferences ?? []) enqueueWaitingOwner(ctx, object, ref);
    return;
  }
  // 2. A deletion that concerns its dependents begins.
  if (isOrphaningDependents(object) && !isOrphaningDependents(old)) enqueue(ctx, item, 'orphan');
  if (isDeletingDependents(object) && !isDeletingDependents(old)) {
    enqueueDependents(ctx, item);
    enqueue(ctx, item);
  }
  // 3. Its owners changed.
  const [refs, oldRefs] = [object.metadata.ownerReferences ?? [], old?.metadata.ownerReferences ?? []];
  if (refs === oldRefs || equalJson(refs, oldRefs)) return;
  for (const ref of refs) if (!oldRefs.some(before => before.uid === ref.uid)) checkOwner(ctx, item, object, ref);
  for (const before of oldRefs) {
    const after = refs.find(ref => ref.uid === before.uid);
    if (before.blockOwnerDeletion && !after?.blockOwnerDeletion) enqueueWaitingOwner(ctx, object, before);
  }
}

function enqueueWaitingOwner(ctx: ComponentContext, object: KubeObject, ref: OwnerReference): void {
  const owner = ownerItem(object, ref);
  if (owner && isDeletingDependents(cached(ctx, owner))) enqueue(ctx, owner);
}

/** An owner that the cache does not know may be absent, or only not have been seen yet: to be looked up. */
function checkOwner(ctx: ComponentContext, item: Item, object: Stored<KubeObject>, ref: OwnerReference): void {
  const owner = ownerItem(object, ref);
  if (!owner || cached(ctx, owner)) {
    if (owner && isDeletingDependents(cached(ctx, owner))) enqueue(ctx, item);
    return;
  }
  const elsewhere = ctx
    .lister(owner.resource)
    .list()
    .find(other => other.metadata.uid === ref.uid);
  if (elsewhere) {
    const message = `ownerRef [${ref.apiVersion}/${ref.kind}, namespace: ${item.namespace}, name: ${ref.name}, uid: ${ref.uid}] does not exist in namespace "${item.namespace}"`;
    ctx.events.event(object, 'Warning', OWNER_REF_INVALID_NAMESPACE, message);
    enqueue(ctx, item);
  }
  enqueue(ctx, owner);
}

/** The object as the server has it now; undefined when that very one is gone. */
function live(ctx: ComponentContext, {resource, namespace, name, uid}: Item): Stored<KubeObject> | undefined {
  try {
    const object = ctx.client.get(resource, namespace, name);
    return object.metadata.uid === uid ? object : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

interface References {
  /** Owners that exist and are to stay. */
  solid: OwnerReference[];
  /** Owners that are gone. */
  dangling: OwnerReference[];
  /** Owners that wait for this very object to go. */
  waiting: OwnerReference[];
}

function attemptToDelete(ctx: ComponentContext, item: Item): void {
  // 1. What is being deleted is left to its finalizers, unless it waits for its dependents.
  const known = cached(ctx, item);
  if (known?.metadata.deletionTimestamp && !isDeletingDependents(known)) return;
  // 2. The cache may lie: ask the server. What is gone leaves its dependents behind.
  const latest = live(ctx, item);
  if (!latest) {
    enqueueDependents(ctx, item);
    return;
  }
  if (isDeletingDependents(latest)) {
    deleteDependentsFirst(ctx, item, latest);
    return;
  }
  // 3. Look at its owners.
  const refs = latest.metadata.ownerReferences ?? [];
  if (refs.length === 0) return;
  const {solid, dangling, waiting} = classify(ctx, latest, refs);
  const subject = `${item.resource}/${item.namespace}/${item.name}`;
  tell(ctx, 'observe', subject, () => `owners: ${solid.length} present, ${dangling.length} gone, ${waiting.length} waiting for it to go`);
  // 4. One is left: keep the object, drop the references to the others.
  if (solid.length > 0) {
    const dropped = [...dangling, ...waiting];
    if (dropped.length > 0) dropOwners(ctx, item, dropped);
    return;
  }
  const preconditions = {uid: item.uid, resourceVersion: latest.metadata.resourceVersion};
  if (waiting.length > 0 && dependentsOf(ctx, item.uid).length > 0) {
    // 5. Its owner waits for it, and it has dependents itself: the wait goes on below it. A circle is broken by not blocking.
    if (dependentsOf(ctx, item.uid).some(({object}) => isDeletingDependents(object))) unblockOwners(ctx, item, latest);
    remove(ctx, item, {propagationPolicy: 'Foreground', preconditions});
  } else {
    // 6. No owner at all: delete, as its own finalizers ask for it.
    const propagationPolicy = hasFinalizer(latest, ORPHAN_FINALIZER)
      ? 'Orphan'
      : hasFinalizer(latest, FOREGROUND_FINALIZER)
        ? 'Foreground'
        : 'Background';
    remove(ctx, item, {propagationPolicy, preconditions});
  }
  tell(ctx, 'act', subject, () => `deleted: ${waiting.length > 0 ? 'its owner waits for it' : 'no owner is left'}`);
}

const remove = (ctx: ComponentContext, {resource, namespace, name}: Item, options: DeleteOptions): boolean =>
  ignoring([404], () => ctx.client.delete(resource, namespace, name, options));

function classify(ctx: ComponentContext, object: Stored<KubeObject>, refs: readonly OwnerReference[]): References {
  const result: References = {solid: [], dangling: [], waiting: []};
  for (const ref of refs) {
    const owner = ownerItem(object, ref);
    // An owner of a kind that nobody serves cannot be looked up: better to keep too much.
    const found = owner ? live(ctx, owner) : undefined;
    if (owner && !found) result.dangling.push(ref);
    else if (found && isDeletingDependents(found)) result.waiting.push(ref);
    else result.solid.push(ref);
  }
  return result;
}

function deleteDependentsFirst(ctx: ComponentContext, item: Item, latest: Stored<KubeObject>): void {
  const blocking = dependentsOf(ctx, item.uid).filter(({object}) =>
    object.metadata.ownerReferences!.some(ref => ref.uid === item.uid && ref.blockOwnerDeletion),
  );
  if (blocking.length === 0) {
    removeFinalizer(ctx, item, latest, FOREGROUND_FINALIZER);
    return;
  }
  for (const {item: dependent, object} of blocking) if (!isDeletingDependents(object)) enqueue(ctx, dependent);
}

function attemptToOrphan(ctx: ComponentContext, item: Item): void {
  for (const {item: dependent} of dependentsOf(ctx, item.uid)) dropOwners(ctx, dependent, [{uid: item.uid}]);
  const latest = live(ctx, item);
  if (latest) removeFinalizer(ctx, item, latest, ORPHAN_FINALIZER);
}

function dropOwners(ctx: ComponentContext, {resource, namespace, name, uid}: Item, owners: readonly {uid: string}[]): void {
  const ownerReferences = owners.map(owner => ({$patch: 'delete', uid: owner.uid}));
  ignoring([404], () => ctx.client.patch(resource, namespace, name, 'strategic', {metadata: {uid, ownerReferences}}));
}

function unblockOwners(ctx: ComponentContext, {resource, namespace, name, uid}: Item, latest: Stored<KubeObject>): void {
  const ownerReferences = latest.metadata.ownerReferences!.map(ref => ({uid: ref.uid, blockOwnerDeletion: false}));
  ignoring([404], () => ctx.client.patch(resource, namespace, name, 'strategic', {metadata: {uid, ownerReferences}}));
}

function removeFinalizer(ctx: ComponentContext, {resource, namespace, name}: Item, latest: Stored<KubeObject>, finalizer: string): void {
  if (!hasFinalizer(latest, finalizer)) return;
  const finalizers = latest.metadata.finalizers!.filter(other => other !== finalizer);
  const {resourceVersion} = latest.metadata;
  ignoring([404], () => ctx.client.patch(resource, namespace, name, 'merge', {metadata: {resourceVersion, finalizers}}));
  tell(ctx, 'act', `${resource}/${namespace}/${name}`, () => `finalizer ${finalizer} taken off`);
}
