/**
 * An answer as a release of another year gave it: today's server answers, and what has changed since is turned back, newest change first, where a request comes in,
 * where an object has been validated, and where the answer goes out. Only who asks from outside sees it: the cluster's own programs are today's.
 */

import {isJsonObject} from '../../api/clone.ts';
import type {FieldError} from '../../api/field-errors.ts';
import {parseApiVersion} from '../../api/group-version.ts';
import {byGroupResource, type Kind} from '../../api/kinds.ts';
import type {KubeObject, Status} from '../../api/types.ts';
import {parseYaml} from '../../api/yaml.ts';
import {nestsTooDeeply} from '../decoding/json.ts';
import {type ApiRequest, type ApiResponse, header, type Walk, warningHeader} from '../request.ts';
import {requestInfo} from '../request-info.ts';
import type {Fields} from '../validation/fields.ts';
import {CHANGES} from './changes.ts';
import {inRetired, operationsAsOf, patchAsOf, receivedAsOf} from './manifest.ts';
import {partAt} from './parts.ts';
import {deprecationAsOf, isServed, SERVED, type Served} from './served.ts';
import type {Change, ShownError, Validated} from './types.ts';

/** What has changed since a minor release. */
const changesSince = (minor: number): readonly Change[] => CHANGES.filter(({since}) => since > minor);

/** A request as today's server is to read it. */
export function asked(request: ApiRequest): ApiRequest {
  const {asOf} = request;
  if (!asOf) return request;
  const then = changesSince(asOf.minor).reduce((now, {request: take}) => take?.(now) ?? now, request);
  const row = retiredRow(then, asOf.minor);
  const received = withBody(then, body => {
    if (!isJsonObject(body)) return row ? operationsAsOf(body, row) : body;
    if (!bringsObject(then)) return row ? patchAsOf(body, row) : body;
    return receivedAsOf(asOf.minor, body as KubeObject, row?.apiVersion === body['apiVersion'] ? row : undefined).object;
  });
  if (!row) return received;
  const path = then.path.replace(prefixOf(row.apiVersion), prefixOf(row.now!));
  return {...received, path, asOf: {...asOf, apiVersion: row.apiVersion}};
}

const prefixOf = (apiVersion: string): string => `/apis/${apiVersion}/`;

/** The row of the retired version that a path names, if the release served it. */
function retiredRow({method, path, query}: ApiRequest, minor: number): Served | undefined {
  const candidates = SERVED.filter(row => row.now && isServed(row, minor) && path.startsWith(prefixOf(row.apiVersion)));
  if (candidates.length === 0) return undefined;
  const {resource} = requestInfo(method, path, query);
  return candidates.find(({kinds, now}) => kinds.includes(byGroupResource(parseApiVersion(now!).group, resource)?.kind ?? ''));
}

/** Whether the body is an object, not a change of one. */
const bringsObject = (request: ApiRequest): boolean =>
  request.method === 'POST' || request.method === 'PUT' || header(request, 'content-type').includes('apply-patch');

/** The request with another body; as it is where the body is no structure, or stays the same. */
function withBody(request: ApiRequest, change: (body: Record<string, unknown> | readonly unknown[]) => object): ApiRequest {
  const body = bodyOf(request);
  if (!isJsonObject(body) && !Array.isArray(body)) return request;
  const changed = change(body);
  if (JSON.stringify(changed) === JSON.stringify(body)) return request;
  return {...request, body: typeof request.body === 'string' ? JSON.stringify(changed) : changed};
}

/** What the body of a request says; undefined where that cannot be read. */
function bodyOf(request: ApiRequest): unknown {
  const {body} = request;
  if (typeof body !== 'string') return body;
  if (nestsTooDeeply(body)) return undefined;
  try {
    return header(request, 'content-type').includes('yaml') ? parseYaml(body) : JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** What was wrong with an object, as a validator of then said it. `old` is what it is to replace. */
export function errorsAsOf(
  {request, kind}: {readonly request: ApiRequest; readonly kind?: Kind},
  errors: readonly FieldError[],
  object: object = {},
  old?: object,
): readonly FieldError[] {
  const {asOf, method} = request;
  if (!asOf) return errors;
  const given = bringsObject(request) ? bodyOf(request) : undefined;
  const validated: Validated = {kind, replaces: method === 'PUT', object, old, written: path => partAt(given, path)};
  return changesSince(asOf.minor).reduce<readonly ShownError[]>((now, {error, more}) => {
    const kept = error ? now.flatMap(one => error(one, validated) ?? []) : now;
    return more ? [...kept, ...more(kept, validated)] : kept;
  }, errors);
}

/** An answer as it reads then. */
export function answered(walk: Walk, response: ApiResponse): ApiResponse {
  if (!walk.request.asOf) return response;
  const {body} = response;
  const then = {...response, headers: headersAsOf(walk, response.headers)};
  if (body === null || typeof body !== 'object') return then;
  if (Array.isArray(body)) return {...then, body: body.map(event => ({...event, object: bodyAsOf(walk, event.object)}))};
  return {...then, body: bodyAsOf(walk, body)};
}

/** The headers with the warnings of then. */
function headersAsOf(walk: Walk, {warning: _today, ...headers}: ApiResponse['headers']): ApiResponse['headers'] {
  const {minor, apiVersion} = walk.request.asOf!;
  const going = apiVersion && deprecationAsOf(minor, apiVersion, walk.kind?.kind ?? '');
  const all = going ? [going, ...walk.warnings] : walk.warnings;
  const warnings = changesSince(minor).reduce<readonly string[]>((now, {warnings: turn}) => turn?.(now) ?? now, all);
  return warnings.length ? {...headers, warning: warningHeader(warnings)} : headers;
}

/** A refusal, an object, a list or a table of objects. */
function bodyAsOf(walk: Walk, body: Fields): Fields {
  const {minor, apiVersion} = walk.request.asOf!;
  const changes = changesSince(minor);
  if (body['kind'] === 'Status') return body['status'] === 'Failure' ? refusalAsOf(changes, walk, body as Status) : body;
  const named: string = body['kind'] ?? '';
  const kind = /^(Table|PartialObjectMetadata)/.test(named) ? walk.kind.kind : named.replace(/List$/, '');
  const read = (object: Fields): Fields => {
    const then = changes.reduce((now, {of, object: turn}) => (turn && of?.includes(kind) !== false ? turn(now) : now), object);
    return apiVersion && then['kind'] === kind ? inRetired(then as KubeObject, apiVersion) : then;
  };
  if (Array.isArray(body['items'])) {
    const items = body['items'].map(read);
    return {...body, ...(apiVersion && named === `${kind}List` && {apiVersion}), items};
  }
  if (named === 'Table')
    return {...body, rows: body['rows'].map((row: Fields) => (row['object'] ? {...row, object: read(row['object'])} : row))};
  return body['metadata'] || named === 'APIResourceList' ? read(body) : body;
}

const refusalAsOf = (changes: readonly Change[], {info, request, kind}: Walk, status: Status): Status =>
  changes.reduce((now, {refusal}) => refusal?.(now, {info, request, kind}) ?? now, status);
