/** Adoption and release. upstream: pkg/controller/controller_ref_manager.go */

import {matches, type Selector} from '../../api/labels.ts';
import {controllerOf, newControllerRef} from '../../api/owner.ts';
import {ApiError, type KubeObject, type Stored} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';

export interface Claimer {
  /** The claiming object as the cache shows it, and where to read it afresh. */
  owner: Stored<KubeObject>;
  ownerResource: string;
  selector: Selector;
}

/** Objects that a selector matches, with the uid of the owner they have: whose they are is asked again and again. */
const owned = new WeakMap<Selector, WeakMap<KubeObject, string>>();

function ownedUnder(selector: Selector): WeakMap<KubeObject, string> {
  let known = owned.get(selector);
  if (!known) owned.set(selector, (known = new WeakMap()));
  return known;
}

/**
 * Of the given objects those that are, or have just become, the owner's: orphans that its selector matches are adopted, objects of its own that the selector
 * no longer matches are released. Throws the first failure after trying them all.
 */
export function claim<T extends KubeObject>(ctx: ComponentContext, claimer: Claimer, resource: string, objects: Stored<T>[]): Stored<T>[] {
  const failures: unknown[] = [];
  const known = ownedUnder(claimer.selector);
  const {uid} = claimer.owner.metadata;
  let mayAdopt: boolean | undefined;
  const claimed = objects.filter(object => {
    if (known.get(object) === uid) return true;
    try {
      return claimOne(ctx, claimer, resource, object, () => (mayAdopt ??= canAdopt(ctx, claimer)));
    } catch (error) {
      failures.push(error);
      return false;
    }
  });
  if (failures.length > 0) throw failures[0];
  return claimed;
}

function claimOne(ctx: ComponentContext, claimer: Claimer, resource: string, object: Stored<KubeObject>, mayAdopt: () => boolean): boolean {
  const {owner, selector} = claimer;
  const ref = controllerOf(object);
  const isMatch = matches(selector, object.metadata.labels);
  // 1. Owned by someone else: not ours to touch. Owned by us and matching: keep.
  if (ref && ref.uid !== owner.metadata.uid) return false;
  if (ref && isMatch) {
    ownedUnder(selector).set(object, ref.uid);
    return true;
  }
  // 2. An owner on its way out neither adopts nor releases.
  if (owner.metadata.deletionTimestamp) return false;
  // 3. Ours, but it does not match any more: release.
  if (ref) {
    ignoring([404, 422], () =>
      ctx.client.patch(resource, object.metadata.namespace ?? '', object.metadata.name, 'strategic', releasePatch(object, owner)),
    );
    return false;
  }
  // 4. An orphan that matches: adopt, unless it is going away.
  if (!isMatch || object.metadata.deletionTimestamp || !mayAdopt()) return false;
  return ignoring([404], () =>
    ctx.client.patch(resource, object.metadata.namespace ?? '', object.metadata.name, 'strategic', adoptPatch(object, owner)),
  );
}

const releasePatch = (object: Stored<KubeObject>, owner: Stored<KubeObject>) => ({
  metadata: {uid: object.metadata.uid, ownerReferences: [{$patch: 'delete', uid: owner.metadata.uid}]},
});

const adoptPatch = (object: Stored<KubeObject>, owner: Stored<KubeObject>) => ({
  metadata: {uid: object.metadata.uid, ownerReferences: [{...newControllerRef(owner)}]},
});

/** An uncached read: the cache may not know yet that the owner is being deleted. */
function canAdopt(ctx: ComponentContext, {owner, ownerResource}: Claimer): boolean {
  const {namespace = '', name, uid} = owner.metadata;
  const fresh = ctx.client.get(ownerResource, namespace, name);
  if (fresh.metadata.uid !== uid)
    throw new Error(`original ${owner.kind} ${namespace}/${name} is gone: got uid ${fresh.metadata.uid}, wanted ${uid}`);
  if (fresh.metadata.deletionTimestamp)
    throw new Error(`${namespace}/${name} has just been deleted at ${fresh.metadata.deletionTimestamp}`);
  return true;
}

/** True when the call succeeded, false when the server refused it with one of these codes. */
export function ignoring(codes: readonly number[], call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch (error) {
    if (error instanceof ApiError && codes.includes(error.code)) return false;
    throw error;
  }
}
