/** Whom the kernel kills first when memory runs out. upstream: pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust */

import {isPodLevelRequestsSet, podRequests, type ResourceList} from '../../api/pod-resources.ts';
import {isRestartableInitContainer} from '../../api/pods.ts';
import {getPodQos} from '../../api/qos.ts';
import {quantityValue} from '../../api/quantity.ts';
import type {Container, Pod} from '../../api/types.ts';

const GUARANTEED_OOM_SCORE_ADJ = -997;
const BEST_EFFORT_OOM_SCORE_ADJ = 1000;

const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

const memoryRequest = (container: Container): number => quantityValue(container.resources?.requests?.['memory'] ?? 0);

const share = (bytes: number, capacity: number): number => 1000 - Math.floor((1000 * bytes) / capacity);

/** oom_score_adj of one container. `memoryCapacity` is the node's, in bytes. */
export function containerOomScoreAdjust(pod: Pod, container: Container, memoryCapacity: number): number {
  if (isNodeCritical(pod)) return GUARANTEED_OOM_SCORE_ADJ;
  const qos = getPodQos(pod);
  if (qos === 'Guaranteed') return GUARANTEED_OOM_SCORE_ADJ;
  if (qos === 'BestEffort') return BEST_EFFORT_OOM_SCORE_ADJ;

  const rest = isPodLevelRequestsSet(pod) ? unallocatedMemoryPerContainer(pod) : 0;
  let score = share(memoryRequest(container) + rest, memoryCapacity);
  // A sidecar is not to die before the containers it serves.
  if ((pod.spec?.initContainers ?? []).some(c => c.name === container.name && isRestartableInitContainer(c))) {
    const least = Math.min(...pod.spec!.containers.map(memoryRequest));
    score = Math.min(score, share(least + rest, memoryCapacity));
  }
  // Between the guaranteed and the best-effort ones.
  return Math.min(Math.max(score, 1000 + GUARANTEED_OOM_SCORE_ADJ), BEST_EFFORT_OOM_SCORE_ADJ - 1);
}

/** What the pod requests as a whole beyond its containers' requests, divided among them. */
function unallocatedMemoryPerContainer(pod: Pod): number {
  const whole = quantityValue((pod.spec as {resources?: {requests?: ResourceList}}).resources?.requests?.['memory'] ?? 0);
  if (whole === 0) return 0;
  const containers = pod.spec!.containers.length + (pod.spec!.initContainers ?? []).filter(isRestartableInitContainer).length;
  const requested = podRequests(pod, {skipPodLevelResources: true, excludeOverhead: true})['memory']?.value ?? 0;
  return Math.floor((whole - requested) / containers);
}

/** Static pods, mirror pods and those of the system priority classes. upstream: pkg/kubelet/types/pod_update.go IsNodeCriticalPod */
const isNodeCritical = (pod: Pod): boolean =>
  pod.spec?.priorityClassName === 'system-node-critical' && (pod.spec.priority ?? 0) >= SYSTEM_CRITICAL_PRIORITY;
