/** Questions and answers of the domain name system, as far as a cluster asks them. RFC 1035 */

export type RecordType = 'A' | 'AAAA' | 'SRV' | 'PTR' | 'CNAME' | 'TXT';

export interface Question {
  /** Absolute: ends in a dot. */
  readonly name: string;
  readonly type: RecordType;
}

export interface DnsRecord extends Question {
  readonly ttl: number;
  /** As a zone file writes it. */
  readonly data: string;
}

export interface Reply {
  /** NOERROR without answers says: the name exists, this type of it does not. */
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  readonly answers: readonly DnsRecord[];
}

export const NXDOMAIN: Reply = {rcode: 'NXDOMAIN', answers: []};
export const NODATA: Reply = {rcode: 'NOERROR', answers: []};

export const absolute = (name: string): string => (name.endsWith('.') ? name : `${name}.`);

/** The address that a name under in-addr.arpa or ip6.arpa stands for, or undefined. */
export function reverseAddress(name: string): string | undefined {
  const v4 = /^((?:\d{1,3}\.){4})in-addr\.arpa\.$/.exec(name);
  if (v4) return v4[1]!.split('.').filter(Boolean).reverse().join('.');
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa\.$/.exec(name);
  if (!v6) return undefined;
  const digits = v6[1]!.split('.').filter(Boolean).reverse().join('');
  return digits.match(/.{4}/g)!.join(':');
}
