/** How the API server picks cluster IPs and node ports. upstream: pkg/registry/core/service/ipallocator, pkg/registry/core/service/portallocator */
import {addressAt, cidrHas, cidrSize, formatCidr, formatIp, parseCidr, parseIp} from '../api/ip.ts';

export const SERVICE_CIDR = '10.96.0.0/12';
const NODE_PORT_RANGE = {first: 30000, last: 32767} as const;

export const RANGE_FULL = 'range is full';
const IP_ALLOCATED = 'provided IP is already allocated';
const PORT_ALLOCATED = 'provided port is already allocated';

/**
 * A range is split in two bands: the lower one is kept for addresses that people choose, the upper one is drawn from first.
 * Size of the lower band: a share of the range, at least `min`, at most `max`; none in a range too small to split.
 */
const lowerBand = (size: number, {min, max, step}: {min: number; max: number; step: number}): number =>
  size <= min ? 0 : Math.min(Math.max(Math.floor(size / step), min), max);

/** The first free number of [first, last], searched upwards from a random one and round again. */
function scan(first: number, last: number, random: () => number, taken: (offset: number) => boolean): number | undefined {
  const size = last - first + 1;
  if (size <= 0) return undefined;
  const start = Math.floor(random() * size);
  for (let i = 0; i < size; i++) {
    const offset = first + ((start + i) % size);
    if (!taken(offset)) return offset;
  }
  return undefined;
}

/** The upper band first; the lower one when that is full. */
const draw = (first: number, last: number, band: number, random: () => number, taken: (offset: number) => boolean): number | undefined =>
  scan(first + band, last, random, taken) ?? scan(first, first + band - 1, random, taken);

/**
 * A free cluster IP of the service CIDR: `used` are the ones in use, `random` gives numbers in [0, 1).
 * The network address and, in IPv4, the broadcast address are never given. undefined when the range is full.
 */
export function allocateClusterIP(used: ReadonlySet<string>, cidr: string, random: () => number): string | undefined {
  const block = parseCidr(cidr)!;
  const size = Number(cidrSize(block));
  const band = lowerBand(size, {min: 16, max: 256, step: 16});
  const at = (offset: number): string => formatIp(addressAt(block, BigInt(offset)));
  const found = draw(1, size - (block.family === 4 ? 2 : 1), band, random, offset => used.has(at(offset)));
  return found === undefined ? undefined : at(found);
}

/** Why a chosen cluster IP cannot be had, or undefined when it can. */
export function clusterIPRefusal(ip: string, used: ReadonlySet<string>, cidr: string): string | undefined {
  const [block, address] = [parseCidr(cidr)!, parseIp(ip)];
  const offset = address && cidrHas(block, address) ? address.value - block.base : 0n;
  if (!address || offset === 0n || (block.family === 4 && offset === cidrSize(block) - 1n))
    return `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${formatCidr(block)}`;
  return used.has(formatIp(address)) ? IP_ALLOCATED : undefined;
}

/** A free node port; undefined when the range is full. */
export function allocateNodePort(
  used: ReadonlySet<number>,
  random: () => number,
  range: {first: number; last: number} = NODE_PORT_RANGE,
): number | undefined {
  const band = lowerBand(range.last - range.first + 1, {min: 16, max: 128, step: 32});
  return draw(range.first, range.last, band, random, port => used.has(port));
}

/** Why a chosen node port cannot be had, or undefined when it can. */
export function nodePortRefusal(
  port: number,
  used: ReadonlySet<number>,
  range: {first: number; last: number} = NODE_PORT_RANGE,
): string | undefined {
  if (port < range.first || port > range.last)
    return `provided port is not in the valid range. The range of valid ports is ${range.first}-${range.last}`;
  return used.has(port) ? PORT_ALLOCATED : undefined;
}
