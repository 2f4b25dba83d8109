/** upstream: client-go/tools/cache. A lister answers from the store as of the revision its watch has reached. */
import type {KubeObject, Stored} from '../api/types.ts';
import {findWatch, objectAt, objectsAt, reachedRevision} from '../apiserver/watch.ts';
import type {Tx} from '../machine/types.ts';
import type {Lister, Resource, WatchEvent} from './types.ts';

/** The cache of one resource of an owner (`component/instance`). Throws when the component declares no watch of it. */
export function listerOf<T = KubeObject>(tx: Tx, owner: string, resource: Resource): Lister<T> {
  const watch = findWatch(tx, owner, resource);
  if (!watch) throw new Error(`${owner} watches no ${resource}`);
  const {prefix} = watch;
  const reached = (): number => reachedRevision(tx, findWatch(tx, owner, resource)!);
  const cast = (objects: Stored<KubeObject>[]): Stored<T>[] => objects as unknown as Stored<T>[];
  return {
    get: (namespace, name) =>
      objectAt(tx, prefix + (namespace ? `${namespace}/` : '') + name, reached()) as unknown as Stored<T> | undefined,
    list: namespace => cast(objectsAt(tx, namespace ? `${prefix}${namespace}/` : prefix, reached())),
    by: (index, value) => cast(objectsAt(tx, prefix, reached(), index, value)),
  };
}

const keyOf = ({metadata}: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/**
 * What a component is told when its cache is filled anew: of everything there is, and of what went while nothing was heard.
 * upstream: client-go/tools/cache/delta_fifo.go Replace
 */
export function replacement(before: readonly Stored<KubeObject>[], after: readonly Stored<KubeObject>[]): WatchEvent[] {
  if (before.length === 0) return after.map((object): WatchEvent => ({type: 'ADDED', object}));
  const known = new Map(before.map(object => [keyOf(object), object]));
  const present = new Set(after.map(keyOf));
  const gone = before.filter(object => !present.has(keyOf(object)));
  return [
    ...gone.map((object): WatchEvent => ({type: 'DELETED', object, old: object})),
    ...after.map((object): WatchEvent => {
      const old = known.get(keyOf(object));
      return old ? {type: 'MODIFIED', object, old} : {type: 'ADDED', object};
    }),
  ];
}
