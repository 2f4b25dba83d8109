/**
 * Watches held open by clients. A watch is a number: the revision up to which its client has been told. When the cluster has moved, those that stand at the same
 * revision with the same question are told the same text, made once. A client that reads slowly is told later, from where it stands.
 */
import type {ServerResponse} from 'node:http';
import * as status from '../engine/api/status.ts';
import type {ApiRequest, ApiResponse} from '../engine/apiserver/request.ts';
import {historyEntry} from '../engine/apiserver/storage.ts';
import {isTable, withoutColumns} from '../engine/apiserver/verbs/watch.ts';
import {lookRequest, SUPER_ADMIN} from '../engine/cluster/cluster.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Door} from '../session/outside/door.ts';

interface Event {
  readonly type: string;
  readonly object: {readonly kind?: string; readonly apiVersion?: string; readonly metadata?: {readonly resourceVersion?: string}};
}

interface Watch {
  readonly request: ApiRequest;
  /** Those with equal keys are told the same. */
  readonly key: string;
  readonly out: ServerResponse;
  readonly bookmarks: boolean;
  /** Of the objects it is about, for bookmarks. */
  readonly kind: unknown;
  readonly apiVersion: unknown;
  revision: number;
  /** It has been told something: rows come without their columns from now on. */
  headed: boolean;
  /** What had been committed at that revision: another one stands there when time has been turned back and went another way. */
  committed: object | undefined;
  blockedSince: number | undefined;
  bookmarkedAt: number;
}

/** How often it is looked whether the cluster has moved; where telling takes long, so seldom that it takes a fifth of the time at most: what comes together is told together. */
const LOOK_MS = 10;
const REST_FACTOR = 4;
/** upstream: storage/cacher defaultBookmarkFrequency */
const BOOKMARK_MS = 60_000;
/** upstream: --min-request-timeout; a watch whose client names no time ends between once and twice of it. */
const SHORTEST_MS = 30 * 60_000;
/** More than that a timer cannot wait. */
const LONGEST_MS = 2 ** 31 - 1;
/** A client that reads nothing for so long is gone. */
const PATIENCE_MS = 60_000;

export interface Watches {
  /** Goes on with a watch whose first events have been asked for; they are in `first`. */
  open(request: ApiRequest, first: ApiResponse, out: ServerResponse): void;
  readonly count: number;
  close(): void;
}

export function createWatches(door: Door): Watches {
  const open = new Set<Watch>();
  let looking = false;
  let seen: object | undefined;

  /** Everything that has happened since a watch was told last, as text. */
  const slices = new Map<string, Slice>();
  const sliceFor = (machine: Machine, watch: Watch) => {
    const key = `${watch.revision} ${watch.headed} ${watch.key}`;
    let slice = slices.get(key);
    if (!slice) {
      const answer = lookRequest(machine, goingOn(watch.request, watch.revision));
      slices.set(
        key,
        (slice =
          answer.code === 200
            ? sliceOf(watch.headed ? bare(answer.body as Event[]) : (answer.body as Event[]))
            : failure(errorText(answer))),
      );
    }
    return slice;
  };

  const tell = (machine: Machine, watch: Watch, now: number): void => {
    const {out} = watch;
    if (watch.blockedSince !== undefined) {
      if (now - watch.blockedSince > PATIENCE_MS) out.destroy();
      return;
    }
    const {revision} = machine.root;
    const there = historyEntry(machine, watch.revision);
    if (there && watch.committed && there !== watch.committed) {
      out.end(errorText({body: status.expired('the history of this watch was taken back').status}));
      return;
    }
    // An earlier moment is shown: what the client knows is still ahead.
    if (watch.revision > revision) return;
    if (watch.revision < revision) {
      const slice = sliceFor(machine, watch);
      if (slice.failed) return void out.end(slice.bytes);
      watch.revision = slice.revision;
      watch.headed ||= slice.bytes.length > 0;
      watch.committed = historyEntry(machine, slice.revision);
      if (slice.bytes.length > 0 && !out.write(slice.bytes)) {
        watch.blockedSince = now;
        out.once('drain', () => (watch.blockedSince = undefined));
      }
    }
    if (watch.bookmarks && now - watch.bookmarkedAt > BOOKMARK_MS) {
      watch.bookmarkedAt = now;
      out.write(bookmarkText(watch));
    }
  };

  const look = (): void => {
    const now = performance.now();
    const machine = door.cluster()?.machine;
    if (machine) {
      const moved = machine.root !== seen;
      seen = machine.root;
      slices.clear();
      for (const watch of open)
        if (moved || watch.blockedSince !== undefined || watch.revision < machine.root.revision || now - watch.bookmarkedAt > BOOKMARK_MS)
          tell(machine, watch, now);
    }
    // What was written goes out before the next turn of the event loop.
    setImmediate(() => {
      looking = open.size > 0;
      if (looking) setTimeout(look, Math.max(LOOK_MS, REST_FACTOR * (performance.now() - now)));
    });
  };

  return {
    open(request, first, out) {
      const events = first.body as Event[];
      const {revision, bytes, failed} = sliceOf(events);
      const asked = request.query ?? {};
      const bookmarks = asked['allowWatchBookmarks'] === 'true';
      out.writeHead(200, {'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private'});
      if (failed) return void out.end(bytes);
      out.flushHeaders();
      const machine = door.cluster()?.machine;
      const watch: Watch = {
        request,
        key: keyOf(request),
        out,
        bookmarks,
        kind: events.at(-1)!.object.kind,
        apiVersion: events.at(-1)!.object.apiVersion,
        revision,
        headed: bytes.length > 0,
        committed: machine && historyEntry(machine, revision),
        blockedSince: undefined,
        bookmarkedAt: performance.now(),
      };
      // The bookmark that ends a streamed list has been asked for with it.
      const told = sliceOf(events, bookmarks && asked['sendInitialEvents'] === 'true').bytes;
      if (told.length > 0) out.write(told);
      open.add(watch);
      if (!looking) setTimeout(look, LOOK_MS);
      looking = true;
      const wanted = Number(asked['timeoutSeconds']) * 1000;
      const end = setTimeout(
        () => out.end(bookmarks ? bookmarkText(watch) : ''),
        wanted > 0 ? Math.min(wanted, LONGEST_MS) : SHORTEST_MS * (1 + Math.random()),
      );
      out.once('close', () => {
        clearTimeout(end);
        open.delete(watch);
      });
    },
    get count() {
      return open.size;
    },
    close() {
      for (const {out} of open) out.destroy();
    },
  };
}

/** The question of a watch, from a revision on. Who was let in when it began is not asked again who he is and what he may. */
function goingOn({clientCertificate: _, ...request}: ApiRequest, revision: number): ApiRequest {
  const {sendInitialEvents: _a, resourceVersionMatch: _b, ...query} = request.query ?? {};
  const headers = Object.fromEntries(Object.entries(request.headers ?? {}).filter(([name]) => !identifies(name)));
  return {...request, user: SUPER_ADMIN, headers, query: {...query, resourceVersion: String(revision)}};
}

const identifies = (header: string): boolean => header === 'authorization' || header.startsWith('impersonate-');

const bare = (events: readonly Event[]): Event[] =>
  events.map(event => (isTable(event.object) ? {...event, object: withoutColumns(event.object)} : event));

/** Whether the watch has ended before it began: all there is, is the reason. */
const isFailure = (events: readonly Event[]): boolean => events[0]?.type === 'ERROR';

/** A part of a watch: what is told, and how far it reaches. */
interface Slice {
  readonly bytes: Buffer;
  readonly revision: number;
  readonly failed: boolean;
}

const failure = (text: string): Slice => ({bytes: Buffer.from(text), revision: 0, failed: true});

/** Events as lines, without the bookmark that says how far they reach. */
function sliceOf(events: readonly Event[], withBookmark = false): Slice {
  if (isFailure(events)) return failure(events.map(line).join(''));
  const told = withBookmark ? events : events.slice(0, -1);
  return {bytes: Buffer.from(told.map(line).join('')), revision: Number(events.at(-1)!.object.metadata!.resourceVersion), failed: false};
}

const line = (event: unknown): string => `${JSON.stringify(event)}\n`;
const errorText = ({body}: {body: unknown}): string => line({type: 'ERROR', object: body});

const bookmarkText = ({kind, apiVersion, revision}: Watch): string =>
  line({type: 'BOOKMARK', object: {kind, apiVersion, metadata: {resourceVersion: String(revision), creationTimestamp: null}}});

/** What an answer depends on, beside the revision. */
function keyOf({path, query = {}, headers = {}}: ApiRequest): string {
  const {resourceVersion: _a, timeoutSeconds: _b, timeout: _c, ...rest} = query;
  return JSON.stringify([path, rest, headers['accept']]);
}
