/** Objects in the form the client asked for: whole, or as rows of a Table. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go */

import {EPOCH} from '../api/clock.ts';
import {apiVersionOf} from '../api/group-version.ts';
import * as status from '../api/status.ts';
import type {KubeObject} from '../api/types.ts';
import {MEDIA_TYPES} from './body.ts';
import {inVersion} from './decoding/convert.ts';
import {type TableOptions, tableOf} from './printers/table.ts';
import {header, parameter, type Walk} from './request.ts';
import {printerColumnsOf} from './resources.ts';

export interface List {
  kind: string;
  apiVersion: string;
  metadata: {resourceVersion?: string; continue?: string; remainingItemCount?: number};
  items: readonly KubeObject[];
}

/** What the first choice of the Accept header wants an object as: a `Table`, `PartialObjectMetadata`; '' is the object itself. */
const wantedAs = (walk: Walk): string => /^[^,]*;\s*as=(\w+)/.exec(header(walk.request, 'accept'))?.[1] ?? '';

/** Throws ApiError 406 where the client takes nothing that the server can write. */
export function checkAcceptable({request}: Walk): void {
  const accept = header(request, 'accept');
  const types = accept.split(',').map(type => type.split(';')[0]!.trim());
  if (accept !== '' && !types.some(type => type === '*/*' || type === 'application/*' || MEDIA_TYPES.includes(type)))
    throw status.notAcceptable(MEDIA_TYPES);
}

/** Whether an answer is a list of objects. */
export const isList = (body: unknown): body is List => typeof body === 'object' && body !== null && Array.isArray((body as List).items);

const isObject = (body: unknown): body is KubeObject => typeof body === 'object' && body !== null && 'metadata' in body && 'kind' in body;

/** Objects in the version that the request's path names. */
export function asAsked(walk: Walk, body: unknown): unknown {
  const {kind, info} = walk;
  if (!kind || kind.versions.length < 2) return body;
  if (isList(body)) return {...body, items: body.items.map(object => inVersion(object, kind, info.apiVersion))};
  return isObject(body) ? inVersion(body, kind, info.apiVersion) : body;
}

const METADATA_VERSION = 'meta.k8s.io/v1';

const metadataOnly = ({metadata}: KubeObject) => ({kind: 'PartialObjectMetadata', apiVersion: METADATA_VERSION, metadata});

/** A read's body as it goes out: a Table of it, or its metadata alone, if that was asked for. */
export function present(walk: Walk, stored: unknown): unknown {
  const body = asAsked(walk, stored);
  const wanted = wantedAs(walk);
  if (wanted === 'PartialObjectMetadata') return metadataOnly(body as KubeObject);
  if (wanted === 'PartialObjectMetadataList') {
    const {metadata, items} = body as List;
    return {kind: wanted, apiVersion: METADATA_VERSION, metadata, items: items.map(metadataOnly)};
  }
  if (wanted !== 'Table') return body;
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
