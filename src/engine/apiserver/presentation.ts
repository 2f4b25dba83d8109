/** Objects in the form the client asked for: whole, or as rows of a Table. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go */
import {EPOCH} from '../api/clock.ts';
import {apiVersionOf} from '../api/kinds.ts';
import type {KubeObject} from '../api/types.ts';
import {inVersion} from './decoding/convert.ts';
import {type TableOptions, tableOf} from './printers/table.ts';
import {header, parameter, type Walk} from './request.ts';
import {printerColumnsOf} from './resources.ts';

interface List {
  metadata: {resourceVersion?: string; continue?: string; remainingItemCount?: number};
  items: readonly KubeObject[];
}

/** Whether the first choice of the Accept header is a Table. */
export const wantsTable = (walk: Walk): boolean => /^[^,]*;\s*as=Table\b/.test(header(walk.request, 'accept'));

const isList = (body: unknown): body is List => typeof body === 'object' && body !== null && Array.isArray((body as List).items);

const isObject = (body: unknown): body is KubeObject => typeof body === 'object' && body !== null && 'metadata' in body && 'kind' in body;

/** Objects in the version that the request's path names. */
export function asAsked(walk: Walk, body: unknown): unknown {
  const {kind, info} = walk;
  if (!kind || kind.versions.length < 2) return body;
  if (isList(body)) return {...body, items: body.items.map(object => inVersion(object, kind, info.apiVersion))};
  return isObject(body) ? inVersion(body, kind, info.apiVersion) : body;
}

/** A read's body as it goes out: a Table of it, if that was asked for. */
export function present(walk: Walk, stored: unknown): unknown {
  const body = asAsked(walk, stored);
  if (!wantsTable(walk)) return body;
  const include = parameter(walk.request, 'includeObject') as TableOptions['includeObject'];
  const {kind} = walk;
  const version = {apiVersion: apiVersionOf({group: kind.group, version: walk.info.apiVersion}), kind: kind.kind};
  const objects = (isList(body) ? body.items : [body as KubeObject]).map(object => ({...object, ...version}));
  const metadata = isList(body) ? body.metadata : {resourceVersion: (body as KubeObject).metadata.resourceVersion};
  const printerColumns = printerColumnsOf(kind, walk.info.apiVersion);
  return tableOf(objects, {
    now: EPOCH + walk.tx.now,
    ...version,
    metadata: metadata as NonNullable<TableOptions['metadata']>,
    ...(include && {includeObject: include}),
    ...(printerColumns && {printerColumns}),
  });
}
