/** What can be seen on the nodes: kubelets, pods and their containers. */
import type {Ref} from '../styled.ts';

export interface KubeletsFacts {
  /** How many nodes there are, and how many are ready. */
  readonly all: number;
  readonly ready: number;
  /** Those that did something last, the youngest first: of a large cluster no more. */
  readonly busiest: readonly KubeletFacts[];
}

export interface KubeletFacts {
  readonly node: string;
  readonly ready: boolean;
  readonly running: boolean;
  /** Of many those that are looked at or not well before the others. */
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
  /** How many there are. */
  readonly allPods: number;
  /** The probes of its containers that run, each with its clock, soonest first. */
  readonly probes: readonly ProbeFacts[];
  /** How many of them are not told of. */
  readonly leftOutProbes: number;
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

/** The learner's pods, told of or not. */
export interface PodCensusFacts {
  readonly all: number;
  /** Those that run and are ready. */
  readonly running: number;
}
