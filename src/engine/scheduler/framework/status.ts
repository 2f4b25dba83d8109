/** What a plugin answers. upstream: staging/src/k8s.io/kube-scheduler/framework/interface.go Code, Status */

export type Code = 'Success' | 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Pending';

/** `undefined` stands for success wherever a Status is returned, as nil does upstream. */
export interface Status {
  readonly code: Code;
  readonly reasons: readonly string[];
  /** The plugin that said so; set by the framework. */
  readonly plugin?: string;
}

export const unschedulable = (...reasons: string[]): Status => ({code: 'Unschedulable', reasons});
export const unresolvable = (...reasons: string[]): Status => ({code: 'UnschedulableAndUnresolvable', reasons});
export const failure = (message: string): Status => ({code: 'Error', reasons: [message]});
export const skip: Status = {code: 'Skip', reasons: []};
export const wait: Status = {code: 'Wait', reasons: []};

/** True for the answers that send a pod to the unschedulable pool rather than to a retry. */
export const isRejected = (status: Status): boolean =>
  status.code === 'Unschedulable' || status.code === 'UnschedulableAndUnresolvable' || status.code === 'Pending';

export const message = (status: Status | undefined): string => status?.reasons.join(', ') ?? '';

/** What the filters said of each node; nodes that nobody looked at answer with `absent`. upstream: pkg/scheduler/framework/types.go NodeToStatus */
export interface NodeStatuses {
  readonly explicit: Map<string, Status>;
  absent: Status;
}

export const nodeStatuses = (): NodeStatuses => ({explicit: new Map(), absent: {code: 'UnschedulableAndUnresolvable', reasons: []}});

export const statusOf = (statuses: NodeStatuses, node: string): Status => statuses.explicit.get(node) ?? statuses.absent;
