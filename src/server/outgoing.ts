/** The cluster's answer on the wire. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/writers.go */

import {createHash, randomUUID} from 'node:crypto';
import type {ServerResponse} from 'node:http';
import {gzip} from 'node:zlib';
import {stringify} from 'yaml';
import * as status from '../engine/api/status.ts';
import {ApiError} from '../engine/api/types.ts';
import type {Swagger} from '../engine/apiserver/openapi-v2.ts';
import type {ApiRequest, ApiResponse} from '../engine/apiserver/request.ts';
import {firstOf} from '../engine/apiserver/request-info.ts';
import {encodeSwagger, SWAGGER_PROTOBUF} from './protobuf/encode-swagger.ts';

/** Smaller answers are not worth compressing. upstream: responsewriters defaultGzipThresholdBytes */
const GZIP_FROM = 128 * 1024;

/** What clients keep and ask again for with If-None-Match: discovery and the API's description. */
const KEPT = /^\/(api|apis|openapi\/v2|openapi\/v3(\/.*)?)$/;
const SERVED_TYPES = ['application/json', 'application/yaml'];

/** As a refusal goes over the wire. */
export const refused = (error: ApiError): ApiResponse => ({
  code: error.code,
  headers: {'content-type': 'application/json'},
  body: error.status,
});

/** Whether a client that accepts this can be answered at all. */
function acceptable(accept: string): boolean {
  if (accept.trim() === '') return true;
  return accept.split(',').some(choice => /^\s*(\*\/\*|application\/(\*|json|yaml))\s*(;|$)/.test(choice));
}

/** Header values hold no characters but Latin ones; what a warning says in others is escaped. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What Go calls bytes to which the server has given no type, as to these: an at sign may not stand in one. */
const SNIFFED = 'application/octet-stream';

interface Encoded {
  readonly text: string | Uint8Array;
  readonly type: string;
}

/** The body in the form the client likes best. Throws ApiError 406. */
function encode(request: ApiRequest, {code, body, headers}: ApiResponse): Encoded {
  const type = firstOf(headers['content-type']);
  if (typeof body === 'string') return {text: body, type: type || 'text/plain; charset=utf-8'};
  const accept = firstOf(request.headers?.['accept']);
  if (code === 200 && request.path === '/openapi/v2' && accept.includes(SWAGGER_PROTOBUF))
    return {text: encodeSwagger(body as Swagger), type: SNIFFED};
  if (!acceptable(accept)) throw status.notAcceptable(SERVED_TYPES);
  if (/^\s*application\/yaml/.test(accept)) return {text: stringify(body), type: 'application/yaml'};
  return {text: `${JSON.stringify(body)}\n`, type: type || 'application/json'};
}

/** Sends an answer: complete, with its length; compressed or left out where the client knows how to do with that. */
export function respond(out: ServerResponse, request: ApiRequest, response: ApiResponse): void {
  if (out.destroyed || out.headersSent) return;
  let {code} = response;
  let encoded: Encoded;
  try {
    encoded = encode(request, response);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    code = error.code;
    encoded = {text: `${JSON.stringify(error.status)}\n`, type: 'application/json'};
  }
  out.statusCode = code;
  out.setHeader('Audit-Id', randomUUID());
  out.setHeader('Cache-Control', 'no-cache, private');
  for (const [name, value] of Object.entries(response.headers)) out.setHeader(name, [value].flat().map(headerText));
  out.setHeader('Content-Type', encoded.type);
  const retry = (response.body as {details?: {retryAfterSeconds?: number}} | undefined)?.details?.retryAfterSeconds;
  if (retry && code >= 400) out.setHeader('Retry-After', String(retry));
  const bytes = Buffer.from(encoded.text);
  if (code === 200 && KEPT.test(request.path)) {
    const etag = `"${createHash('sha256').update(bytes).digest('hex').toUpperCase()}"`;
    out.setHeader('ETag', etag);
    out.setHeader('Vary', 'Accept');
    if (firstOf(request.query?.['hash'])) out.setHeader('Cache-Control', 'public, immutable');
    if (firstOf(request.headers?.['if-none-match']).includes(etag)) {
      out.statusCode = 304;
      out.end();
      return;
    }
  }
  const compress = bytes.length > GZIP_FROM && /\bgzip\b/.test(firstOf(request.headers?.['accept-encoding']));
  if (!compress) return finish(out, request, bytes);
  gzip(bytes, {level: 1}, (error, packed) => {
    if (!error) out.setHeader('Content-Encoding', 'gzip');
    finish(out, request, error ? bytes : packed);
  });
}

function finish(out: ServerResponse, {method}: ApiRequest, bytes: Buffer): void {
  if (out.destroyed) return;
  out.setHeader('Content-Length', bytes.length);
  out.end(method === 'HEAD' ? undefined : bytes);
}
