/** How a pod is, in a word. */
import type {KubeObject, Pod} from '../engine/api/types.ts';

/** The status of a pod's condition (`True`), or undefined where it has none of that type. */
export function conditionOf(pod: Pod, type: string): string | undefined {
  return pod.status?.conditions?.find(condition => condition.type === type)?.status;
}

/** One word for a pod, as kubectl's STATUS column puts it: a container's trouble goes before the phase. */
export function podState(object: KubeObject): {state: string; healthy: boolean} {
  const pod = object as Pod;
  const phase = pod.status?.phase ?? 'Pending';
  const trouble = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
    .map(status => status.state?.waiting?.reason ?? (status.state?.terminated?.exitCode ? status.state.terminated.reason : undefined))
    .find(reason => reason !== undefined && reason !== 'PodInitializing');
  if (pod.metadata.deletionTimestamp !== undefined) return {state: 'Terminating', healthy: false};
  if (phase === 'Running' && trouble === undefined) {
    const ready = conditionOf(pod, 'Ready') === 'True';
    return {state: ready ? 'Running' : 'Running, not ready', healthy: ready};
  }
  return {state: pod.status?.reason ?? trouble ?? phase, healthy: phase === 'Succeeded'};
}
