import type {KubeEvent, KubeObject} from '../engine/api/types.ts';
import type {Effects} from './types.ts';

export interface ListQuery {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

/** Reads objects by `apiVersion` and plural name. Throws ApiError. */
export interface Reader {
  list<T = KubeObject>(apiVersion: string, resource: string, query?: ListQuery): Effects<T[]>;
  get<T = KubeObject>(apiVersion: string, resource: string, namespace: string, name: string): Effects<T>;
}

/** Events about an object, by name, namespace, kind and uid as far as they are known. upstream: kubectl/pkg/describe searchEvents */
export function* eventsAbout(
  reader: Reader,
  about: {name?: string | undefined; namespace?: string | undefined; kind?: string | undefined; uid?: string | undefined},
): Effects<KubeEvent[]> {
  const terms: [string, string | undefined][] = [
    ['involvedObject.name', about.name ?? ''],
    ['involvedObject.namespace', about.namespace ?? ''],
    ['involvedObject.kind', about.kind],
    ['involvedObject.uid', about.uid],
  ];
  const fieldSelector = terms
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field}=${value}`)
    .join(',');
  return yield* reader.list<KubeEvent>('v1', 'events', {namespace: about.namespace ?? '', fieldSelector});
}
