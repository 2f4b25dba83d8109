/** What can be seen of the network: services, the way of a packet, the way of a name. */
import type {Ref} from '../styled.ts';

export interface ServiceFacts {
  readonly name: string;
  readonly type: string;
  readonly clusterIP: string;
  readonly ports: string;
  /** Of many those that are not ready before the others; `ready` and `allEndpoints`: how many are, and how many there are. */
  readonly endpoints: readonly {readonly address: string; readonly ready: boolean}[];
  readonly ready: number;
  readonly allEndpoints: number;
  readonly ref: Extract<Ref, {kind: 'object'}>;
}

/** A packet's way, hop by hop. */
export interface WalkFacts {
  readonly step: number;
  readonly from: string;
  readonly to: string;
  readonly answered: boolean;
  /** How it ended, in one sentence. */
  readonly why: string;
  readonly hops: readonly {
    readonly node: string;
    readonly device: string;
    readonly station: string;
    readonly detail: string;
    /** The packet's headers from the outside in, where they have changed since the hop before. */
    readonly headers: string;
    readonly rules: readonly string[];
  }[];
}

/** A name looked up, question by question. */
export interface LookupFacts {
  readonly step: number;
  readonly from: string;
  readonly name: string;
  readonly error: string;
  readonly queries: readonly {
    readonly name: string;
    readonly type: string;
    readonly server: string;
    readonly outcome: string;
    readonly found: boolean;
  }[];
}

export interface NetworkFacts {
  /** The youngest packet and the youngest question that somebody sent. */
  readonly walk: WalkFacts | undefined;
  readonly lookup: LookupFacts | undefined;
  /** Of a large cluster those with most addresses in use; `allNodes`: how many there are. */
  readonly nodes: readonly {readonly name: string; readonly address: string; readonly podCIDR: string; readonly pods: number}[];
  readonly allNodes: number;
  /** The learner's before those of the system. */
  readonly services: readonly ServiceFacts[];
  readonly allServices: number;
}
