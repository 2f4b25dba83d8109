/** What -v=6 and more show of requests. upstream: staging/src/k8s.io/client-go/transport/round_trippers.go */

import {compactJson} from '../engine/api/go-json.ts';
import {stderr} from './effects.ts';
import {klogPrefix} from './text/go-time.ts';
import type {ApiRequest, ApiResponse, Effects} from './types.ts';

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const url = ({server, path, query}: ApiRequest): string => {
  const text = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => [value].flat().map((v): [string, string] => [name, v as string])),
  ).toString();
  return `${server}${path}${text ? `?${text}` : ''}`;
};

const HIDDEN = new Set(['authorization']);

const headerLines = (headers: Readonly<Record<string, string | readonly string[]>>): string =>
  Object.entries(headers)
    .map(
      ([name, value]) => `\t${name.replace(/(^|-)\w/g, c => c.toUpperCase())}: ${HIDDEN.has(name) ? 'Bearer <masked>' : String(value)}\n`,
    )
    .sort()
    .join('');

export function* logRequest(request: ApiRequest, verbosity: number, now: number): Effects<void> {
  if (verbosity < 7) return;
  if (verbosity >= 8 && request.body !== undefined)
    yield* stderr(`${klogPrefix(now, 'request.go:1332')}"Request Body" body=${JSON.stringify(compactJson(request.body))}\n`);
  yield* stderr(
    `${klogPrefix(now, 'round_trippers.go:527')}"Request" verb="${request.method}" url="${url(request)}" headers=<\n${headerLines(request.headers)} >\n`,
  );
}

export function* logResponse(request: ApiRequest, response: ApiResponse, verbosity: number, now: number): Effects<void> {
  if (verbosity < 6) return;
  const status = `${response.code} ${STATUS_TEXTS[response.code] ?? ''}`.trim();
  const headers = verbosity >= 8 ? ` headers=<\n${headerLines(response.headers)} >` : '';
  yield* stderr(
    `${klogPrefix(now, 'round_trippers.go:632')}"Response" verb="${request.method}" url="${url(request)}" status="${status}"${headers} milliseconds=1\n`,
  );
  if (verbosity < 8) return;
  const body = typeof response.body === 'string' ? response.body : compactJson(response.body);
  const cut = verbosity >= 10 || body.length <= 1024 ? body : `${body.slice(0, 1024)} [truncated ${body.length - 1024} chars]`;
  yield* stderr(`${klogPrefix(now, 'request.go:1332')}"Response Body" body=${JSON.stringify(cut)}\n`);
}
