/**
 * A watch, one slice at a time: all events after a revision that have happened by now, and a bookmark that says how far they reach.
 * Whoever holds the connection asks again from there when time has passed. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/watch.go
 */
import {apiVersionOf} from '../../api/group-version.ts';
import * as status from '../../api/status.ts';
import type {KubeObject} from '../../api/types.ts';
import {oldestWatchable} from '../../etcd/etcd.ts';
import {collection} from '../collections.ts';
import {present} from '../presentation.ts';
import type {Table} from '../printers/table.ts';
import {confirmNewest, type StoredObject} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {storagePrefix} from '../resources.ts';
import {changesAfter} from '../watch.ts';
import {answer} from './answer.ts';
import {selectionOf, selects} from './get.ts';
import {booleanParameter, checkListOptions, revisionParameter, unparsedResourceVersion} from './options.ts';

/** On the bookmark that ends the list with which a watch began. upstream: apimachinery/pkg/apis/meta/v1 InitialEventsAnnotationKey */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

interface Event {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: unknown;
}

/** Whether it is rows. */
export const isTable = (object: unknown): object is Pick<Table, 'kind'> => (object as Partial<Table>).kind === 'Table';

/** Rows after the first are told without the columns that they stand in. upstream: endpoints/handlers/response.go watchEmbeddedEncoder */
export const withoutColumns = <T extends object>(table: T): T => ({...table, columnDefinitions: null});

/**
 * The body is the list of events. Where history no longer reaches back, the only event is an ERROR with the 410: a watch that was let in is not refused
 * any more. Throws ApiError 500 for a revision that is no number.
 */
export function watch(walk: Walk): ApiResponse {
  const {tx, kind, info, request} = walk;
  checkListOptions(request, {isWatch: true});
  const selection = selectionOf(walk);
  const prefix = storagePrefix(kind) + (kind.namespaced && info.namespace ? `${info.namespace}/` : '');
  const asked = revisionParameter(request);
  if (asked === undefined) throw status.plainError(unparsedResourceVersion(parameter(request, 'resourceVersion')));
  const wantsInitial = booleanParameter(request, 'sendInitialEvents');
  const initial = wantsInitial === true;
  // Who wants none of what there is, and names no version, hears of what happens from now on.
  const from = initial ? 0 : asked === 0 && wantsInitial === false ? tx.root.revision : asked;
  const chosen = (object: KubeObject | undefined): KubeObject | undefined => (object && selects(selection, object) ? object : undefined);
  if (initial && parameter(request, 'resourceVersion') === '') confirmNewest(tx);
  const events: Event[] = [];
  const tell = (type: Event['type'], object: KubeObject): void => {
    const shown = present(walk, object);
    events.push({type, object: events.length > 0 && isTable(shown) ? withoutColumns(shown) : shown});
  };
  if (from === 0) for (const object of collection<StoredObject>(tx, prefix)) if (chosen(object)) tell('ADDED', object);
  if (from !== 0) {
    if (from < oldestWatchable(tx)) {
      const gone = status.tooOldResourceVersion(from, oldestWatchable(tx));
      walk.stage('etcd', 'error', gone.message);
      return answer(walk, 200, [{type: 'ERROR', object: gone.status}]);
    }
    for (const entry of changesAfter(tx, storagePrefix(kind), from)) {
      if (!entry.key.startsWith(prefix)) continue;
      const now = chosen(entry.value?.value as KubeObject | undefined);
      const before = chosen(entry.previous?.value as KubeObject | undefined);
      if (now) tell(before ? 'MODIFIED' : 'ADDED', now);
      else if (before) tell('DELETED', {...before, metadata: {...before.metadata, resourceVersion: String(entry.revision)}});
    }
  }
  events.push({
    type: 'BOOKMARK',
    object: {
      kind: kind.kind,
      apiVersion: apiVersionOf(kind),
      metadata: {
        resourceVersion: String(tx.root.revision),
        creationTimestamp: null,
        ...(initial && {annotations: {[INITIAL_EVENTS_END]: 'true'}}),
      },
    },
  });
  walk.stage('etcd', 'ok', `watch ${prefix} from ${from}: ${events.length - 1} events`);
  return answer(walk, 200, events);
}
