/** What is asked of the packet walk, and what it answers. */
import type {Header} from './headers.ts';

export type Origin =
  | {readonly kind: 'pod'; readonly namespace: string; readonly name: string}
  | {readonly kind: 'node'; readonly name: string}
  /** A machine outside the cluster. */
  | {readonly kind: 'outside'; readonly address: string};

export interface Destination {
  readonly address: string;
  readonly port: number;
  /** Default TCP. */
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  /** What is asked for, where it is an HTTP request: an Ingress decides by it. */
  readonly http?: HttpTarget;
}

export interface HttpTarget {
  readonly host: string;
  readonly path: string;
}

export type Station =
  | 'sandbox'
  | 'bridge'
  | 'conntrack'
  | 'service'
  | 'filter'
  | 'policy'
  | 'route'
  | 'masquerade'
  | 'overlay'
  | 'ingress'
  | 'wire'
  | 'delivery'
  | 'answer';

/** One thing that happened to the packet, in order. */
export interface Hop {
  /** A node's name, or '' outside of all nodes. */
  readonly node: string;
  readonly device: string;
  readonly station: Station;
  readonly detail: string;
  /** The packet as it leaves this station, from the outside in. */
  readonly headers: readonly Header[];
  /** Rules that matched here, as iptables-save prints them. */
  readonly rules?: readonly string[];
}

/** What the client sees. `refused`: an answer that nobody listens; `timeout`: silence; `unreachable`: no way there. */
export type Verdict = 'answered' | 'refused' | 'timeout' | 'unreachable';

/** Who got the packet. */
export interface Reached {
  readonly address: string;
  readonly port: number;
  readonly node?: string;
  readonly pod?: {readonly namespace: string; readonly name: string; readonly uid: string};
}

export interface Connection {
  readonly verdict: Verdict;
  /** In one sentence, for people. */
  readonly why: string;
  readonly hops: readonly Hop[];
  readonly endpoint?: Reached;
  /** Of the answer, where an ingress controller gave it itself. */
  readonly status?: number | undefined;
  /** The client's address as the endpoint sees it. */
  readonly seenFrom: string;
  /** To be given again to send more over the same connection. */
  readonly sourcePort: number;
}

export interface ConnectOptions {
  /** Of a connection that is open already; default: a fresh one. */
  readonly sourcePort?: number;
  /** Keep the connection open: the kernels on the way remember it. */
  readonly keep?: boolean;
  /** Whether somebody listens there; default: yes. */
  readonly listens?: ((endpoint: Reached, protocol: string) => boolean) | undefined;
}
