/** Addresses and CIDR blocks of both families, parsed and printed as Go's net package does. upstream: net.IP, k8s.io/utils/net */

export interface Ip {
  readonly family: 4 | 6;
  readonly value: bigint;
}

export interface Cidr {
  readonly family: 4 | 6;
  /** The network address. */
  readonly base: bigint;
  readonly prefix: number;
}

const WIDTH = {4: 32, 6: 128} as const;
const MAPPED = 0xffffn << 32n;

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

const parseV4 = (text: string): bigint | undefined => {
  const parts = V4.exec(text)?.slice(1).map(Number);
  return parts?.every(part => part < 256) ? BigInt(parts.reduce((value, part) => value * 256 + part, 0)) : undefined;
};

const parseV6 = (text: string): bigint | undefined => {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string): string[] | undefined => {
    if (half === '') return [];
    const list = half.split(':');
    const last = list.at(-1)!;
    if (!last.includes('.')) return list;
    const v4 = parseV4(last);
    return v4 === undefined ? undefined : [...list.slice(0, -1), (v4 >> 16n).toString(16), (v4 & 0xffffn).toString(16)];
  };
  const [head, tail] = [groups(halves[0]!), groups(halves[1] ?? '')];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!all.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
};

/** Parses an address of either family (leading zeros allowed, IPv4-mapped IPv6 is IPv4); undefined when it is none. */
export function parseIp(text: string): Ip | undefined {
  if (!text.includes(':')) {
    const value = parseV4(text);
    return value === undefined ? undefined : {family: 4, value};
  }
  const value = parseV6(text);
  if (value === undefined) return undefined;
  return value >> 32n === MAPPED >> 32n ? {family: 4, value: value & 0xffffffffn} : {family: 6, value};
}

const formatV6 = (value: bigint): string => {
  const groups = Array.from({length: 8}, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn));
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (groups[i + n] === 0) n++;
    if (n > length) [start, length] = [i, n];
  }
  const text = (list: number[]): string => list.map(group => group.toString(16)).join(':');
  return start < 0 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
};

/** The canonical text: dotted for IPv4, RFC 5952 for IPv6. */
export const formatIp = ({family, value}: Ip): string =>
  family === 4 ? [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 255n).join('.') : formatV6(value);

/** The canonical text of an address given as text, or undefined. */
export const canonicalIp = (text: string): string | undefined => {
  const ip = parseIp(text);
  return ip && formatIp(ip);
};

/** Whether a text is an IPv6 address. */
export const isIpv6 = (text: string): boolean => parseIp(text)?.family === 6;

/** Parses `address/prefix`; host bits are cleared. undefined when it is none. */
export function parseCidr(text: string): Cidr | undefined {
  const [address, length, ...rest] = text.split('/');
  const ip = parseIp(address!);
  if (!ip || rest.length || !length || !/^\d{1,3}$/.test(length) || Number(length) > WIDTH[ip.family]) return undefined;
  const prefix = Number(length);
  const host = BigInt(WIDTH[ip.family] - prefix);
  return {family: ip.family, base: (ip.value >> host) << host, prefix};
}

/** How many addresses a block has. */
export const cidrSize = ({family, prefix}: Cidr): bigint => 1n << BigInt(WIDTH[family] - prefix);

/** The address at an offset from the network address. */
export const addressAt = (cidr: Cidr, offset: bigint): Ip => ({family: cidr.family, value: cidr.base + offset});

/** `10.244.0.0/16`, from its first address. */
export const formatCidr = (cidr: Cidr): string => `${formatIp(addressAt(cidr, 0n))}/${cidr.prefix}`;

/** Whether an address lies in a block. */
export const cidrHas = (cidr: Cidr, ip: Ip): boolean =>
  cidr.family === ip.family && ip.value >= cidr.base && ip.value < cidr.base + cidrSize(cidr);

/** Whether an address lies in a block, both as text; false when one of them is malformed. */
export const inCidr = (address: string, block: string): boolean => {
  const [ip, cidr] = [parseIp(address), parseCidr(block)];
  return ip !== undefined && cidr !== undefined && cidrHas(cidr, ip);
};

/** `host:port`, with brackets round an IPv6 host. upstream: net.JoinHostPort */
export const joinHostPort = (host: string, port: number | string): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** The two halves of `host:port`. */
export function splitHostPort(text: string): {host: string; port: number} {
  const at = text.lastIndexOf(':');
  return {host: text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(at + 1))};
}
