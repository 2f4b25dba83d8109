/** Packets and questions that somebody at the keyboard sends: events of the machine, so that they stand in its journal and chance is drawn from its state. */
import type {Dialer, Dialled, HttpRequest, HttpResponse} from '../api/cri.ts';
import type {DnsConfig} from '../api/resolv-conf.ts';
import type {Handler} from '../machine/machine.ts';
import type {Tx} from '../machine/types.ts';
import {type Lookup, lookup} from './dns/lookup.ts';
import type {RecordType} from './dns/message.ts';
import {connect} from './packet/connect.ts';
import type {Connection, ConnectOptions, Destination, Origin} from './packet/connection.ts';

export const CONNECT = 'connect';
export const LOOKUP = 'lookup';
export const FETCH = 'fetch';

export interface ConnectEvent {
  readonly from: Origin;
  readonly to: Destination;
  readonly options?: Omit<ConnectOptions, 'listens'>;
}

export interface LookupEvent {
  readonly from: Origin;
  readonly name: string;
  readonly config: DnsConfig;
  readonly types?: readonly RecordType[];
}

export interface FetchEvent {
  readonly from: Origin;
  readonly address: string;
  readonly port: number;
  readonly request: HttpRequest;
}

/** What the network cannot know by itself: the processes at its ends. */
export interface Ends {
  /** Whether a process waits at an address. */
  listens(tx: Tx): NonNullable<ConnectOptions['listens']>;
  /** Carries requests from a place to the processes that answer them. */
  dialer(tx: Tx, from: Origin): Dialer;
}

/** What happened to a packet: for the screen. */
export interface PacketNote {
  readonly kind: 'packet';
  readonly from: Origin;
  readonly to: Destination;
  readonly connection: Connection;
}

/** What became of a name: for the screen. */
export interface LookupNote {
  readonly kind: 'lookup';
  readonly from: Origin;
  readonly name: string;
  readonly lookup: Lookup;
}

/** The machine's handlers. */
export const networkHandlers = ({listens, dialer}: Ends): Record<string, Handler> => ({
  [CONNECT](tx, event): Connection {
    const {from, to, options} = event.data as ConnectEvent;
    const connection = connect(tx, from, to, {...options, listens: listens(tx)});
    const note: PacketNote = {kind: 'packet', from, to, connection};
    tx.note(note);
    return connection;
  },
  [LOOKUP](tx, event): Lookup {
    const {from, name, config, types} = event.data as LookupEvent;
    const result = lookup(tx, from, name, config, types);
    const note: LookupNote = {kind: 'lookup', from, name, lookup: result};
    tx.note(note);
    return result;
  },
  [FETCH](tx, event): Dialled<HttpResponse> {
    const {from, address, port, request} = event.data as FetchEvent;
    return dialer(tx, from).http(address, port, request);
  },
});
