/** upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go */

import {convertFieldLabel, type FieldSelector, FieldSelectorError, matchesObject, parseFieldSelector} from '../../api/fields.ts';
import {apiVersionOf} from '../../api/group-version.ts';
import {EVERYTHING, matches, parseSelector, type Selector, SelectorError} from '../../api/labels.ts';
import * as status from '../../api/status.ts';
import type {ApiError, KubeObject} from '../../api/types.ts';
import {type KeyValue, KV, keyAt, oldestWatchable} from '../../etcd/etcd.ts';
import {collection} from '../collections.ts';
import {confirmNewest, isCached, mustRead, type StoredObject} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {selectableFieldsOf, storagePrefix} from '../resources.ts';
import {objectsAt} from '../watch.ts';
import {answer} from './answer.ts';
import {decodeContinue, encodeContinue, INCONSISTENT} from './continue.ts';
import {checkListOptions, integerParameter, revisionParameter, unparsedResourceVersion} from './options.ts';

const VERSION_WITH_CONTINUE = 'specifying resource version is not allowed when using continue';

export function get(walk: Walk): ApiResponse {
  const {info, kind, tx} = walk;
  const version = parameter(walk.request, 'resourceVersion');
  const cached = isCached(kind) && version !== '';
  const least = revisionParameter(walk.request);
  if (least === undefined) throw cached ? status.plainError(unparsedResourceVersion(version)) : unreadable(version);
  if (least > tx.root.revision) throw status.tooLargeResourceVersion(least, tx.root.revision);
  const object = mustRead(tx, kind, info.namespace, info.name, {cached});
  walk.stage('etcd', 'ok', `read ${kind.resource}/${info.name} at revision ${tx.root.revision}`);
  return answer(walk, 200, object);
}

const unreadable = (version: string): ApiError => status.badRequest(`invalid resource version: ${unparsedResourceVersion(version)}`);

export interface Selection {
  labels: Selector;
  fields: FieldSelector;
}

/** A watch of one object has its name in the path. */
const BY_NAME = 'metadata.name';
const OTHER_NAME = "fieldSelector metadata.name doesn't match requested name";

/** The selectors of a list, a watch or a deletecollection. Throws ApiError 400. */
export function selectionOf(walk: Walk): Selection {
  const {labels, fields} = parametersOf(walk);
  const name = walk.info.parts?.[1];
  if (!name) return {labels, fields};
  if (fields.length > 0 && !fields.some(t => t.field === BY_NAME && !t.negated && t.value === name)) throw status.badRequest(OTHER_NAME);
  return {labels, fields: fields.length > 0 ? fields : [{field: BY_NAME, value: name, negated: false}]};
}

function parametersOf({request, kind, info}: Walk): Selection {
  try {
    const text = parameter(request, 'labelSelector');
    const selectable = selectableFieldsOf(kind, info.apiVersion);
    const fields = parseFieldSelector(parameter(request, 'fieldSelector')).map(t => ({
      ...t,
      field: convertFieldLabel(kind.kind, t.field, selectable),
    }));
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
  checkListOptions(request);
  const selection = selectionOf(walk);
  const prefix = storagePrefix(kind) + (kind.namespaced && info.namespace ? `${info.namespace}/` : '');
  // Less than none is as good as none given.
  const limit = Math.max(0, integerParameter(request, 'limit') ?? 0);
  const token = parameter(request, 'continue');
  const from = token ? decodeContinue(token) : undefined;
  const version = parameter(request, 'resourceVersion');
  const asked = revisionParameter(request);
  if (from && asked !== 0) throw status.badRequest(VERSION_WITH_CONTINUE);
  if (asked === undefined) throw unreadable(version);
  if (from && from.rv > 0 && from.rv < oldestWatchable(tx)) throw status.continueExpired(encodeContinue(INCONSISTENT, from.start));
  if (!isFromCache(walk, limit)) confirmNewest(tx);
  if (asked > tx.root.revision) throw status.tooLargeResourceVersion(asked, tx.root.revision);
  const exact = isExact(walk, limit) ? asked : undefined;
  if (exact !== undefined && exact < oldestWatchable(tx)) throw status.expired(status.LIST_EXPIRED);
  const revision = from && from.rv > 0 ? from.rv : (exact ?? tx.root.revision);
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
      ...(rest > 0 && {
        continue: encodeContinue(revision, `${nameOf(items.at(-1)!)}\u0000`),
        ...(unselected && {remainingItemCount: rest}),
      }),
    },
    items,
  };
  return answer(walk, 200, body);
}

/** The page is to be of this very revision: who pages and names one has always meant that. upstream: apiserver/pkg/storage/interfaces.go ValidateListOptions */
function isExact({request}: Walk, limit: number): boolean {
  const match = parameter(request, 'resourceVersionMatch');
  return match === 'Exact' || (match === '' && limit > 0 && !['', '0'].includes(parameter(request, 'resourceVersion')));
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
