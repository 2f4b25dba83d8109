/** What can be seen of etcd, and of those who watch it. */
import type {Ref} from '../styled.ts';

export interface StoreKey {
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** Who wrote the revision, e.g. `system:kube-scheduler`. */
  readonly writer: string;
  readonly atMs: number;
  readonly change?: 'new' | 'changed' | 'gone';
  readonly ref?: Ref;
  /** The step that wrote it. */
  readonly step?: number;
}

export interface WatcherFacts {
  readonly component: string;
  readonly instance: string;
  readonly resource: string;
  /** The revision it has been delivered. */
  readonly revision: number;
  /** Cut off: nothing reaches it until the link is mended. */
  readonly stalled: boolean;
}

export interface StoreFacts {
  readonly revision: number;
  /** Last written first. */
  readonly keys: readonly StoreKey[];
  /** How many watch. */
  readonly watchers: number;
  /** Those that have not been told all: the first of them, and how many they are. */
  readonly behind: readonly WatcherFacts[];
  readonly allBehind: number;
  readonly members: readonly {readonly name: string; readonly up: boolean; readonly leader: boolean}[];
  /** How many members must be up for anything to be written. */
  readonly quorum: number;
  readonly raftTerm: number;
}
