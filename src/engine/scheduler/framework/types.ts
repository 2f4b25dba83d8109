/**
 * What the scheduler knows and what a plugin is.
 * upstream: staging/src/k8s.io/kube-scheduler/framework/{interface,types}.go, pkg/scheduler/framework/types.go
 */
import type {core, KubeObject, Pod} from '../../api/types.ts';
import type {Client, Lister, Resource as ResourceName} from '../../client/types.ts';
import type {Extenders} from '../extenders/send.ts';
import type {ClusterEventHint} from './events.ts';
import type {NodeStatuses, Status} from './status.ts';

/** upstream: MaxNodeScore */
export const MAX_NODE_SCORE = 100;

/** Amounts as the scheduler counts them: milli-CPU, bytes, and whole units of everything else. */
export interface Resource {
  readonly milliCPU: number;
  readonly memory: number;
  readonly ephemeralStorage: number;
  readonly scalar: Readonly<Record<string, number>>;
}

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** What the scheduler remembers of a pod that sits on a node. Plain JSON: it is kept in the component's memory. */
export interface PodInfo {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly requests: Resource;
  /** With 100m and 200Mi for each container that asks for none: used for scoring only. */
  readonly nonZero: {readonly milliCPU: number; readonly memory: number};
  readonly terminating?: true;
  readonly ports?: readonly HostPort[];
  readonly affinity?: {readonly podAffinity?: core.PodAffinity; readonly podAntiAffinity?: core.PodAntiAffinity};
  /** Only the volumes that a filter may look at. */
  readonly volumes?: readonly core.Volume[];
}

/** A node with the sum of its pods. Plain JSON: it is kept in the component's memory. */
export interface NodeInfo {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly core.Taint[];
  readonly unschedulable: boolean;
  readonly allocatable: Resource & {readonly pods: number};
  /** Names of features that nodes need not have. */
  readonly declaredFeatures: readonly string[];
  readonly requested: Resource;
  readonly nonZeroRequested: {readonly milliCPU: number; readonly memory: number};
  readonly pods: readonly PodInfo[];
  readonly ports: readonly HostPort[];
  /** Bytes by every name the node knows the image under. */
  readonly images: Readonly<Record<string, number>>;
}

/** The nodes as of the beginning of a cycle. */
export interface Snapshot {
  readonly size: number;
  /** In the order of the node tree: zones take turns. */
  readonly nodes: readonly NodeInfo[];
  get(name: string): NodeInfo | undefined;
  /** Nodes with a pod that has any inter-pod affinity or anti-affinity term. */
  withAffinity(): readonly NodeInfo[];
  withRequiredAntiAffinity(): readonly NodeInfo[];
  /** How many nodes have the image. */
  imageNodes(image: string): number;
  /** By node: pods that preemption has promised it, though they are not on it yet. */
  readonly nominated: ReadonlyMap<string, readonly PodInfo[]>;
}

/** The objects beside nodes: the component's informers, or the lists of a test. */
export type Listers = <T = KubeObject>(resource: ResourceName) => Pick<Lister<T>, 'get' | 'list'>;

/** What the scheduler has written itself, and may not have heard of yet. */
export interface Assumed {
  /** The same objects, as new as the scheduler knows them. */
  readonly listers: Listers;
  /** The object as the API server has answered. */
  add(resource: ResourceName, object: KubeObject): void;
}

/** One pod's way through the extension points. upstream: CycleState and Handle */
export interface Cycle {
  readonly snapshot: Snapshot;
  readonly listers: Listers;
  readonly assumed: Assumed;
  readonly framework: Framework;
  /** Virtual milliseconds. */
  readonly now: number;
  /** Uniform in [0, 1). */
  random(): number;
  /** What plugins hand from one extension point to the next. */
  readonly state: Map<string, unknown>;
  /** Plugins whose PreFilter said Skip. */
  readonly skipFilter: string[];
  /** Who else has a say. */
  readonly extenders: Extenders;
}

export interface PreFilterResult {
  readonly status?: Status;
  /** Only these nodes are worth looking at. */
  readonly nodes?: ReadonlySet<string>;
}

export interface Victims {
  readonly node: string;
  /** Most important first. */
  readonly pods: readonly PodInfo[];
  readonly pdbViolations: number;
}

export interface PostFilterResult {
  readonly status?: Status;
  /** undefined: leave status.nominatedNodeName alone; '': clear it. */
  readonly nominatedNode?: string;
  readonly victims?: Victims;
}

/** A pod as the queue orders it. */
export interface QueuedPod {
  readonly priority: number;
  /** Virtual milliseconds: when it was put in the queue, or came back to it. */
  readonly timestamp: number;
}

/** A plugin is a name and the extension points it takes part in. `undefined` for a Status is success. */
export interface Plugin {
  readonly name: string;
  /** What it was made with, defaults filled in. */
  readonly args?: object;
  preEnqueue?(pod: Pod, listers: Listers): Status | undefined;
  /** True when a goes before b. */
  less?(a: QueuedPod, b: QueuedPod): boolean;
  preFilter?(cycle: Cycle, pod: Pod): PreFilterResult | undefined;
  /** Keeps the plugin's state right when preemption tries the node with a pod more or less. */
  addPod?(cycle: Cycle, pod: Pod, added: PodInfo, node: NodeInfo): void;
  removePod?(cycle: Cycle, pod: Pod, removed: PodInfo, node: NodeInfo): void;
  /** A copy of what preFilter wrote, for addPod and removePod to change. */
  cloneState?(cycle: Cycle): void;
  filter?(cycle: Cycle, pod: Pod, node: NodeInfo): Status | undefined;
  postFilter?(cycle: Cycle, pod: Pod, statuses: NodeStatuses): PostFilterResult;
  preScore?(cycle: Cycle, pod: Pod, nodes: readonly NodeInfo[]): Status | undefined;
  score?(cycle: Cycle, pod: Pod, node: NodeInfo): number;
  /** Brings raw scores into 0..100. Returns a new list. */
  normalizeScore?(cycle: Cycle, pod: Pod, scores: readonly number[], nodes: readonly NodeInfo[]): number[];
  reserve?(cycle: Cycle, pod: Pod, node: string): Status | undefined;
  permit?(cycle: Cycle, pod: Pod, node: string): Status | undefined;
  /** Whether preBind has anything to do. */
  preBindPreFlight?(cycle: Cycle, pod: Pod, node: string): boolean;
  /** May answer Wait: it is asked again when an object it may wait for changes. */
  preBind?(cycle: Cycle, pod: Pod, node: string, client: Client): Status | undefined;
  bind?(cycle: Cycle, pod: Pod, node: string, client: Client): Status | undefined;
  /** Which cluster events may make a pod schedulable that this plugin rejected. */
  readonly events?: readonly ClusterEventHint[];
}

export interface ScorePlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

/** One profile, ready to run: its plugins in order at each extension point. upstream: pkg/scheduler/framework/runtime/framework.go */
export interface Framework {
  readonly profileName: string;
  readonly percentageOfNodesToScore: number | undefined;
  readonly preEnqueue: readonly Plugin[];
  readonly queueSort: Plugin;
  readonly preFilter: readonly Plugin[];
  readonly filter: readonly Plugin[];
  readonly postFilter: readonly Plugin[];
  readonly preScore: readonly Plugin[];
  readonly score: readonly ScorePlugin[];
  readonly reserve: readonly Plugin[];
  readonly permit: readonly Plugin[];
  readonly preBind: readonly Plugin[];
  readonly bind: readonly Plugin[];
}
