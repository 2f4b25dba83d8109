/** Waiting for the cluster: watches read slice by slice, with virtual time flowing between. */
import {ApiError, type KubeObject, type Status} from '../engine/api/types.ts';
import {type Place, pathOf} from './client.ts';
import type {Context} from './context.ts';
import {sleep} from './effects.ts';
import type {Effects} from './types.ts';

/** Virtual milliseconds between two looks. */
export const POLL_MS = 100;

export interface WatchEvent<T = KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T;
}

/** The body of a watch: a list of events, or lines of JSON. */
function eventsOf<T>(body: unknown): WatchEvent<T>[] {
  if (Array.isArray(body)) return body as WatchEvent<T>[];
  return String(body)
    .split('\n')
    .filter(line => line.trim())
    .map(line => JSON.parse(line) as WatchEvent<T>);
}

export interface WatchSlice<T> {
  events: WatchEvent<T>[];
  resourceVersion: string;
}

export interface WatchQuery {
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Rows of a Table instead of objects. */
  accept?: string;
}

/** The events since a resource version, and the version to go on from. Throws ApiError. */
export function* watchSlice<T>(context: Context, place: Place, resourceVersion: string, query: WatchQuery = {}): Effects<WatchSlice<T>> {
  const {accept, ...selectors} = query;
  const body = yield* context.client.send<unknown>('GET', pathOf(place), {
    query: {...selectors, watch: 'true', resourceVersion, allowWatchBookmarks: 'true'},
    ...(accept && {accept}),
  });
  const events = eventsOf<T>(body);
  const failure = events.find(e => e.type === 'ERROR');
  if (failure) throw new ApiError(failure.object as Status);
  const last = events.findLast(e => e.type === 'BOOKMARK') ?? events.at(-1);
  const reached = (last?.object as {metadata?: {resourceVersion?: string}} | undefined)?.metadata?.resourceVersion;
  return {events: events.filter(e => e.type !== 'BOOKMARK'), resourceVersion: reached ?? resourceVersion};
}

/** Looks again and again until there is an answer; undefined when the time is up. `timeoutMs` < 0: no end. */
export function* poll<T>(context: Context, look: () => Effects<T | undefined>, timeoutMs: number): Effects<T | undefined> {
  const end = timeoutMs < 0 ? Number.POSITIVE_INFINITY : context.now() + timeoutMs;
  for (;;) {
    const found = yield* look();
    if (found !== undefined) return found;
    if (context.now() >= end) return undefined;
    yield* sleep(Math.min(POLL_MS, end - context.now()));
  }
}

/** Waits until an object is gone, or another one has its name. False when the time is up. */
export function* untilDeleted(context: Context, place: Place, uid: string | undefined, timeoutMs: number): Effects<boolean> {
  const gone = yield* poll(
    context,
    function* () {
      try {
        const object = yield* context.client.get(place);
        return uid && object.metadata.uid !== uid ? true : undefined;
      } catch (error) {
        if (error instanceof ApiError && error.reason === 'NotFound') return true;
        throw error;
      }
    },
    timeoutMs,
  );
  return gone ?? false;
}
