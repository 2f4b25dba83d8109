/** Where a pod stands in the node's cgroup tree. upstream: pkg/kubelet/cm/pod_container_manager_linux.go, cgroup_manager_linux.go */

import {getPodQos} from '../../api/qos.ts';
import type {Pod} from '../../api/types.ts';

/** Path of the pod's cgroup with the systemd driver, as kubeadm sets it up: below kubepods.slice, Guaranteed pods directly. */
export function podCgroupPath(pod: Pod): string {
  const qos = getPodQos(pod).toLowerCase();
  const parent = qos === 'guaranteed' ? 'kubepods' : `kubepods-${qos}`;
  const slice = `${parent}-pod${(pod.metadata.uid ?? '').replaceAll('-', '_')}.slice`;
  return qos === 'guaranteed' ? `/kubepods.slice/${slice}` : `/kubepods.slice/${parent}.slice/${slice}`;
}
