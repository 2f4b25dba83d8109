/** A packet under way: where it has been, what it looks like by now, and how its way can end. */
import type {Pod} from '../../api/types.ts';
import type {Tx} from '../../machine/types.ts';
import type {PodInterface} from '../cni/node-network.ts';
import type {Connection, ConnectOptions, Hop, HttpTarget, Reached, Station, Verdict} from './connection.ts';
import {type Header, ipHeaders, type Packet} from './headers.ts';

/** What a kernel or a proxy on the way changed, and must change back in the answer. */
export type Rewrite =
  | {readonly node: string; readonly what: 'source' | 'destination'; readonly before: Packet}
  /** An ingress controller ended one connection and opened another. */
  | {readonly node: string; readonly what: 'ingress'; readonly before: Packet};

export interface Walk {
  readonly tx: Tx;
  readonly options: ConnectOptions;
  readonly hops: Hop[];
  /** In the order of the way. */
  readonly rewrites: Rewrite[];
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

const answerTo = ({source, sourcePort, destination, port, ...rest}: Packet): Packet => ({
  ...rest,
  source: destination,
  sourcePort: port,
  destination: source,
  port: sourcePort,
});

/** The answer's way back: the same in reverse, and every kernel that rewrote something undoes it. */
export function answerBack(walk: Walk, endpoint: Reached): void {
  const start = {...walk.packet};
  const tell = (node: string, device: string, detail: string, packet: Packet): void =>
    hop(walk, node, device, 'answer', detail, {headers: ipHeaders(answerTo(packet))});
  tell(endpoint.node ?? '', endpoint.pod ? 'eth0' : 'lo', `${start.destination} answers ${start.source}`, start);
  let seen = start;
  for (const {node, what, before} of walk.rewrites.toReversed()) {
    if (what === 'ingress') tell(node, 'ingress', 'the controller passes the answer on over the first connection', before);
    else if (what === 'source') tell(node, 'conntrack', `destination ${seen.source} becomes ${before.source} again`, before);
    else tell(node, 'conntrack', `source ${seen.destination}:${seen.port} becomes ${before.destination}:${before.port} again`, before);
    seen = before;
  }
}
