/** upstream: pkg/kubelet/kuberuntime/util/util.go PodSandboxChanged */
import type {Pod} from '../../api/types.ts';
import type {RuntimePodStatus} from '../container/types.ts';

export interface SandboxChange {
  changed: boolean;
  /** Attempt of the sandbox to make, or of the one that stands. */
  attempt: number;
  /** The sandbox that stands or is to be replaced; '' when there is none to speak of. */
  sandboxId: string;
}

/** Whether the pod needs a new sandbox: there is none, several are ready, the newest is not ready, or it has no address. */
export function podSandboxChanged(pod: Pod, status: RuntimePodStatus): SandboxChange {
  const newest = status.sandboxStatuses[0];
  if (!newest) return {changed: true, attempt: 0, sandboxId: ''};
  const replace = {changed: true, attempt: newest.attempt + 1, sandboxId: newest.id};
  if (status.sandboxStatuses.filter(s => s.state === 'SANDBOX_READY').length > 1) return replace;
  if (newest.state !== 'SANDBOX_READY') return replace;
  const hostNetwork = Boolean(pod.spec?.hostNetwork);
  if (newest.hostNetwork !== hostNetwork) return {...replace, sandboxId: ''};
  if (!hostNetwork && newest.ip === '') return replace;
  return {changed: false, attempt: newest.attempt, sandboxId: newest.id};
}
