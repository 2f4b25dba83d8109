/** What a kubelet remembers of each pod, and the handle its parts work with during one step. */

import type {BackoffEntry} from '../api/backoff.ts';
import type {Cri, Dialer} from '../api/cri.ts';
import type {Pod, PodStatus} from '../api/types.ts';
import type {Host} from '../client/hosts.ts';
import type {ComponentContext} from '../client/types.ts';
import type {Tx} from '../machine/types.ts';
import type {ImageBackoff} from './images/image-manager.ts';
import type {KillReason} from './kuberuntime/pod-actions.ts';
import type {WaitingReason} from './status/container-statuses.ts';

export const KUBELET = 'kubelet';

/** Kinds of the kubelet's memory. */
export const WORKERS = 'worker';
export const PROBES = 'probe';
export const NODE = 'node';
export const MANIFESTS = 'manifest';
export const CONTROLS = 'control';

/** What a pod worker is in the middle of: the real one would be blocked in a call. Times are virtual milliseconds. */
export type Step =
  | {kind: 'sandbox'; until: number}
  | {kind: 'volumes'; until: number; since: number; tries: number}
  /** In the queue of serial pulls. */
  | {kind: 'queued'; until: number; since: number; container: string; image: string}
  | {kind: 'pull'; until: number; since: number; began: number; container: string; image: string; pullId: string}
  | {kind: 'start'; until: number; container: string}
  | {kind: 'postStart'; until: number; container: string; containerId: string; failure?: string}
  | {kind: 'kill'; until: number};

/** Containers a sync has still to start, in order. */
export interface Planned {
  readonly type: 'init' | 'app' | 'ephemeral';
  readonly name: string;
}

/** The rest of a SyncPod that is under way. */
export interface Sync {
  readonly plan: readonly Planned[];
  /** A container could not be started. `backoffEnd`: when the first back-off after a crash ends, if there is one. */
  readonly failed?: {readonly backoffEnd?: number};
  /** Stop after the kills: the pod is over or starts from nothing. */
  readonly killPod?: boolean;
  readonly createSandbox?: number;
  readonly reset?: readonly string[];
}

/** The end of one container, from the event to the last signal. */
export interface Kill {
  readonly name: string;
  /** Seconds. */
  readonly grace: number;
  readonly since: number;
  /** The preStop hook is done, or given up. */
  readonly hookUntil: number;
  /** StopContainer was called; the container will be gone then. */
  readonly goneAt?: number;
}

export interface Termination {
  readonly since: number;
  /** Seconds; of a deletion, an eviction, a pod that is done. */
  readonly grace: number;
  readonly reason: 'deleted' | 'evicted' | 'finished' | 'removed';
}

/** upstream: pkg/kubelet/pod_workers.go podSyncStatus, and what the managers hold by pod. */
export interface PodWorker {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Where it is configured: `api`, `file` or `http`. */
  readonly source: string;
  /** Held where the API server does not have it: static pods, and pods that were removed while they ran. */
  readonly pod?: Pod;
  readonly state: 'syncing' | 'terminating' | 'terminated' | 'finished';
  readonly seenAt: number;
  /** Generation of the spec that its containers were last brought to. */
  readonly generation?: number;
  readonly admitted: boolean;
  readonly step?: Step;
  readonly sync?: Sync;
  /** It was woken while it was busy: another turn follows. */
  readonly pending?: boolean;
  readonly kills: Readonly<Record<string, Kill>>;
  readonly ips: readonly string[];
  /** The status manager's. */
  readonly status?: PodStatus;
  readonly statusVersion: number;
  readonly sentVersion: number;
  /** upstream: reason cache */
  readonly waiting: Readonly<Record<string, WaitingReason>>;
  readonly crashes: Readonly<Record<string, BackoffEntry>>;
  readonly pulls: Readonly<Record<string, ImageBackoff>>;
  /** Volumes that are mounted. */
  readonly mounted: readonly string[];
  readonly cgroup?: string;
  readonly termination?: Termination;
  /** Why the kubelet itself ended it. */
  readonly evicted?: {readonly reason: string; readonly message: string};
}

export interface KubeletOptions {
  /** The runtime's socket on a node; undefined: nobody listens. */
  cri(tx: Tx, node: string): Cri | undefined;
  /** How the kubelet reaches pods for probes and hooks. */
  dial(tx: Tx, node: string): Dialer | undefined;
}

/** The kubelet of one node within one step. */
export interface Kubelet {
  readonly ctx: ComponentContext;
  readonly now: number;
  readonly node: string;
  readonly host: Host;
  readonly cri: Cri | undefined;
  readonly dial: Dialer | undefined;
}

/** A kill's reason decides its grace. */
export type {KillReason};

export const podFullName = (pod: {namespace: string; name: string; uid: string}): string => `${pod.name}_${pod.namespace}(${pod.uid})`;

export const subjectOf = (pod: {namespace: string; name: string}): string => `pod/${pod.namespace}/${pod.name}`;
