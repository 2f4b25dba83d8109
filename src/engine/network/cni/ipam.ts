/** The host-local address manager: which address a sandbox gets. upstream: containernetworking/plugins plugins/ipam/host-local/backend/allocator */
import {addressAt, type Cidr, cidrSize, formatIp, parseCidr, parseIp} from '../../api/ip.ts';

/** The files under /var/lib/cni/networks/NETWORK: one an address, named by it, and the address given out last. */
export interface IpamStore {
  /** A list: a record whose keys are addresses would be of another shape with each one given out. */
  readonly reserved: readonly Reservation[];
  /** last_reserved_ip.N, one a range set. */
  readonly lastReserved: string;
}

export interface Holder {
  readonly containerId: string;
  readonly ifName: string;
}

export interface Reservation extends Holder {
  readonly ip: string;
}

export interface IpamRange {
  readonly subnet: Cidr;
  readonly start: bigint;
  readonly end: bigint;
  readonly gateway: bigint;
}

export const EMPTY_STORE: IpamStore = {reserved: [], lastReserved: ''};

/** An address manager's refusal, as the plugin words it. */
export class IpamError extends Error {}

/** A subnet's addresses without the network's own and, in IPv4, the broadcast address; the first is the gateway. */
export function ipamRange(subnet: string): IpamRange {
  const cidr = parseCidr(subnet);
  if (!cidr) throw new IpamError(`invalid CIDR address: ${subnet}`);
  const size = cidrSize(cidr);
  if (size < 4n) throw new IpamError(`Network ${subnet} too small to allocate from`);
  const first = cidr.base + 1n;
  return {subnet: cidr, start: first, end: cidr.base + size - (cidr.family === 4 ? 2n : 1n), gateway: first};
}

const text = (range: IpamRange, value: bigint): string => formatIp(addressAt(range.subnet, value - range.subnet.base));

const describe = (ranges: readonly IpamRange[]): string =>
  ranges.map(range => `${text(range, range.start)}-${text(range, range.end)}`).join(',');

const rangeOf = (ranges: readonly IpamRange[], ip: string): IpamRange | undefined => {
  const address = parseIp(ip);
  return ranges.find(({subnet, start, end}) => address?.family === subnet.family && address.value >= start && address.value <= end);
};

/** The addresses in the order they are tried: from the one after the last given, round to where that began. Gateways are left out. */
function* candidates(ranges: readonly IpamRange[], lastReserved: string): Generator<string> {
  const lastRange = rangeOf(ranges, lastReserved);
  let [index, current] = lastRange ? [ranges.indexOf(lastRange), parseIp(lastReserved)!.value] : [0, undefined];
  let begin: bigint | undefined;
  for (;;) {
    let range = ranges[index]!;
    if (current === undefined) current = range.start;
    else if (current === range.end) {
      index = (index + 1) % ranges.length;
      range = ranges[index]!;
      current = range.start;
    } else current += 1n;
    if (current === begin) return;
    begin ??= current;
    if (current !== range.gateway) yield text(range, current);
  }
}

const isReserved = (store: IpamStore, ip: string): boolean => store.reserved.some(reservation => reservation.ip === ip);

/** An address that was asked for by name. Throws IpamError when it cannot be had. */
function requestedAddress(ranges: readonly IpamRange[], store: IpamStore, requested: string): string {
  const range = rangeOf(ranges, requested);
  if (!range) throw new IpamError(`${requested} not in range set ${describe(ranges)}`);
  if (requested === text(range, range.gateway)) throw new IpamError(`requested ip ${requested} is subnet's gateway`);
  if (isReserved(store, requested))
    throw new IpamError(`requested IP address ${requested} is not available in range set ${describe(ranges)}`);
  return requested;
}

/** The next free address. Throws IpamError when there is none, or when this interface has its address already. */
function nextAddress(ranges: readonly IpamRange[], store: IpamStore, {containerId, ifName}: Holder): string {
  for (const {ip, ...holder} of store.reserved)
    if (holder.containerId === containerId && holder.ifName === ifName && rangeOf(ranges, ip))
      throw new IpamError(`${ip} has been allocated to ${containerId}, duplicate allocation is not allowed`);
  for (const ip of candidates(ranges, store.lastReserved)) if (!isReserved(store, ip)) return ip;
  throw new IpamError(`no IP addresses available in range set: ${describe(ranges)}`);
}

export interface Allocation {
  /** With the prefix length of its subnet. */
  readonly address: string;
  readonly gateway: string;
  readonly store: IpamStore;
}

/** Reserves an address of a range set for an interface of a container: the requested one, else the next free one. Throws IpamError when it cannot. */
export function allocate(ranges: readonly IpamRange[], store: IpamStore, holder: Holder, requested?: string): Allocation {
  const ip = requested === undefined ? nextAddress(ranges, store, holder) : requestedAddress(ranges, store, requested);
  const range = rangeOf(ranges, ip)!;
  const {containerId, ifName} = holder;
  return {
    address: `${ip}/${range.subnet.prefix}`,
    gateway: text(range, range.gateway),
    store: {reserved: [...store.reserved, {ip, containerId, ifName}], lastReserved: ip},
  };
}

/** Gives back what an interface of a container holds; nothing happens when it holds none. The last address given stays noted. */
export function release(store: IpamStore, {containerId, ifName}: Holder): IpamStore {
  return {...store, reserved: store.reserved.filter(held => held.containerId !== containerId || held.ifName !== ifName)};
}
