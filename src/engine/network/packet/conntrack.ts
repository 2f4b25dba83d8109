/** What a node's kernel remembers of connections: an established one keeps its endpoint whatever the rules say by now. */
import {memoryOf, readMemory} from '../../client/memory.ts';
import type {Tx} from '../../machine/types.ts';
import type {Reader} from '../proxy/node-rules.ts';
import type {Packet} from './headers.ts';

export interface ConntrackEntry {
  /** `ip:port` that the destination was rewritten to. */
  readonly to: string;
  readonly masquerade: boolean;
  readonly expiresAt: number;
}

/** Kernel defaults: an idle established TCP connection, a UDP exchange with answers. */
const TIMEOUT_MS = {TCP: 432_000_000, UDP: 120_000, SCTP: 210_000} as const;

const CONNECTION = 'conntrack';
/** `xt_recent` lists: which client was sent to which endpoint, for session affinity. */
const RECENT = 'recent';

/** Whose turn it is behind each virtual server of ipvs. */
const TURN = 'ipvs';

const owner = (node: string): string => `kernel/${node}`;

/** `tcp 10.244.0.2:40000 10.96.0.10:53` */
const flowKey = ({protocol, source, sourcePort, destination, port}: Packet): string =>
  `${protocol.toLowerCase()} ${source}:${sourcePort} ${destination}:${port}`;

/** The connection a packet belongs to, if the kernel knows it. */
export function findConnection(from: Reader, node: string, packet: Packet): ConntrackEntry | undefined {
  const entry = readMemory(from, owner(node)).get<ConntrackEntry>(CONNECTION, flowKey(packet));
  return entry && entry.expiresAt > from.now ? entry : undefined;
}

/** Notes a connection that stays open. Entries that have run out are swept on the way. */
export function track(tx: Tx, node: string, packet: Packet, entry: Omit<ConntrackEntry, 'expiresAt'>): void {
  const memory = memoryOf(tx, owner(node));
  for (const [id, old] of memory.list<ConntrackEntry>(CONNECTION)) if (old.expiresAt <= tx.now) memory.delete(CONNECTION, id);
  memory.put(CONNECTION, flowKey(packet), {...entry, expiresAt: tx.now + TIMEOUT_MS[packet.protocol]});
}

/** All connections that a node's kernel knows, by flowKey. */
export const connections = (from: Reader, node: string): [flow: string, entry: ConntrackEntry][] =>
  readMemory(from, owner(node))
    .list<ConntrackEntry>(CONNECTION)
    .filter(([, entry]) => entry.expiresAt > from.now);

/** Seconds since a client was put on a list, or undefined. */
export function lastSeen(from: Reader, node: string, list: string, client: string): number | undefined {
  const seen = readMemory(from, owner(node)).get<{at: number}>(RECENT, `${list} ${client}`);
  return seen && (from.now - seen.at) / 1000;
}

export const noteSeen = (tx: Tx, node: string, list: string, client: string): void =>
  memoryOf(tx, owner(node)).put(RECENT, `${list} ${client}`, {at: tx.now});

/** Round robin: which of so many servers behind a virtual server comes next. */
export function nextTurn(tx: Tx, node: string, virtual: string, servers: number): number {
  const memory = memoryOf(tx, owner(node));
  const turn = memory.get<{count: number}>(TURN, virtual)?.count ?? 0;
  memory.put(TURN, virtual, {count: turn + 1});
  return turn % servers;
}
