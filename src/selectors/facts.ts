/**
 * What can be seen of a cluster at one moment: the rows that panels, printers and checks share, so that they cannot disagree.
 * Times are virtual milliseconds since the cluster began. A session computes each part when it is first read, once a moment.
 */
import type {Ref} from './styled.ts';

export interface Facts {
  /** Virtual milliseconds. */
  readonly now: number;
  /** etcd's revision. */
  readonly revision: number;
  readonly pipeline: PipelineFacts;
  /** The request that is looked at: the selected one, else the learner's last. */
  readonly request: RequestFacts | undefined;
  /** The youngest requests, newest first. */
  readonly requests: readonly RequestFacts[];
  readonly store: StoreFacts;
  readonly controllers: ControllerFacts;
  readonly scheduler: SchedulerFacts;
  readonly kubelets: readonly KubeletFacts[];
  readonly pods: readonly PodFacts[];
  readonly network: NetworkFacts;
  /** Kubernetes events, newest first. */
  readonly events: readonly EventFacts[];
  readonly why: WhyFacts;
  readonly trends: TrendFacts;
}

/** A figure over the youngest past: one value for each slice of virtual time, oldest first. */
export interface Trend {
  readonly values: readonly number[];
  readonly now: number;
  readonly sliceMs: number;
}

export interface TrendFacts {
  /** Revisions written. */
  readonly revisions: Trend;
  /** Keys waiting in the work queues of all components. */
  readonly work: Trend;
  /** Pods in the scheduler's queues. */
  readonly pods: Trend;
  /** Thousandths of a core that containers use, by class of service. */
  readonly cpu: readonly {readonly name: string; readonly trend: Trend}[];
}

export type Verdict = 'ok' | 'denied' | 'waiting' | 'active' | 'skipped' | 'idle';

export interface PipelineFacts {
  /** What is followed, e.g. `pod/default/web`; empty before the first command. */
  readonly subject: string;
  readonly stages: readonly PipelineStage[];
  /** One sentence: what is happening now. */
  readonly story: string;
}

export interface PipelineStage {
  readonly id: string;
  readonly label: string;
  readonly verdict: Verdict;
  /** When the stage was reached. */
  readonly atMs?: number;
  readonly detail: string;
}

export interface StageFacts {
  readonly stage: string;
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly detail: string;
  /** What a mutating stage changed: one line each, `+ path: value`, `- path` or `~ path: old -> new`. */
  readonly changes: readonly string[];
}

export interface RequestFacts {
  readonly id: string;
  readonly step: number;
  readonly atMs: number;
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  readonly method: string;
  readonly path: string;
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly revision?: number;
  readonly stages: readonly StageFacts[];
  /** What is at fault in the manifest that it was made from; only of the request that is looked at. */
  readonly faults?: ManifestFaultFacts;
}

/** What a server refused of a manifest, at its lines. */
export interface ManifestFaultFacts {
  /** The file, as the client called it. */
  readonly source: string;
  /** The lines of the document, and how many lines of the file stand before them. */
  readonly lines: readonly string[];
  readonly before: number;
  /** In the order of their lines. */
  readonly faults: readonly FieldFaultFacts[];
}

export interface FieldFaultFacts {
  /** Path of the field. */
  readonly field: string;
  readonly message: string;
  /** Counted from 1, in the file. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** False where the manifest has no such field: then it is the place of what should hold it. */
  readonly found: boolean;
}

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
  /** Those that have not been told all. */
  readonly behind: readonly WatcherFacts[];
  readonly members: readonly {readonly name: string; readonly up: boolean; readonly leader: boolean}[];
  /** How many members must be up for anything to be written. */
  readonly quorum: number;
  readonly raftTerm: number;
}

export interface OwnedFacts {
  readonly depth: number;
  readonly kind: string;
  readonly name: string;
  readonly state: string;
  readonly healthy: boolean;
  readonly ref: Ref;
}

export interface QueueFacts {
  readonly component: string;
  readonly running: boolean;
  /** What it did last, e.g. `created pod web-x2k1`. */
  readonly last: string;
  readonly items: readonly {
    readonly key: string;
    readonly inMs: number;
    readonly failures: number;
    /** What the last try failed with; empty when it did not. */
    readonly error: string;
  }[];
}

/** How far a program's informer cache of a resource has come: what its loops believe. */
export interface CacheFacts {
  readonly resource: string;
  readonly revision: number;
  /** Changes of the resource that it has not been told of. */
  readonly behind: number;
  readonly lagMs: number;
  /** Cut off: nothing reaches it until the link is mended. */
  readonly stalled: boolean;
}

/** One turn of a control loop: a key taken from the queue, looked at, acted upon. */
export interface TurnFacts {
  readonly step: number;
  readonly atMs: number;
  readonly component: string;
  readonly key: string;
  /** What put the key into the queue. */
  readonly woken: string;
  readonly beats: readonly {readonly beat: 'observe' | 'difference' | 'act'; readonly detail: string}[];
  /** What it asked of the API server; events left out. */
  readonly requests: readonly {readonly verb: string; readonly what: string; readonly code: number; readonly reason: string}[];
  /** Why it ended early; it will be tried again. */
  readonly error: string | undefined;
}

export interface ControllerFacts {
  readonly tree: readonly OwnedFacts[];
  readonly queues: readonly QueueFacts[];
  /** The last turn that found something to do or failed; while nothing did, the last one. */
  readonly turn: TurnFacts | undefined;
  readonly caches: readonly CacheFacts[];
}

export interface ScoreFacts {
  readonly raw: number;
  readonly normalized: number;
  readonly weight: number;
}

export interface DecisionFacts {
  readonly pod: string;
  readonly step: number;
  readonly atMs: number;
  readonly node: string | null;
  readonly message: string;
  readonly evaluated: number;
  /** By node: the plugin that refused it, or null. */
  readonly filters: Readonly<Record<string, {readonly plugin: string; readonly reasons: readonly string[]} | null>>;
  /** Filters that had nothing to do with the pod. */
  readonly skipped: readonly string[];
  /** By plugin, then by node. */
  readonly scores: Readonly<Record<string, Readonly<Record<string, ScoreFacts>>>>;
  readonly totals: Readonly<Record<string, number>>;
}

/** A pod in one of the scheduler's queues. */
export interface QueuedFacts {
  /** `namespace/name` */
  readonly pod: string;
  readonly attempts: number;
  /** The plugins that turned it down, or the one that gates it. */
  readonly plugins: readonly string[];
  /** Until its back-off is over, or until it is tried again though nothing happened; undefined where it does not wait for time. */
  readonly leftMs: number | undefined;
  /** Events that bring it back sooner, as `Node/Add`. */
  readonly wakes: readonly string[];
  /** Where it is being bound to. */
  readonly node: string;
  readonly ref: Ref;
}

/** What would make a node win, as things stand. */
export interface WhyNotFacts {
  readonly node: string;
  readonly obstacles: readonly {readonly plugin: string; readonly reasons: readonly string[]}[];
  /** Points behind the best; undefined where it does not fit. */
  readonly behind: number | undefined;
  readonly changes: readonly {readonly text: string; readonly wins: 'alone' | 'tied'}[];
}

/** What the learner said would happen, beside what did; `truth` is undefined until it may be told. */
export interface PredictedFacts {
  readonly ask: string;
  readonly guess: string;
  readonly truth: string | undefined;
}

export interface SchedulerFacts {
  readonly running: boolean;
  readonly queues: readonly {readonly name: string; readonly items: readonly QueuedFacts[]}[];
  readonly decision: DecisionFacts | undefined;
  /** The filters of the profile that decided, in their order. */
  readonly filters: readonly string[];
  readonly predicted: PredictedFacts | undefined;
  /** Of the selected node, for the decision's pod. */
  readonly whyNot: WhyNotFacts | undefined;
}

/** What is wanted of a pod that is over. */
export const NOTHING_MORE = 'nothing more';

export interface KubeletFacts {
  readonly node: string;
  readonly ready: boolean;
  readonly running: boolean;
  readonly pods: readonly {
    readonly name: string;
    readonly desired: string;
    readonly actual: string;
    /** What its worker is in the middle of; empty when it waits for a reason to act. */
    readonly doing: string;
    /** `api`, `file` or `http`. */
    readonly source: string;
    /** From the moment the kubelet saw it to the start of its last container; undefined while one has not started. */
    readonly tookMs?: number;
    /** Statuses made that the API server has not got. */
    readonly unsent: number;
    readonly ref: Ref;
  }[];
  /** Every probe of every container that runs, with its clock. */
  readonly probes: readonly ProbeFacts[];
  /** Nothing that the status manager knows leaves the node. */
  readonly stalled: boolean;
  /** Conditions of the node under pressure. */
  readonly pressure: readonly string[];
  /** `containerd://2.1.4`; empty while nobody listens on its socket. */
  readonly runtime: string;
  /** The last steps of the sync loop, newest last. */
  readonly steps: readonly {readonly atMs: number; readonly stage: string; readonly subject: string; readonly detail: string}[];
}

export interface ProbeFacts {
  readonly pod: string;
  readonly container: string;
  /** `startup`, `liveness`, `readiness`. */
  readonly type: string;
  readonly result: string;
  /** How often in a row the last answer came, and how often it must come to count. */
  readonly run: number;
  readonly threshold: number;
  readonly periodMs: number;
  /** Until it is made again; undefined: it waits for another container. */
  readonly inMs?: number;
}

/** What the kernel was told of a container. */
export interface CgroupFacts {
  readonly cpuShares: number;
  /** Microseconds of each period; undefined: no limit. */
  readonly cpuQuota?: number;
  readonly cpuPeriod?: number;
  /** Bytes; undefined: no limit. */
  readonly memoryLimit?: number;
  readonly oomScoreAdj: number;
  readonly cpuset?: string;
  /** Bytes in use now. */
  readonly memory: number;
}

/** A clock that runs before something is tried again. */
export interface BackoffFacts {
  readonly reason: string;
  readonly delayMs: number;
  readonly leftMs: number;
}

export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  /** `Waiting`, `Running`, `Terminated`. */
  readonly state: string;
  readonly reason: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly init: boolean;
  /** Process id on the node, while it runs. */
  readonly pid?: number;
  /** Its last line of log; empty when it has none. */
  readonly log: string;
  /** Undefined until the runtime has made it. */
  readonly cgroup?: CgroupFacts;
  readonly backoff?: BackoffFacts;
}

export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly phase: string;
  readonly ip: string;
  /** Id of the pod sandbox in the runtime, empty until there is one. */
  readonly sandbox: string;
  /** Who shares which namespaces: `POD` the containers of the pod, `CONTAINER` nobody, `NODE` all that runs on the node. */
  readonly namespaces: Readonly<Record<'network' | 'ipc' | 'pid', string>>;
  readonly qosClass: string;
  /** Its slice below the node's cgroup root. */
  readonly cgroupPath: string;
  readonly containers: readonly ContainerFacts[];
  readonly ref: Ref;
}

export interface ServiceFacts {
  readonly name: string;
  readonly type: string;
  readonly clusterIP: string;
  readonly ports: string;
  readonly endpoints: readonly {readonly address: string; readonly ready: boolean}[];
  readonly ref: Ref;
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
  readonly nodes: readonly {readonly name: string; readonly address: string; readonly podCIDR: string; readonly pods: number}[];
  readonly services: readonly ServiceFacts[];
}

export interface EventFacts {
  readonly atMs: number;
  readonly type: string;
  readonly reason: string;
  readonly object: string;
  readonly message: string;
  readonly count: number;
  readonly source: string;
  /** What it is about. */
  readonly ref?: Ref;
  /** The Event itself. */
  readonly self: Ref;
}

export interface WhyFacts {
  readonly subject: string;
  /** One sentence where there is a short answer: what a pod waits for, who set a field. */
  readonly answer: string;
  /** The effect first, its causes after it, the keystroke last; `here`: this is the moment that is looked at. */
  readonly chain: readonly {
    readonly step: number;
    readonly atMs: number;
    readonly actor: string;
    readonly text: string;
    readonly here: boolean;
  }[];
}
