/** The stub resolver in every container: which questions a name becomes. resolv.conf(5), glibc res_search */
import type {DnsConfig} from '../../api/resolv-conf.ts';
import {absolute, type DnsRecord, type Question, type RecordType, type Reply} from './message.ts';

/** What becomes of a question on the way: an answer, silence, or an ICMP error. */
export type Response = Reply | {readonly rcode: 'TIMEOUT' | 'CONNREFUSED'; readonly answers: readonly []};

/** A question as it was sent, and what came back. */
export interface Query extends Question {
  readonly server: string;
  readonly response: Response;
}

export interface Resolution {
  readonly queries: readonly Query[];
  readonly records: readonly DnsRecord[];
  /** As getaddrinfo reports it. */
  readonly error?: 'Name or service not known' | 'Temporary failure in name resolution' | 'No address associated with hostname';
  /** How long the caller waited for silent servers. */
  readonly waitedMs: number;
}

const DEFAULT_NDOTS = 1;
const DEFAULT_TIMEOUT_SECONDS = 5;
const DEFAULT_ATTEMPTS = 2;
const MAX_SERVERS = 3;

const option = ({options}: DnsConfig, name: string, fallback: number): number => {
  const value = options.find(text => text.startsWith(`${name}:`))?.slice(name.length + 1);
  return value === undefined || Number.isNaN(Number(value)) ? fallback : Number(value);
};

/** The absolute names that are tried, in order. A name with at least `ndots` dots is tried as it stands first; a final dot forbids searching. */
export function searchNames(name: string, config: DnsConfig): string[] {
  if (name.endsWith('.')) return [name];
  const searched = config.searches.map(domain => absolute(domain === '.' ? name : `${name}.${domain}`));
  const dots = name.split('.').length - 1;
  const bare = absolute(name);
  return [...new Set(dots >= option(config, 'ndots', DEFAULT_NDOTS) ? [bare, ...searched] : [...searched, bare])];
}

/** One question put to the servers in turn, as often as `attempts` allows. */
function askAll(question: Question, config: DnsConfig, ask: (server: string, question: Question) => Response, queries: Query[]): Response {
  let last: Response = {rcode: 'CONNREFUSED', answers: []};
  for (let attempt = 0; attempt < option(config, 'attempts', DEFAULT_ATTEMPTS); attempt++)
    for (const server of config.servers.slice(0, MAX_SERVERS)) {
      last = ask(server, question);
      queries.push({...question, server, response: last});
      if (last.rcode === 'NOERROR' || last.rcode === 'NXDOMAIN') return last;
    }
  return last;
}

/**
 * Looks a name up. Every name of the search list costs one question a type; the first that has an answer ends the search, so does a server that cannot be reached.
 */
export function resolve(
  name: string,
  types: readonly RecordType[],
  config: DnsConfig,
  ask: (server: string, question: Question) => Response,
): Resolution {
  const queries: Query[] = [];
  const timeoutMs = option(config, 'timeout', DEFAULT_TIMEOUT_SECONDS) * 1000;
  const result = (records: readonly DnsRecord[], error?: Resolution['error']): Resolution => ({
    queries,
    records,
    ...(error ? {error} : {}),
    waitedMs: queries.filter(query => query.response.rcode === 'TIMEOUT').length * timeoutMs,
  });
  let exists = false;
  for (const candidate of searchNames(name, config)) {
    const responses = types.map(type => askAll({name: candidate, type}, config, ask, queries));
    const records = responses.flatMap(response => response.answers);
    if (records.length) return result(records);
    if (responses.some(response => response.rcode === 'TIMEOUT' || response.rcode === 'CONNREFUSED'))
      return result([], 'Temporary failure in name resolution');
    exists ||= responses.some(response => response.rcode === 'NOERROR');
  }
  return result([], exists ? 'No address associated with hostname' : 'Name or service not known');
}
