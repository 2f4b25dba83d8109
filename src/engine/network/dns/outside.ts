/** The names beyond the cluster, as the node's own servers know them: every well-formed public name exists, at an address kept for documentation. */
import {sha256} from '../../api/sha256.ts';
import {NODATA, NXDOMAIN, type Question, type Reply} from './message.ts';

const TTL_SECONDS = 300;

/** RFC 6761, RFC 6762, RFC 8375, and ICANN's .internal: never delegated. */
const NOT_DELEGATED: readonly string[] = [
  'local',
  'localhost',
  'internal',
  'invalid',
  'test',
  'arpa',
  'cluster',
  'svc',
  'lan',
  'home',
  'corp',
];

/** RFC 5737 TEST-NET-3 and RFC 3849. */
const address = (name: string, type: 'A' | 'AAAA'): string => {
  const last = (sha256(name)[0]! % 254) + 1;
  return type === 'A' ? `203.0.113.${last}` : `2001:db8::${last.toString(16)}`;
};

/** What the world answers. */
export function outsideAnswer({name, type}: Question): Reply {
  const labels = name.toLowerCase().split('.').filter(Boolean);
  const valid = labels.length >= 2 && labels.every(label => /^[a-z0-9_]([a-z0-9-]*[a-z0-9])?$/.test(label));
  if (!valid || !/^[a-z]{2,}$/.test(labels.at(-1)!) || NOT_DELEGATED.includes(labels.at(-1)!)) return NXDOMAIN;
  if (type !== 'A' && type !== 'AAAA') return NODATA;
  return {rcode: 'NOERROR', answers: [{name, type, ttl: TTL_SECONDS, data: address(labels.join('.'), type)}]};
}
