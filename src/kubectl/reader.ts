import {ApiError, type KubeEvent, type KubeObject} from '../engine/api/types.ts';
import {Failure} from './failure.ts';
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

interface About {
  name?: string | undefined;
  namespace?: string | undefined;
  kind?: string | undefined;
  uid?: string | undefined;
}

/** Events about an object, by name, namespace, kind and uid as far as they are known. Throws ApiError. upstream: kubectl/pkg/describe searchEvents */
export function* searchEvents(reader: Reader, about: About): Effects<KubeEvent[]> {
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

/** A reading that a page can do without: what the server refuses, or does not know, is as if there were none. */
export function* orNone<T>(reading: Effects<T[]>): Effects<T[]> {
  try {
    return yield* reading;
  } catch (error) {
    if (error instanceof ApiError || error instanceof Failure) return [];
    throw error;
  }
}

/** Events about an object for the foot of its page: whoever may not read events sees none. */
export const eventsAbout = (reader: Reader, about: About): Effects<KubeEvent[]> => orNone(searchEvents(reader, about));
