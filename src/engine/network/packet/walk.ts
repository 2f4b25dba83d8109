/** A packet under way: where it has been, what it looks like by now, and how its way can end. */
import type {Pod} from '../../api/types.ts';
import type {Tx} from '../../machine/types.ts';
import type {PodInterface} from '../cni/node-network.ts';
import type {Connection, ConnectOptions, Hop, HttpTarget, Reached, Station, Verdict} from './connection.ts';
import {type Header, ipHeaders, type Packet} from './headers.ts';

export interface Walk {
  readonly tx: Tx;
  readonly options: ConnectOptions;
  readonly hops: Hop[];
  packet: Packet;
  /** What it asks for, where it is the first packet of an HTTP request. */
  http: HttpTarget | undefined;
  /** The pod that sent it, where it was one. */
  sender: Pod | undefined;
  readonly senderInterface: PodInterface | undefined;
}

export type Outcome = Omit<Connection, 'hops' | 'seenFrom' | 'sourcePort'>;

/** The end of a node's part of the way: the packet's, or the next node. */
export type Leg = Outcome | {readonly next: string};

export const failed = (verdict: Verdict, why: string): Outcome => ({verdict, why});

interface HopDetails {
  readonly headers?: readonly Header[];
  /** Rules that matched, as the proxy's own tool prints them. */
  readonly rules?: readonly string[];
}

/** Notes a station of the way. */
export function hop(walk: Walk, node: string, device: string, station: Station, detail: string, details: HopDetails = {}): void {
  const {headers = ipHeaders(walk.packet), rules} = details;
  walk.hops.push({node, device, station, detail, headers, ...(rules?.length ? {rules} : {})});
}

/** Somebody has the packet: do they listen? */
export function deliver(walk: Walk, endpoint: Reached, where: string): Outcome {
  const {options, packet} = walk;
  hop(walk, endpoint.node ?? '', endpoint.pod ? 'eth0' : 'lo', 'delivery', `to ${where}, from ${packet.source}`);
  if (options.listens && !options.listens(endpoint, packet.protocol))
    return {verdict: 'refused', why: `${where} has the packet, but nothing listens on port ${packet.port}`, endpoint};
  return {verdict: 'answered', why: `${where} answers`, endpoint};
}
