/** One POST to an extender: the way there, and what can go wrong on it, in the words of Go's net/http. upstream: pkg/scheduler/extender.go send */
import type {Dialled, HttpResponse} from '../../api/cri.ts';
import {joinHostPort} from '../../api/ip.ts';
import {failure, type Status} from '../framework/status.ts';
import {decode, type Shape} from './answers.ts';
import type {Extender, Question} from './extender.ts';

/** Where a request goes. */
export interface Target {
  /** As in the URL: a name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly tls: boolean;
}

export const NO_SUCH_HOST = 'no such host';
/** The far end does not speak TLS. */
export const PLAIN_HTTP = 'http: server gave HTTP response to HTTPS client';

/** What came of it: an answer, what the operating system says of an address, or why it did not come to that. */
export type Posted = {readonly address: string; readonly dialled: Dialled<HttpResponse>} | typeof NO_SUCH_HOST | typeof PLAIN_HTTP;

/** The extenders of a running scheduler, and the way to them. */
export interface Extenders {
  readonly list: readonly Extender[];
  post(target: Target): Posted;
  /** Virtual milliseconds that were spent waiting for those that are silent. */
  waitedMs: number;
}

/** Extenders that are asked about one and the same moment: each question once. */
export function extendersAsked(list: readonly Extender[], post: Extenders['post']): Extenders {
  const known = new Map<string, Posted>();
  const once = (target: Target): Posted => {
    const key = JSON.stringify(target);
    let posted = known.get(key);
    if (!posted) known.set(key, (posted = post(target)));
    return posted;
  };
  return {list, post: once, waitedMs: 0};
}

/** Of a scheduler without any. */
export const NO_EXTENDERS: Extenders = {list: [], post: () => NO_SUCH_HOST, waitedMs: 0};

const REFUSED = 'connect: connection refused';
const NO_ROUTE = 'connect: no route to host';
const TIMED_OUT = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

const SCHEMES: Readonly<Record<string, number>> = {http: 80, https: 443};

/** The target of a URL, or why there is none. */
function targetOf(url: string): Target | string {
  const post = `Post "${url}"`;
  const colon = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url);
  if (!colon && /^[^/]*:/.test(url)) return `parse "${url}": first path segment in URL cannot contain colon`;
  const scheme = (colon?.[1] ?? '').toLowerCase();
  const port = SCHEMES[scheme];
  if (port === undefined) return `${post}: unsupported protocol scheme "${scheme}"`;
  const [, authority = '', path = '/'] = /^[^:]+:\/\/([^/?#]*)(.*)$/.exec(url) ?? [];
  const {six, name, given} = /^(?:.*@)?(?:\[(?<six>.*)\]|(?<name>[^:]*))(?::(?<given>\d*))?$/.exec(authority)?.groups ?? {};
  const host = six ?? name;
  if (!host) return `${post}: http: no Host in request URL`;
  return {host, port: given ? Number(given) : port, path, tls: scheme === 'https'};
}

/** Asks; the answer's text, or why there is none. */
function post(extenders: Extenders, extender: Extender, verb: string): {body: string} | {why: string} {
  const url = `${extender.name.replace(/\/+$/, '')}/${verb}`;
  const target = targetOf(url);
  if (typeof target === 'string') return {why: target};
  const failed = (why: string): {why: string} => ({why: `Post "${url}": ${why}`});
  const posted = extenders.post(target);
  if (posted === NO_SUCH_HOST) return failed(`dial tcp: lookup ${target.host}: ${NO_SUCH_HOST}`);
  if (posted === PLAIN_HTTP) return failed(PLAIN_HTTP);
  const {address, dialled} = posted;
  const dial = `dial tcp ${joinHostPort(address, target.port)}`;
  if ('ok' in dialled) {
    const {status, body} = dialled.ok;
    return status === 200 ? {body} : {why: `failed ${verb} with extender at URL ${url}, code ${status}`};
  }
  if (dialled.error === 'refused') return failed(`${dial}: ${REFUSED}`);
  extenders.waitedMs += Math.min(dialled.tookMs, extender.timeoutMs);
  return failed(dialled.error === 'timeout' || dialled.tookMs >= extender.timeoutMs ? TIMED_OUT : `${dial}: ${NO_ROUTE}`);
}

/** What the extender answers to a question it has a verb for; a Status where it does not. */
export function ask<T>(extenders: Extenders, extender: Extender, question: Question, shape: Shape): {answer: T} | {error: Status} {
  const posted = post(extenders, extender, extender.verbs[question]!);
  if ('why' in posted) return {error: failure(posted.why)};
  const decoded = decode(posted.body, shape);
  return 'why' in decoded ? {error: failure(decoded.why)} : {answer: decoded.value as T};
}
