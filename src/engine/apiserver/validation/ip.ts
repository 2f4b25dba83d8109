/** Checks of addresses and CIDRs in objects. upstream: apimachinery/pkg/util/validation/ip.go, pkg/apis/core/validation ValidateNonSpecialIP */
import {goQuote, invalidValue} from '../../api/field-errors.ts';
import {type Cidr, canonicalIp, cidrHas, formatCidr, formatIp, isIpv6, parseCidr, parseIp} from '../../api/ip.ts';
import type {Errors} from './fields.ts';

export const INVALID_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const INVALID_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

const bothFamilies = (families: readonly (4 | 6 | undefined)[]): boolean => families.includes(4) && families.includes(6);

/** Whether there is one of each family among the addresses. */
export const isDualStackIPs = (texts: readonly string[]): boolean => bothFamilies(texts.map(t => parseIp(t)?.family));
export const isDualStackCIDRs = (texts: readonly string[]): boolean => bothFamilies(texts.map(t => parseCidr(t)?.family));

const LEADING_ZEROS = 'must not have leading 0s';
const MAPPED = 'must not be an IPv4-mapped IPv6 address';
const CIDR_LEADING_ZEROS = 'must not have leading 0s in IP or prefix length';
const CIDR_MAPPED = 'must not have an IPv4-mapped IPv6 address';
const HOST_BITS = 'must not have bits set beyond the prefix length';

const hasLeadingZeros = (text: string): boolean => /(?:^|[:.])0\d{1,2}\.|\.0\d{1,2}$/.test(text);

/** What parses, but not everywhere to the same address; refused since v1.36 (StrictIPCIDRValidation). upstream: parseIP */
function ipProblem(text: string): string | undefined {
  const ip = parseIp(text);
  if (!ip) return INVALID_IP;
  if (hasLeadingZeros(text)) return LEADING_ZEROS;
  return ip.family === 4 && text.includes(':') ? MAPPED : undefined;
}

/** upstream: parseCIDR */
function cidrProblem(text: string): string | undefined {
  const cidr = parseCidr(text);
  if (!cidr) return INVALID_CIDR;
  const [address = '', length = ''] = text.split('/');
  if (hasLeadingZeros(address) || /^0\d/.test(length)) return CIDR_LEADING_ZEROS;
  if (cidr.family === 4 && address.includes(':')) return CIDR_MAPPED;
  return parseIp(address)!.value === cidr.base ? undefined : HOST_BITS;
}

/** Returns whether it is one. */
export function validateIP(errors: Errors, value: string, path: string): boolean {
  const problem = ipProblem(value);
  if (problem) errors.push(invalidValue(path, value, problem));
  return problem === undefined;
}

/** Returns whether it is one. */
export function validateCIDR(errors: Errors, value: string, path: string): boolean {
  const problem = cidrProblem(value);
  if (problem) errors.push(invalidValue(path, value, problem));
  return problem === undefined;
}

/** For the fields that came after the rule: only one way to write each block. upstream: IsValidCIDR */
export function validateCanonicalCIDR(errors: Errors, value: string, path: string): void {
  if (!validateCIDR(errors, value, path)) return;
  const canonical = formatCidr(parseCidr(value)!);
  if (canonical !== value) errors.push(invalidValue(path, value, `must be in canonical form (${goQuote(canonical)})`));
}

const STRICT: readonly string[] = [LEADING_ZEROS, MAPPED, CIDR_LEADING_ZEROS, CIDR_MAPPED, HOST_BITS];

/** Whether an error's words refuse what could be read in two ways, which was let in before v1.36. */
export const refusesAmbiguity = (body: string): boolean => STRICT.some(problem => body.endsWith(problem));

/** All texts of an object; lists in a text (annotations have them) count by their members. */
function* textsOf(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield* value.split(',').map(part => part.trim());
  else if (value && typeof value === 'object') for (const part of Object.values(value)) yield* textsOf(part);
}

/** What is left of the errors of an update: an address that stood in the object before may stay as it is. */
export function withoutOldAddresses(errors: Errors, old: unknown): Errors {
  if (!errors.some(({body}) => refusesAmbiguity(body))) return errors;
  const kept = new Set<string>();
  for (const text of textsOf(old))
    for (const problem of [ipProblem(text), cidrProblem(text)])
      if (problem && STRICT.includes(problem)) kept.add(invalidValue('', text, problem).body);
  return errors.filter(({body}) => !kept.has(body));
}

const blocks = (...texts: readonly string[]): Cidr[] => texts.map(text => parseCidr(text)!);

/** Addresses that make no sense as an endpoint. */
const SPECIAL: readonly {blocks: readonly Cidr[]; message(text: string): string}[] = [
  {blocks: blocks('0.0.0.0/32', '::/128'), message: text => `may not be unspecified (${text})`},
  {blocks: blocks('127.0.0.0/8', '::1/128'), message: () => 'may not be in the loopback range (127.0.0.0/8, ::1/128)'},
  {blocks: blocks('169.254.0.0/16', 'fe80::/10'), message: () => 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'},
  {blocks: blocks('224.0.0.0/24', 'ff02::/16'), message: () => 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'},
];

export function validateNonSpecialIP(errors: Errors, value: string, path: string): void {
  const ip = parseIp(value);
  if (!ip) errors.push(invalidValue(path, value, 'must be a valid IP address'));
  else
    for (const {blocks, message} of SPECIAL)
      if (blocks.some(block => cidrHas(block, ip))) errors.push(invalidValue(path, value, message(value)));
}

/** What a client is warned of, as a list of none or one. upstream: apimachinery/pkg/util/validation GetWarningsForIP */
export function warningsForIP(value: string, path: string): string[] {
  const ip = parseIp(value);
  const canonical = canonicalIp(value);
  if (!ip || canonical === value) return [];
  if (!isIpv6(value))
    return [`${path}: non-standard IP address "${value}" will be considered invalid in a future Kubernetes release: use "${canonical}"`];
  return [`${path}: IPv6 address "${value}" should be in RFC 5952 canonical format ("${canonical}")`];
}

/** upstream: GetWarningsForCIDR */
export function warningsForCIDR(value: string, path: string): string[] {
  const cidr = parseCidr(value);
  const ip = parseIp(value.split('/')[0]!);
  if (!cidr || !ip) return [];
  const canonical = formatCidr(cidr);
  if (ip.value !== cidr.base)
    return [
      `${path}: CIDR value "${value}" is ambiguous in this context (should be "${canonical}" or "${formatIp(ip)}/${ip.family === 4 ? 32 : 128}"?)`,
    ];
  if (canonical === value) return [];
  return ip.family === 6
    ? [`${path}: IPv6 CIDR value "${value}" should be in RFC 5952 canonical format ("${canonical}")`]
    : [`${path}: non-standard CIDR value "${value}" will be considered invalid in a future Kubernetes release: use "${canonical}"`];
}
