/**
 * An answer as a release of another year gave it: today's server answers, and what has changed since is turned back, newest change first, where a request comes in,
 * where an object has been validated, and where the answer goes out. Only who asks from outside sees it: the cluster's own programs are today's.
 */
import type {FieldError} from '../../api/field-errors.ts';
import {byGroupResource, parseApiVersion} from '../../api/kinds.ts';
import type {Json, KubeObject, Status} from '../../api/types.ts';
import type {ApiRequest, ApiResponse, Walk} from '../request.ts';
import {requestInfo} from '../request-info.ts';
import type {Fields} from '../validation/fields.ts';
import {CHANGES} from './changes.ts';
import {inRetired, receivedAsOf} from './manifest.ts';
import {isServed, SERVED, type Served} from './served.ts';
import type {ShownError, Validated} from './types.ts';

/** The changes since a minor release. */
const changesSince = (minor: number) => CHANGES.filter(({since}) => since > minor);

/** A request as today's server is to read it. */
export function asked(request: ApiRequest): ApiRequest {
  const {asOf} = request;
  if (!asOf) return request;
  const then = changesSince(asOf.minor).reduce((now, {request: take}) => take?.(now) ?? now, request);
  const row = retiredRow(then, asOf.minor);
  const received = withBody(
    then,
    object => receivedAsOf(asOf.minor, object, row?.apiVersion === object.apiVersion ? row : undefined).object,
  );
  if (!row) return received;
  const path = then.path.replace(prefixOf(row.apiVersion), prefixOf(row.now!));
  return {...received, path, asOf: {...asOf, apiVersion: row.apiVersion}};
}

const prefixOf = (apiVersion: string): string => `/apis/${apiVersion}/`;

/** The row of the retired version that a path names, if a release served it. */
function retiredRow({method, path, query}: ApiRequest, minor: number): Served | undefined {
  const candidates = SERVED.filter(row => row.now && isServed(row, minor) && path.startsWith(prefixOf(row.apiVersion)));
  if (candidates.length === 0) return undefined;
  const {resource} = requestInfo(method, path, query);
  return candidates.find(({kinds, now}) => kinds.includes(byGroupResource(parseApiVersion(now!).group, resource)?.kind ?? ''));
}

/** The request with its body as another object; as it is where the body is none. */
function withBody(request: ApiRequest, change: (object: KubeObject) => KubeObject): ApiRequest {
  if (request.method !== 'POST' && request.method !== 'PUT') return request;
  const object = objectOf(request.body);
  if (!object?.kind) return request;
  const changed = change(object);
  return JSON.stringify(changed) === JSON.stringify(object)
    ? request
    : {...request, body: typeof request.body === 'string' ? JSON.stringify(changed) : changed};
}

function objectOf(body: unknown): KubeObject | undefined {
  if (typeof body !== 'string') return (body ?? undefined) as KubeObject | undefined;
  try {
    return JSON.parse(body) as KubeObject;
  } catch {
    return undefined;
  }
}

/** What was wrong with an object, as a validator of then said it. */
export function errorsAsOf(
  {request, kind, info}: Walk,
  errors: readonly FieldError[],
  object: object,
  old?: object,
): readonly FieldError[] {
  const {asOf} = request;
  if (!asOf) return errors;
  const validated: Validated = {
    kind,
    verb: info.verb,
    object: object as Fields,
    old: old as Fields | undefined,
    written: path => (info.verb === 'create' || info.verb === 'update' ? partOf(objectOf(request.body), path) : undefined),
  };
  return changesSince(asOf.minor).reduce<readonly ShownError[]>((now, {error, more}) => {
    const kept = error ? now.flatMap(one => error(one, validated) ?? []) : now;
    return more ? [...kept, ...more(kept, validated)] : kept;
  }, errors);
}

const partOf = (object: unknown, path: string): unknown =>
  [...path.matchAll(/[^.[\]]+/g)].reduce<unknown>((part, [key]) => (part as Fields | undefined)?.[key], object);

/** An answer as it reads then. */
export function answered(walk: Walk, response: ApiResponse): ApiResponse {
  const {asOf} = walk.request;
  const {body} = response;
  if (!asOf || body === null || typeof body !== 'object') return response;
  return {...response, body: bodyAsOf(walk, body as Fields)};
}

function bodyAsOf(walk: Walk, body: Fields | readonly Fields[]): Json {
  const {minor, apiVersion} = walk.request.asOf!;
  const changes = changesSince(minor);
  const read = (object: Fields, kind: string = object['kind']): Fields => {
    const then = changes.reduce((now, {of, object: turn}) => (turn && (!of || of.includes(kind)) ? turn(now) : now), object);
    return apiVersion && then['apiVersion'] ? inRetired(then as KubeObject, apiVersion) : then;
  };
  if (Array.isArray(body)) return body.map(event => ({...event, object: read(event.object)})) as unknown as Json;
  const whole = body as Fields;
  if (whole['kind'] === 'Status') {
    const refused = {info: walk.info, request: walk.request, kind: walk.kind};
    return changes.reduce<Status>(
      (now, {refusal}) => (refusal && now.status === 'Failure' ? refusal(now, refused) : now),
      whole as Status,
    ) as unknown as Json;
  }
  if (!whole['metadata'] && whole['kind'] !== 'APIResourceList') return body as Json;
  const kind = /^(Table|PartialObjectMetadata)/.test(whole['kind']) ? walk.kind.kind : whole['kind'].replace(/List$/, '');
  const inside = (list: string, turn: (item: Fields) => Fields) => ({
    ...whole,
    ...(apiVersion && kind === whole['kind'].replace(/List$/, '') && {apiVersion}),
    [list]: whole[list].map(turn),
  });
  if (whole['items']) return inside('items', item => read(item, kind)) as unknown as Json;
  if (whole['rows']) return inside('rows', row => (row['object'] ? {...row, object: read(row['object'], kind)} : row)) as unknown as Json;
  return read(whole, kind) as Json;
}
