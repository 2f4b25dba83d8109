/** IP addresses and their blocks. upstream: apiserver/pkg/cel/library/{ip,cidr}.go, pkg/cel/{ip,cidr}.go; Go's net/netip */

import {goQuote} from '../../../api/field-errors.ts';
import {addressAt, type Cidr, cidrHas, formatIp, type Ip, parseCidr, parseIp} from '../../../api/ip.ts';
import {CelError, Opaque} from '../values.ts';
import type {Implementations} from './types.ts';

const BYTES = {4: 4, 6: 16} as const;

export class CelIp extends Opaque {
  readonly typeName = 'net.IP';
  readonly ip: Ip;
  override readonly size: number;
  constructor(ip: Ip) {
    super();
    this.ip = ip;
    this.size = BYTES[ip.family];
  }
  equals({ip}: this): boolean {
    return this.ip.family === ip.family && this.ip.value === ip.value;
  }
  override toString(): string {
    return formatIp(this.ip);
  }
}

/** The address as it is written: it may have bits beyond those that the block is told by. */
export class CelCidr extends Opaque {
  readonly typeName = 'net.CIDR';
  readonly ip: Ip;
  readonly block: Cidr;
  override readonly size: number;
  constructor(ip: Ip, block: Cidr) {
    super();
    this.ip = ip;
    this.block = block;
    this.size = Math.ceil(block.prefix / 8);
  }
  equals({ip, block}: this): boolean {
    return this.ip.family === ip.family && this.ip.value === ip.value && this.block.prefix === block.prefix;
  }
  override toString(): string {
    return `${formatIp(this.ip)}/${this.block.prefix}`;
  }
}

/** Why Go's strict reader refuses an address; undefined: it does not. */
function addressProblem(text: string): string | undefined {
  const at = (why: string): string => `ParseAddr(${goQuote(text)}): ${why}`;
  if (/%/.test(text)) return `IP address ${goQuote(text)} with zone value is not allowed`;
  const fields = text.split('.');
  if (!text.includes(':') && fields.length === 4 && fields.every(field => /^\d+$/.test(field))) {
    if (fields.some(field => /^0\d/.test(field))) return at('IPv4 field has octet with leading zero');
    if (fields.some(field => Number(field) > 255)) return at('IPv4 field has value >255');
  }
  if (!parseIp(text)) return at(/^\d+(\.\d+){1,2}$/.test(text) ? 'IPv4 address too short' : 'unable to parse IP');
  return text.includes(':') && parseIp(text)!.family === 4 ? `IPv4-mapped IPv6 address ${goQuote(text)} is not allowed` : undefined;
}

const NOT_PARSED = /^ParseAddr/;

function readIp(text: string): CelIp {
  const problem = addressProblem(text);
  if (!problem) return new CelIp(parseIp(text)!);
  throw new CelError(
    NOT_PARSED.test(problem) ? `IP Address ${goQuote(text)} parse error during conversion from string: ${problem}` : problem,
  );
}

function readCidr(text: string): CelCidr {
  const [address = ''] = text.split('/');
  const block = parseCidr(text);
  const problem = addressProblem(address);
  if (block && !problem && !/\/0\d/.test(text)) return new CelCidr(parseIp(address)!, block);
  if (problem && !NOT_PARSED.test(problem)) throw new CelError(problem);
  const why = !text.includes('/') ? "no '/'" : (problem ?? 'prefix length out of range');
  throw new CelError(`network address parse error during conversion from string: netip.ParsePrefix(${goQuote(text)}): ${why}`);
}

const can =
  (read: (text: string) => unknown) =>
  (text: string): boolean => {
    try {
      read(text);
      return true;
    } catch {
      return false;
    }
  };

/** Blocks of both families. */
const within =
  (...blocks: string[]) =>
  ({ip}: CelIp): boolean =>
    blocks.some(block => cidrHas(parseCidr(block)!, ip));
const UNSPECIFIED = within('0.0.0.0/32', '::/128');
const LOOPBACK = within('127.0.0.0/8', '::1/128');
const MULTICAST = within('224.0.0.0/4', 'ff00::/8');
const LINK_LOCAL = within('169.254.0.0/16', 'fe80::/10');
const BROADCAST = within('255.255.255.255/32');

const holdsBlock = ({block}: CelCidr, other: CelCidr): boolean => cidrHas(block, other.ip) && block.prefix <= other.block.prefix;

const IP = 'net.IP';
const CIDR = 'net.CIDR';

export const ADDRESSES: Implementations = {
  ip: {string: readIp, [CIDR]: ({ip}: CelCidr) => new CelIp(ip)},
  isIP: {string: can(readIp)},
  'ip.isCanonical': {string: (text: string) => readIp(text).toString() === text},
  family: {[IP]: ({ip}: CelIp) => BigInt(ip.family)},
  isUnspecified: {[IP]: UNSPECIFIED},
  isLoopback: {[IP]: LOOPBACK},
  isLinkLocalMulticast: {[IP]: within('224.0.0.0/24', 'ff02::/16')},
  isLinkLocalUnicast: {[IP]: LINK_LOCAL},
  isGlobalUnicast: {[IP]: (ip: CelIp) => ![UNSPECIFIED, LOOPBACK, MULTICAST, LINK_LOCAL, BROADCAST].some(holds => holds(ip))},

  cidr: {string: readCidr},
  isCIDR: {string: can(readCidr)},
  containsIP: {
    [`${CIDR},${IP}`]: ({block}: CelCidr, {ip}: CelIp) => cidrHas(block, ip),
    [`${CIDR},string`]: ({block}: CelCidr, text: string) => cidrHas(block, readIp(text).ip),
  },
  containsCIDR: {
    [`${CIDR},${CIDR}`]: holdsBlock,
    [`${CIDR},string`]: (cidr: CelCidr, text: string) => holdsBlock(cidr, readCidr(text)),
  },
  masked: {[CIDR]: ({block}: CelCidr) => new CelCidr(addressAt(block, 0n), block)},
  prefixLength: {[CIDR]: ({block}: CelCidr) => BigInt(block.prefix)},
  string: Object.fromEntries([IP, CIDR].map(type => [type, String])),
};
