/**
 * What can be seen of a cluster at one moment: the rows that panels and printers share, so that they cannot disagree. All of it is
 * plain data, and no more than somebody can look at: long lists are cut (caps.ts) and counted.
 * Times are virtual milliseconds since the cluster began. A session computes each part when it is first read, once a moment.
 */
import type {Ref} from '../styled.ts';
import type {ControllerFacts} from './controllers.ts';
import type {KubeletsFacts, PodCensusFacts, PodFacts} from './kubelet.ts';
import type {NetworkFacts} from './network.ts';
import type {PipelineFacts, RequestFacts, RequestHeadFacts, UnsentFacts} from './request.ts';
import type {SchedulerFacts} from './scheduler.ts';
import type {StoreFacts} from './store.ts';

export interface Facts {
  /** Virtual milliseconds. */
  readonly now: number;
  /** etcd's revision. */
  readonly revision: number;
  readonly pipeline: PipelineFacts;
  /** The request that is looked at: the selected one, else the learner's last. */
  readonly request: RequestFacts | undefined;
  /** The learner's last command, where it came to no request: then none is looked at. */
  readonly unsent: UnsentFacts | undefined;
  /** The youngest requests, newest first. */
  readonly requests: readonly RequestHeadFacts[];
  readonly store: StoreFacts;
  readonly controllers: ControllerFacts;
  readonly scheduler: SchedulerFacts;
  readonly kubelets: KubeletsFacts;
  /** Of many those that deserve a look. */
  readonly pods: readonly PodFacts[];
  readonly census: PodCensusFacts;
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
    /** How many links are left out before this one. */
    readonly skipped?: number;
  }[];
}
