/** A request off the wire as the cluster takes it. Whatever is wrong with it is refused with a Status before the cluster hears of it. */
import type {IncomingMessage} from 'node:http';
import type {TLSSocket} from 'node:tls';
import * as status from '../engine/api/status.ts';
import {ApiError} from '../engine/api/types.ts';
import type {ApiRequest} from '../engine/apiserver/request.ts';
import type {Query} from '../engine/apiserver/request-info.ts';
import type {Identities} from './identities.ts';
import {decodeProtobuf, PROTOBUF, ProtobufError} from './protobuf/decode.ts';

/** Names by which this server may be called: what another page's script could make a browser send names another host. */
const HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/i;

/** Headers of which each value counts. */
const REPEATED = /^impersonate-/;

/** A request without its body, and who sends it. Throws ApiError. */
export function readHead(message: IncomingMessage, identities: Identities): ApiRequest {
  const {host = ''} = message.headers;
  if (!HOST.test(host))
    throw refusal(403, 'Forbidden', `this server is not ${JSON.stringify(host.slice(0, 100))}; it is called 127.0.0.1 or localhost`);
  const {path, query} = readUrl(message.url ?? '/');
  const headers: Record<string, string | readonly string[] | undefined> = {...message.headers};
  for (const [name, values] of Object.entries(message.headersDistinct)) if (REPEATED.test(name)) headers[name] = values;
  return {
    method: message.method ?? 'GET',
    path,
    query,
    ...identities.credentials(message.socket as TLSSocket, headers),
    client: clientOf(message),
  };
}

/** For the journal: `kubectl`, `k9s`, ... */
const clientOf = ({headers}: IncomingMessage): string => /^[\w.-]{1,40}/.exec(headers['user-agent'] ?? '')?.[0] ?? 'http';

function readUrl(text: string): {path: string; query: Query} {
  try {
    const url = new URL(text, 'https://127.0.0.1');
    const query: Record<string, string | string[]> = {};
    for (const name of new Set(url.searchParams.keys())) {
      const values = url.searchParams.getAll(name);
      query[name] = values.length > 1 ? values : values[0]!;
    }
    return {path: decodeURIComponent(url.pathname), query};
  } catch {
    throw status.badRequest('the path of the request cannot be read');
  }
}

/** Reads the body, at most as much as the API server takes. Throws ApiError 400, 413; rejects when the client goes away. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => status.requestEntityTooLarge(`limit is ${status.BODY_LIMIT}`);
  if (Number(message.headers['content-length'] ?? 0) > status.BODY_LIMIT) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > status.BODY_LIMIT) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const BRINGS_A_BODY = new Set(['POST', 'PUT', 'PATCH']);

/** The request with its body: text as it came, protobuf as the object it means. Throws ApiError 400. */
export function withBody(request: ApiRequest, body: Buffer): ApiRequest {
  // Who writes and brings nothing is told so; a DELETE need not bring options.
  if (body.length === 0) return BRINGS_A_BODY.has(request.method) ? {...request, body: ''} : request;
  if (!String(request.headers?.['content-type'] ?? '').startsWith(PROTOBUF)) return {...request, body: body.toString('utf8')};
  try {
    return {...request, headers: {...request.headers, 'content-type': 'application/json'}, body: decodeProtobuf(body)};
  } catch (error) {
    if (error instanceof ProtobufError) throw status.badRequest(error.message);
    throw error;
  }
}

/** A refusal for which the API server has no words of its own. */
const refusal = (code: number, reason: string, message: string): ApiError =>
  new ApiError({kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code});
