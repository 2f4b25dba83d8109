/** Addresses of pages. upstream: apiserver/pkg/cel/library/urls.go; Go's net/url ParseRequestURI */
import {goQuote} from '../../../api/field-errors.ts';
import {CelError, Opaque} from '../values.ts';
import {type Implementations, named} from './types.ts';

interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

class CelUrl extends Opaque {
  readonly typeName = 'kubernetes.URL';
  readonly text: string;
  readonly parts: Parts;
  constructor(text: string, parts: Parts) {
    super();
    this.text = text;
    this.parts = parts;
  }
  equals(other: this): boolean {
    return this.text === other.text;
  }
  override toString(): string {
    return this.text;
  }
}

const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2}).{0,2}/s;

/** The parts, or what is wrong. */
function parse(text: string): Parts | string {
  const refused = (why: string): string => `parse ${goQuote(text)}: ${why}`;
  if (/[\u0000-\u001f\u007f]/.test(text)) return refused('net/url: invalid control character in URL');
  if (text === '') return refused('empty url');
  if (text.startsWith(':')) return refused('missing protocol scheme');
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? '';
  const [rest = '', ...after] = (scheme ? text.slice(scheme.length + 1) : text).split('?');
  const query = after.join('?');
  if (!rest.startsWith('/')) return scheme ? {scheme: scheme.toLowerCase(), host: '', path: '', query} : refused('invalid URI for request');
  const [, authority = '', path = ''] = /^(?:\/\/([^/]*))?(.*)$/s.exec(rest)!;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const port = /^(?:\[[^\]]*\]|[^:]*)(:.*)?$/.exec(host)?.[1] ?? '';
  if (!/^(:\d*)?$/.test(port)) return refused(`invalid port ${goQuote(port)} after host`);
  if (/[ "<>\\^`{|}]/.test(host)) return refused(`invalid character ${goQuote(/[ "<>\\^`{|}]/.exec(host)![0])} in host name`);
  const unread = BAD_ESCAPE.exec(path)?.[0];
  if (unread) return refused(`invalid URL escape ${goQuote(unread)}`);
  return {scheme: scheme.toLowerCase(), host, path, query};
}

/** What Go says of a text that is no address, in a list; undefined: it is one. */
export function urlProblem(text: string): readonly string[] | undefined {
  const parts = parse(text);
  return typeof parts === 'string' ? [parts] : undefined;
}

function read(text: string): CelUrl {
  const parts = parse(text);
  if (typeof parts === 'string') throw new CelError(`URL parse error during conversion from string: ${parts}`);
  return new CelUrl(text, parts);
}

const HOST = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/;
const hostname = ({host}: Parts): string => {
  const [, bracketed, plain] = HOST.exec(host) ?? [];
  return bracketed ?? plain ?? host;
};

/** A query whose escapes cannot be read is left out. */
function queryOf({query}: Parts): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&').filter(Boolean)) {
    if (pair.includes(';') || BAD_ESCAPE.test(pair)) continue;
    const [name = '', ...value] = pair.split('=').map(part => decodeURIComponent(part.replaceAll('+', ' ')));
    values.set(name, [...(values.get(name) ?? []), value.join('=')]);
  }
  return values;
}

const ESCAPED = /[^A-Za-z0-9\-._~$&+,/:;=@!'()*%[\]]/gu;

const PARTS: Readonly<Record<string, (parts: Parts) => unknown>> = {
  getScheme: ({scheme}) => scheme,
  getHost: ({host}) => host,
  getHostname: hostname,
  getPort: ({host}) => HOST.exec(host)?.[3] ?? '',
  getEscapedPath: ({path}) => path.replace(ESCAPED, encodeURIComponent),
  getQuery: queryOf,
};

export const URLS: Implementations = {
  url: {string: read},
  isURL: {string: (text: string) => urlProblem(text) === undefined},
  ...named(Object.keys(PARTS).join(' '), name => ({'kubernetes.URL': ({parts}: CelUrl) => PARTS[name]!(parts)})),
};
