/** What one sync of a pod is to do, and what it looks at. upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go podActions */
import type {Container, Pod} from '../../api/types.ts';
import {hashContainer} from '../container/container-hash.ts';
import type {RuntimeContainerStatus} from '../container/types.ts';

export type ProbeResult = 'Success' | 'Failure' | 'Unknown';

/** Why a container is killed, where it decides its grace period. */
export type KillReason = '' | 'StartupProbe' | 'LivenessProbe' | 'FailedPostStartHook' | 'Unknown' | 'RestartAllContainers';

export interface ContainerToKill {
  id: string;
  name: string;
  message: string;
  reason: KillReason;
}

export interface PodActions {
  killPod: boolean;
  createSandbox: boolean;
  sandboxId: string;
  attempt: number;
  /** Indexes into spec.initContainers, spec.containers, spec.ephemeralContainers. */
  initContainersToStart: number[];
  containersToStart: number[];
  ephemeralContainersToStart: number[];
  containersToKill: ContainerToKill[];
  /** Dead containers to remove before a restart of all containers in place. */
  containersToReset: string[];
}

/** The probe managers' latest results by container ID; undefined = no result yet. */
export interface ProbeResults {
  liveness(containerId: string): ProbeResult | undefined;
  startup(containerId: string): ProbeResult | undefined;
}

export const noProbeResults: ProbeResults = {liveness: () => undefined, startup: () => undefined};

export const shouldRestartOnFailure = (pod: Pod): boolean => pod.spec?.restartPolicy !== 'Never';

export const containerChanged = (container: Container, status: RuntimeContainerStatus): boolean => hashContainer(container) !== status.hash;
