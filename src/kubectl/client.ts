/** Requests under one identity. upstream: staging/src/k8s.io/client-go/rest, staging/src/k8s.io/cli-runtime/pkg/resource/helper.go */

import type {Kind} from '../engine/api/kinds.ts';
import {pathOf as pathOfObject} from '../engine/api/paths.ts';
import {RELEASE} from '../engine/api/release.ts';
import {ApiError, type Json, type KubeObject, type Status} from '../engine/api/types.ts';
import type {ManifestText} from '../engine/apiserver/request.ts';
import {request, stderr} from './effects.ts';
import {ConnectionFailure} from './failure.ts';
import type {Flags} from './flags.ts';
import type {ClientConfig} from './kubeconfig.ts';
import {logRequest, logResponse} from './request-log.ts';
import type {ApiRequest, ApiResponse, Effects} from './types.ts';

/** Asks for a list as the server's own table. */
export const TABLE_ACCEPT =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
const JSON_ACCEPT = 'application/json';

export type Method = ApiRequest['method'];

export interface SendOptions {
  query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  body?: unknown;
  contentType?: string;
  accept?: string;
  /** The text that the body was read from. */
  manifest?: ManifestText | undefined;
}

export interface Place {
  kind: Kind;
  namespace: string;
  name?: string;
  subresource?: string;
  /** Where it is not the preferred one. */
  version?: string;
}

/** `/apis/apps/v1/namespaces/default/deployments/web/scale` */
export function pathOf({kind, namespace, name, subresource, version = kind.version}: Place): string {
  return pathOfObject({...kind, version}, namespace, name, subresource);
}

const COULD_NOT_FIND = 'the server could not find the requested resource';

const REASONS: Readonly<Record<number, [reason: string, message: string]>> = {
  400: ['BadRequest', 'the server rejected our request for an unknown reason'],
  401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
  403: ['Forbidden', 'the server has forbidden the client to perform this action'],
  404: ['NotFound', COULD_NOT_FIND],
  405: ['MethodNotAllowed', 'the server does not allow this method on the requested resource'],
  406: ['NotAcceptable', 'the server was unable to respond with a content type that the client supports'],
  409: ['Conflict', 'the server reported a conflict'],
  415: ['UnsupportedMediaType', 'the server was unable to process the request body'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
};

const isStatus = (body: unknown): body is Status => typeof body === 'object' && body !== null && (body as Status).kind === 'Status';

/** A refusal without a Status is given one. upstream: api/errors NewGenericServerResponse */
function refusal(response: ApiResponse): ApiError {
  if (isStatus(response.body)) return new ApiError({...response.body, code: response.code});
  const [reason, generic] = REASONS[response.code] ?? [
    'InternalError',
    `an error on the server ("${String(response.body).trim()}") has prevented the request from succeeding`,
  ];
  return new ApiError({kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: generic, reason, code: response.code});
}

function connectionFailure(server: string, why: string): ConnectionFailure {
  const host = server.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
  if (why.includes('connection refused'))
    return new ConnectionFailure(`The connection to the server ${host} was refused - did you specify the right host or port?`);
  return new ConnectionFailure(`Unable to connect to the server: ${why}`);
}

export interface Client {
  readonly config: ClientConfig;
  /** The answer as it came. Throws ConnectionFailure. */
  raw(method: Method, path: string, options?: SendOptions): Effects<ApiResponse>;
  /** The answer's body. Throws ApiError for a refusal. */
  send<T = KubeObject>(method: Method, path: string, options?: SendOptions): Effects<T>;
  get<T = KubeObject>(place: Place, options?: SendOptions): Effects<T>;
  create<T = KubeObject>(place: Place, object: unknown, options?: SendOptions): Effects<T>;
  replace<T = KubeObject>(place: Place, object: unknown, options?: SendOptions): Effects<T>;
  patch<T = KubeObject>(place: Place, type: PatchType, patch: unknown, options?: SendOptions): Effects<T>;
  remove<T = KubeObject>(place: Place, body: unknown, options?: SendOptions): Effects<T>;
  /** A Table, where the server makes one. */
  table<T>(place: Place, query?: SendOptions['query']): Effects<T>;
}

export type PatchType = 'strategic' | 'merge' | 'json' | 'apply';

export const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

const list = (header: string | readonly string[] | undefined): readonly string[] =>
  header === undefined ? [] : typeof header === 'string' ? [header] : header;

/** The warnings of a response: `299 - "text"`. */
const warningsOf = (response: ApiResponse): string[] =>
  list(response.headers['warning']).map(text => {
    const quoted = /^\d{3} \S+ (".*")/s.exec(text)?.[1];
    try {
      return quoted ? (JSON.parse(quoted) as string) : text;
    } catch {
      return text;
    }
  });

function impersonation(flags: Flags): Record<string, string | readonly string[]> {
  const extra = flags.list('as-user-extra').map((pair): [string, string] => {
    const [key = '', value = ''] = pair.split(/=(.*)/s);
    return [`impersonate-extra-${key.toLowerCase()}`, value];
  });
  return {
    ...(flags.string('as') && {'impersonate-user': flags.string('as')}),
    ...(flags.list('as-group').length > 0 && {'impersonate-group': flags.list('as-group')}),
    ...(flags.string('as-uid') && {'impersonate-uid': flags.string('as-uid')}),
    ...Object.fromEntries(extra),
  };
}

/** A list whose members do not say what they are says it for them. upstream: apimachinery/pkg/apis/meta/v1/unstructured/helpers.go decodeToList */
function membersTyped(body: unknown): unknown {
  const {kind, apiVersion, items} = (body ?? {}) as {kind?: string; apiVersion?: string; items?: KubeObject[]};
  if (!Array.isArray(items) || !kind?.endsWith('List')) return body;
  return {...(body as object), items: items.map(item => (item.kind ? item : {...item, apiVersion, kind: kind.slice(0, -'List'.length)}))};
}

/** A client for one run of a command. Warnings are printed once each; with -v, requests are logged. */
export function createClient(config: ClientConfig, flags: Flags, commandPath: string, now: () => number): Client {
  const warned = new Set<string>();
  const common = {
    'user-agent': `kubectl/${RELEASE.gitVersion} (${RELEASE.platform}) kubernetes/${RELEASE.gitCommit.slice(0, 7)}`,
    'kubectl-command': commandPath,
    ...(config.credentials.token && {authorization: `Bearer ${config.credentials.token}`}),
    ...impersonation(flags),
  };
  const client: Client = {
    config,
    *raw(method, path, {query = {}, body, contentType, accept = JSON_ACCEPT, manifest} = {}) {
      const wanted: ApiRequest = {
        method,
        server: config.server,
        path,
        query: Object.fromEntries(
          Object.entries(query).filter((entry): entry is [string, string | readonly string[]] => Boolean(entry[1])),
        ),
        headers: {accept, ...(body !== undefined && {'content-type': contentType ?? 'application/json'}), ...common},
        ...(body !== undefined && {body: body as Json}),
        credentials: config.credentials,
        trusts: config.trusts,
        ...(manifest && {manifest}),
      };
      yield* logRequest(wanted, flags.int('v'), now());
      const response = yield* request(wanted);
      if (response.code === 0) throw connectionFailure(config.server, String(response.body));
      yield* logResponse(wanted, response, flags.int('v'), now());
      for (const warning of warningsOf(response)) {
        if (warned.has(warning)) continue;
        warned.add(warning);
        yield* stderr(`Warning: ${warning}\n`);
      }
      return response;
    },
    *send<T>(method: Method, path: string, options?: SendOptions) {
      const response = yield* client.raw(method, path, options);
      if (response.code >= 400) throw refusal(response);
      return membersTyped(response.body) as T;
    },
    get: (place, options) => client.send('GET', pathOf(place), options),
    create: (place, object, options) => client.send('POST', pathOf(place), {...options, body: object}),
    replace: (place, object, options) => client.send('PUT', pathOf(place), {...options, body: object}),
    patch: (place, type, patch, options) => client.send('PATCH', pathOf(place), {...options, body: patch, contentType: PATCH_TYPES[type]}),
    remove: (place, body, options) => client.send('DELETE', pathOf(place), {...options, body}),
    table: (place, query) => client.send('GET', pathOf(place), {...(query && {query}), accept: TABLE_ACCEPT}),
  };
  return client;
}
