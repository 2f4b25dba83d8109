/** A KubeSchedulerConfiguration as it stands in a file. upstream: staging/src/k8s.io/kube-scheduler/config/v1/types.go */

export const CONFIGURATION_API_VERSION = 'kubescheduler.config.k8s.io/v1';
export const DEFAULT_SCHEDULER_NAME = 'default-scheduler';

export interface EnabledPlugin {
  readonly name: string;
  readonly weight?: number;
}

export interface PluginSet {
  readonly enabled?: readonly EnabledPlugin[];
  /** `*` disables all. */
  readonly disabled?: readonly {readonly name: string}[];
}

const EXTENSION_POINTS = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const;
export type ExtensionPoint = (typeof EXTENSION_POINTS)[number];

export type Plugins = {readonly [point in ExtensionPoint | 'multiPoint']?: PluginSet};

export interface SchedulerProfile {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: Plugins;
  readonly pluginConfig?: readonly {readonly name: string; readonly args?: unknown}[];
}

/** How the scheduler talks to the API server. */
export interface ClientConnection {
  readonly kubeconfig?: string;
  readonly qps?: number;
  readonly burst?: number;
}

export interface LeaderElection {
  readonly leaderElect?: boolean;
  readonly leaseDuration?: string;
  readonly renewDeadline?: string;
  readonly retryPeriod?: string;
  readonly resourceLock?: string;
  readonly resourceNamespace?: string;
  readonly resourceName?: string;
}

/** A program beside the scheduler that is asked over HTTP; without a verb it is not asked that. */
export interface ExtenderConfiguration {
  readonly urlPrefix?: string;
  readonly filterVerb?: string;
  readonly preemptVerb?: string;
  readonly prioritizeVerb?: string;
  readonly weight?: number;
  readonly bindVerb?: string;
  /** Go's text of a duration; default 5s. */
  readonly httpTimeout?: string;
  readonly nodeCacheCapable?: boolean;
  readonly managedResources?: readonly {readonly name?: string; readonly ignoredByScheduler?: boolean}[];
  readonly ignorable?: boolean;
}

export interface KubeSchedulerConfiguration {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly clientConnection?: ClientConnection;
  readonly leaderElection?: LeaderElection;
  readonly extenders?: readonly ExtenderConfiguration[];
  readonly parallelism?: number;
  readonly percentageOfNodesToScore?: number;
  readonly podInitialBackoffSeconds?: number;
  readonly podMaxBackoffSeconds?: number;
  readonly profiles?: readonly SchedulerProfile[];
}
