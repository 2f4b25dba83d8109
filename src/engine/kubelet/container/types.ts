/**
 * What the kubelet knows of a pod from the runtime alone, and the container fields newer than the published types.
 * upstream: pkg/kubelet/container/runtime.go (PodStatus, Status, State)
 */
import type {Container} from '../../api/types.ts';

export type RuntimeState = 'created' | 'running' | 'exited' | 'unknown';

/** One container the runtime still remembers, running or dead. Times are virtual milliseconds. */
export interface RuntimeContainerStatus {
  id: string;
  name: string;
  state: RuntimeState;
  createdAt: number;
  startedAt?: number;
  finishedAt?: number;
  exitCode: number;
  reason?: string;
  message?: string;
  /** The image as the spec names it, and the digested reference it resolved to. */
  image: string;
  imageRef: string;
  restartCount: number;
  /** Hash of the spec the container was made from (see container-hash.ts). */
  hash: string;
}

export interface RuntimeSandboxStatus {
  id: string;
  attempt: number;
  state: 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
  hostNetwork: boolean;
  /** Undefined where the runtime says nothing of the network; '' = no address. */
  ip?: string;
  createdAt: number;
}

export interface RuntimePodStatus {
  /** The addresses of the ready sandbox. */
  ips: readonly string[];
  /** Newest first. */
  sandboxStatuses: readonly RuntimeSandboxStatus[];
  /** Newest first. */
  containerStatuses: readonly RuntimeContainerStatus[];
}

export const emptyPodStatus: RuntimePodStatus = {ips: [], sandboxStatuses: [], containerStatuses: []};

/** upstream: staging/src/k8s.io/api/core/v1/types.go ContainerRestartRule */
export interface ContainerRestartRule {
  action: 'Restart' | 'RestartAllContainers';
  exitCodes?: {operator: 'In' | 'NotIn'; values?: number[]};
}

export type RuledContainer = Container & {restartPolicyRules?: readonly ContainerRestartRule[]};

/** The newest status of a container by name, or undefined. */
export const findContainerStatus = (status: RuntimePodStatus, name: string): RuntimeContainerStatus | undefined =>
  status.containerStatuses.find(c => c.name === name);
