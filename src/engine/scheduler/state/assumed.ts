/**
 * Volumes and claims as the scheduler has written them, until it hears of them: the next pod must not be given what this one has taken.
 * upstream: pkg/scheduler/util/assumecache/assume_cache.go
 */
import type {KubeObject, Stored} from '../../api/types.ts';
import {keyOf} from '../../client/keys.ts';
import type {ComponentContext, Resource} from '../../client/types.ts';
import type {Assumed, Listers} from '../framework/types.ts';
import {ASSUMED} from './records.ts';

const idOf = (resource: Resource, object: KubeObject): string => `${resource} ${keyOf(object)}`;

const versionOf = ({metadata}: KubeObject): number => Number(metadata.resourceVersion);

/** What the scheduler has assumed, over what its informers tell. */
export function assumedBy(ctx: ComponentContext, listers: Listers): Assumed {
  const newest = <T extends KubeObject>(resource: Resource, told: Stored<T>): Stored<T> => {
    const own = ctx.memory.get<Stored<T>>(ASSUMED, idOf(resource, told));
    return own && versionOf(own) > versionOf(told) ? own : told;
  };
  const over = (resource: Resource) => {
    const told = listers<KubeObject>(resource);
    return {
      get(namespace: string, name: string) {
        const object = told.get(namespace, name);
        return object && newest(resource, object);
      },
      list(namespace?: string) {
        const all = told.list(namespace);
        return ctx.memory.list(ASSUMED).length === 0 ? all : all.map(object => newest(resource, object));
      },
    };
  };
  return {
    listers: over as Listers,
    add: (resource, object) => ctx.memory.put(ASSUMED, idOf(resource, object), object),
  };
}

/** The informer has caught up with what was assumed, or the object is gone. */
export function confirm(ctx: ComponentContext, resource: Resource, object: KubeObject, isGone: boolean): void {
  const id = idOf(resource, object);
  const own = ctx.memory.get<KubeObject>(ASSUMED, id);
  if (own && (isGone || versionOf(object) >= versionOf(own))) ctx.memory.delete(ASSUMED, id);
}
