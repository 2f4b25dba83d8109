/** upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go */

import {convertFieldLabel, type FieldSelector, FieldSelectorError, matchesObject, parseFieldSelector} from '../../api/fields.ts';
import {apiVersionOf} from '../../api/group-version.ts';
import {EVERYTHING, matches, parseSelector, type Selector, SelectorError} from '../../api/labels.ts';
import * as status from '../../api/status.ts';
import type {KubeObject} from '../../api/types.ts';
import {type KeyValue, KV, keyAt, oldestWatchable} from '../../etcd/etcd.ts';
import {collection} from '../collections.ts';
import {present} from '../presentation.ts';
import {confirmNewest, isCached, mustRead, type StoredObject} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {storagePrefix} from '../resources.ts';
import {objectsAt} from '../watch.ts';
import {answer} from './answer.ts';
import {decodeContinue, encodeContinue} from './continue.ts';
import {integerParameter, revisionParameter, unparsedResourceVersion} from './options.ts';

export function get(walk: Walk): ApiResponse {
  const {info, kind, tx} = walk;
  const cached = isCached(kind) && parameter(walk.request, 'resourceVersion') !== '';
  const object = mustRead(tx, kind, info.namespace, info.name, {cached});
  walk.stage('etcd', 'ok', `read ${kind.resource}/${info.name} at revision ${tx.root.revision}`);
  return answer(walk, 200, present(walk, object));
}

export interface Selection {
  labels: Selector;
  fields: FieldSelector;
}

/** The selectors of a list, a watch or a deletecollection. Throws ApiError 400. */
export function selectionOf(walk: Walk): Selection {
  const {request, kind} = walk;
  try {
    const text = parameter(request, 'labelSelector');
    const fields = parseFieldSelector(parameter(request, 'fieldSelector')).map(t => ({...t, field: convertFieldLabel(kind.kind, t.field)}));
    return {labels: text ? parseSelector(text) : EVERYTHING, fields};
  } catch (error) {
    if (error instanceof SelectorError)
      throw status.badRequest(`unable to parse requirement: ${error.message}`.replace(/^(unable to parse requirement: )\1/, '$1'));
    if (error instanceof FieldSelectorError) throw status.badRequest(error.message);
    throw error;
  }
}

export const selects = ({labels, fields}: Selection, object: KubeObject): boolean =>
  (labels === EVERYTHING || matches(labels, object.metadata.labels)) && (fields.length === 0 || matchesObject(fields, object));

/** The objects that a list means, in key order. upstream: apiserver/pkg/storage/etcd3/store.go GetList */
export function list(walk: Walk): ApiResponse {
  const {tx, kind, info, request} = walk;
  const selection = selectionOf(walk);
  const prefix = storagePrefix(kind) + (kind.namespaced && info.namespace ? `${info.namespace}/` : '');
  const limit = integerParameter(request, 'limit') ?? 0;
  const token = parameter(request, 'continue');
  const from = token ? decodeContinue(token) : undefined;
  if (from && from.rv < oldestWatchable(tx)) throw status.expired(status.CONTINUE_EXPIRED);
  const asked = revisionParameter(request);
  if (asked === undefined)
    throw status.badRequest(`invalid resource version: ${unparsedResourceVersion(parameter(request, 'resourceVersion'))}`);
  if (!isFromCache(walk, limit)) confirmNewest(tx);
  if (asked > tx.root.revision) throw status.tooLargeResourceVersion(asked, tx.root.revision);
  const exact = parameter(request, 'resourceVersionMatch') === 'Exact' ? asked : undefined;
  if (exact !== undefined && exact < oldestWatchable(tx)) throw status.expired(`The provided resource version is too old: ${exact}`);
  const revision = from?.rv ?? exact ?? tx.root.revision;
  const narrowed = narrow(walk, prefix, selection);
  const all: readonly StoredObject[] =
    revision < tx.root.revision ? objectsAt(tx, prefix, revision) : (narrowed ?? collection<StoredObject>(tx, prefix));

  const nameOf = ({metadata}: StoredObject): string =>
    kind.namespaced && !info.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
  const start = from ? placeOf(all, from.start, nameOf) : 0;
  const unselected = selection.labels === EVERYTHING && selection.fields.length === 0;
  const {items, rest} = unselected ? pageOf(all, start, limit) : selectedPage(all, start, limit, object => selects(selection, object));
  walk.stage('etcd', 'ok', `range ${prefix} at revision ${revision}: ${items.length}`);
  const body = {
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata: {
      resourceVersion: String(revision),
      ...(rest > 0 && {continue: encodeContinue(revision, nameOf(items.at(-1)!)), ...(unselected && {remainingItemCount: rest})}),
    },
    items,
  };
  return answer(walk, 200, present(walk, body));
}

/**
 * Whether the watch cache answers alone: it does where the client takes what is not the newest. Else a majority of the store is asked, for the page or for
 * its revision. upstream: apiserver/pkg/storage/cacher/delegator.go
 */
function isFromCache({kind, request}: Walk, limit: number): boolean {
  const [version, match] = [parameter(request, 'resourceVersion'), parameter(request, 'resourceVersionMatch')];
  if (!isCached(kind) || version === '' || match === 'Exact' || parameter(request, 'continue')) return false;
  return limit === 0 || version === '0' || match !== '';
}

/** Where the first object whose name is not before `name` stands. */
function placeOf(all: readonly StoredObject[], name: string, nameOf: (object: StoredObject) => string): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nameOf(all[middle]!) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Page {
  readonly items: readonly StoredObject[];
  /** How many follow. */
  readonly rest: number;
}

/** At most `limit` objects from a place on; 0: all. */
function pageOf(all: readonly StoredObject[], start: number, limit: number): Page {
  const end = limit ? Math.min(all.length, start + limit) : all.length;
  return {items: all.slice(start, end), rest: all.length - end};
}

/** The same of those that are selected. Whether more of them follow is known, not how many. */
function selectedPage(all: readonly StoredObject[], start: number, limit: number, selected: (object: StoredObject) => boolean): Page {
  const items: StoredObject[] = [];
  for (let at = start; at < all.length; at++) {
    if (!selected(all[at]!)) continue;
    if (limit && items.length >= limit) return {items, rest: 1};
    items.push(all[at]!);
  }
  return {items, rest: 0};
}

/** Lists that an index answers: pods of one node, one object by name. */
function narrow(walk: Walk, prefix: string, {fields}: Selection): StoredObject[] | undefined {
  const {tx, kind, info} = walk;
  const equal = (name: string): string | undefined => fields.find(t => t.field === name && !t.negated)?.value;
  const name = equal('metadata.name');
  if (name && (info.namespace || !kind.namespaced)) {
    const kv = keyAt<StoredObject>(tx, prefix + name, tx.root.revision);
    return kv ? [kv.value] : [];
  }
  const node = kind.resource === 'pods' ? equal('spec.nodeName') : undefined;
  if (!node) return undefined;
  const found = tx
    .table<KeyValue<StoredObject>>(KV)
    .all('node', node)
    .filter(kv => kv.key.startsWith(prefix));
  return found.sort((a, b) => (a.key < b.key ? -1 : 1)).map(kv => kv.value);
}
