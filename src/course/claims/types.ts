/** A sentence of an old text about Kubernetes, and how a cluster itself says whether it is so. */

import type {ServerConfig} from '../../engine/apiserver/config.ts';
import type {KubeletConfiguration} from '../../engine/client/hosts.ts';
import type {Profile} from '../../engine/cluster/profiles/profiles.ts';
import type {Check} from '../types.ts';

export interface Claim {
  /** Document and line: `003:71`. */
  readonly source: string;
  readonly says: string;
  /** Files that the lines need, put among the learner's. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is typed to try it. */
  readonly run: readonly string[];
  /** What is seen then if it is so, and what if it is not: exactly one of the two comes true. */
  readonly ifSo: Check;
  readonly ifNot: Check;
  /** How a cluster of the time was set up where kubeadm's own set-up is not what the text speaks of. */
  readonly once?: Past;
  /** Lines that put back at once what would be in the learner's way. */
  readonly tidy?: readonly string[];
  /** What stands afterwards beside the objects of its files, for the learner to look at until the next trial: `configmap/slip`. */
  readonly leaves?: string;
  /** What is so today, in one or two sentences. */
  readonly truth: string;
}

/** A cluster of another year. */
export interface Past {
  readonly version: Profile['name'];
  readonly server?: Partial<ServerConfig>;
  readonly kubelets?: KubeletConfiguration;
}

/** Claims about one part of a pod's birth. */
export interface Room {
  readonly name: string;
  readonly claims: readonly Claim[];
}

/** What becomes of a claim: it holds today; it held in a cluster of another year; it holds in none. */
export const VERDICTS = ['true', 'was', 'never'] as const;
export type ClaimVerdict = (typeof VERDICTS)[number];

export const VERDICT_WORDS: Readonly<Record<ClaimVerdict, string>> = {true: 'true', was: 'was true', never: 'never true'};
