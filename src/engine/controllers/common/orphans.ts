/**
 * Objects without a controller, remembered as they pass by, so that finding one to adopt does not take a walk over all objects of a namespace.
 * upstream: pkg/controller/controller_utils.go PodControllerIndexer (its key for orphans)
 */

import {controllerOf} from '../../api/owner.ts';
import type {KubeObject} from '../../api/types.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {keyOf, splitKey} from './keys.ts';

const kindOf = (resource: string): string => `orphan ${resource}`;

/** To be called for every event of the resource. */
export function rememberOrphan(ctx: ComponentContext, resource: string, {type, object, old}: WatchEvent): void {
  const isOrphan = type !== 'DELETED' && !controllerOf(object);
  // By far the most have a controller, and had one before.
  if (!isOrphan && (!old || controllerOf(old))) return;
  const [kind, key] = [kindOf(resource), keyOf(object)];
  const known = ctx.memory.get(kind, key) !== undefined;
  if (isOrphan && !known) ctx.memory.put(kind, key, {});
  if (!isOrphan && known) ctx.memory.delete(kind, key);
}

/** The orphans of a namespace, as the cache shows them. */
export function orphansIn<T extends KubeObject>(ctx: ComponentContext, resource: string, namespace: string) {
  const lister = ctx.lister<T>(resource);
  return ctx.memory
    .list(kindOf(resource))
    .map(([key]) => splitKey(key))
    .filter(([ns]) => ns === namespace)
    .flatMap(([ns, name]) => lister.get(ns, name) ?? [])
    .filter(object => !controllerOf(object));
}

/** Listed anew after a restart. */
export function forgetOrphans(ctx: ComponentContext, resource: string): void {
  for (const [key] of ctx.memory.list(kindOf(resource))) ctx.memory.delete(kindOf(resource), key);
}
