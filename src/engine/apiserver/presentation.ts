/** Objects in the form the client asked for: whole, or as rows of a Table. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go */

import {EPOCH} from '../api/clock.ts';
import {invalidValue} from '../api/field-errors.ts';
import {apiVersionOf} from '../api/group-version.ts';
import type {Kind} from '../api/kinds.ts';
import * as status from '../api/status.ts';
import type {KubeObject} from '../api/types.ts';
import {MEDIA_TYPES} from './body.ts';
import {asRead} from './custom-versions.ts';
import {inVersion} from './decoding/convert.ts';
import {folderOf} from './decoding/schema.ts';
import {type TableOptions, tableOf} from './printers/table.ts';
import {header, parameter, type Walk} from './request.ts';
import {definitionBehind, definitionOf, printerColumnsOf} from './resources.ts';

export interface List {
  kind: string;
  apiVersion: string;
  metadata: {resourceVersion?: string; continue?: string; remainingItemCount?: number};
  items: readonly KubeObject[];
}

/** The forms that the server can bring an object into, of the group meta.k8s.io. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go AllowsMediaTypeTransform */
const FORMS = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'] as const;
const FORM_VERSIONS = ['v1', 'v1beta1'];

interface Wanted {
  readonly form: (typeof FORMS)[number];
  readonly apiVersion: string;
}

/** One choice of the Accept header: `application/json;as=Table;v=v1;g=meta.k8s.io`. Undefined where the server cannot write it; no form: the object itself. */
function choiceOf(choice: string): {wanted?: Wanted} | undefined {
  const [type = '', ...rest] = choice.split(';').map(part => part.trim());
  if (type !== '*/*' && type !== 'application/*' && !MEDIA_TYPES.includes(type)) return undefined;
  const parameters = Object.fromEntries(rest.map(part => part.split('=')));
  const {as, g, v} = parameters;
  if (as === undefined) return {};
  const form = FORMS.find(known => known === as);
  const isWritten = g === META && FORM_VERSIONS.includes(v) && !(form === 'Table' && type === PROTOBUF);
  return form && isWritten ? {wanted: {form, apiVersion: `${g}/${v}`}} : undefined;
}

const META = 'meta.k8s.io';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** What the client takes of what the server can write, its first choice first. Throws ApiError 406 where that is nothing. */
function chosen({request}: Walk): {wanted?: Wanted} {
  const accept = header(request, 'accept');
  if (accept === '') return {};
  for (const choice of accept.split(',')) {
    const found = choiceOf(choice);
    if (found) return found;
  }
  throw status.notAcceptable(MEDIA_TYPES);
}

/** Throws ApiError 406 where the client takes nothing that the server can write. */
export const checkAcceptable = (walk: Walk): void => void chosen(walk);

/** Whether an answer is a list of objects. */
export const isList = (body: unknown): body is List => typeof body === 'object' && body !== null && Array.isArray((body as List).items);

const isObject = (body: unknown): body is KubeObject => typeof body === 'object' && body !== null && 'metadata' in body && 'kind' in body;

/** Objects in the version that the request's path names. */
export function asAsked(walk: Walk, body: unknown): unknown {
  const {kind, info} = walk;
  const custom = kind && definitionBehind(kind) !== undefined;
  if (!kind || (kind.versions.length < 2 && !custom)) return body;
  const shown = (object: KubeObject): KubeObject => (custom ? asRead(kind, object) : inVersion(object, kind, info.apiVersion));
  if (isList(body)) return {...body, items: body.items.map(shown)};
  return isObject(body) ? shown(body) : body;
}

const metadataOnly = ({metadata}: KubeObject, apiVersion: string) => ({kind: 'PartialObjectMetadata', apiVersion, metadata});

/** How Go calls the type that the server has in its hands. */
const goType = (kind: Kind, suffix = ''): string =>
  `*${definitionOf(kind) ? 'unstructured.Unstructured' : `${folderOf(kind.group)}.${kind.kind}`}${suffix}`;

/** A body as it goes out: a Table of it, or its metadata alone, if that was asked for. A Status stays what it is. Throws ApiError 400, 406. */
export function present(walk: Walk, stored: unknown): unknown {
  const body = asAsked(walk, stored);
  const {wanted} = chosen(walk);
  if (!wanted || !walk.kind || (body as Partial<KubeObject>)?.kind === 'Status' || !(isList(body) || isObject(body))) return body;
  const {form, apiVersion} = wanted;
  if (form === 'Table') return inTable(walk, body, apiVersion);
  if (isList(body) === (form === 'PartialObjectMetadata')) {
    const what = isList(body) ? `a list (${goType(walk.kind, 'List')})` : `not a list (${goType(walk.kind)})`;
    throw status.unacceptable(`you requested ${form}, but the requested object is ${what}`);
  }
  if (!isList(body)) return metadataOnly(body, apiVersion);
  return {kind: form, apiVersion, metadata: body.metadata, items: body.items.map(item => metadataOnly(item, apiVersion))};
}

const INCLUDE = ['', 'None', 'Metadata', 'Object'];

function inTable(walk: Walk, body: List | KubeObject, tableVersion: string): unknown {
  const include = parameter(walk.request, 'includeObject');
  if (!INCLUDE.includes(include)) {
    const fault = invalidValue('includeObject', include, "must be 'Metadata', 'Object', 'None', or empty");
    throw status.badRequest(`Unable to convert to Table as requested: ${fault.field}: ${fault.body}`);
  }
  const {kind} = walk;
  // Of a subresource that is an object of its own kind.
  const own = isList(body) || body.kind === kind.kind;
  const version = own
    ? {apiVersion: apiVersionOf({group: kind.group, version: walk.info.apiVersion}), kind: kind.kind}
    : (body as KubeObject);
  const {apiVersion, kind: name} = version;
  const objects = (isList(body) ? body.items : [body]).map(object => ({...object, apiVersion, kind: name}));
  const metadata = isList(body) ? body.metadata : {resourceVersion: body.metadata.resourceVersion};
  const printerColumns = own ? printerColumnsOf(kind, walk.info.apiVersion) : undefined;
  const table = tableOf(objects, {
    now: EPOCH + walk.tx.now,
    apiVersion,
    kind: name,
    metadata: metadata as NonNullable<TableOptions['metadata']>,
    ...(include && {includeObject: include as NonNullable<TableOptions['includeObject']>}),
    ...(printerColumns && {printerColumns}),
  });
  return {...table, apiVersion: tableVersion};
}
