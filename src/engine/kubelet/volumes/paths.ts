/** Where a pod's things stand on the node's disk. upstream: pkg/kubelet/kubelet_getters.go */
import {claimNameOf} from '../../api/persistent-volumes.ts';
import type {core, Pod} from '../../api/types.ts';

const ROOT_DIRECTORY = '/var/lib/kubelet';
const POD_LOGS = '/var/log/pods';

export const podDirectory = (pod: Pod): string => `${ROOT_DIRECTORY}/pods/${pod.metadata.uid}`;

export const podLogDirectory = ({metadata}: Pod): string => `${POD_LOGS}/${metadata.namespace}_${metadata.name}_${metadata.uid}`;

/** The directories made for every pod before anything else. */
export const podDirectories = (pod: Pod): string[] => [podDirectory(pod), `${podDirectory(pod)}/volumes`, `${podDirectory(pod)}/plugins`];

/** The plugin that serves a volume, as it is written in paths. */
function pluginOf(volume: core.Volume): string {
  if (volume.configMap) return 'kubernetes.io~configmap';
  if (volume.secret) return 'kubernetes.io~secret';
  if (volume.projected) return 'kubernetes.io~projected';
  if (volume.downwardAPI) return 'kubernetes.io~downward-api';
  if (volume.emptyDir) return 'kubernetes.io~empty-dir';
  if (volume.nfs) return 'kubernetes.io~nfs';
  return 'kubernetes.io~csi';
}

/** The directory a container mounts. Volumes of a claim share one, whichever pod uses them. */
export function volumePath(pod: Pod, volume: core.Volume): string {
  if (volume.hostPath) return volume.hostPath.path.replace(/(.)\/+$/, '$1');
  const claim = claimNameOf(pod.metadata.name!, volume);
  if (claim) return claimPath(pod.metadata.namespace!, claim);
  return `${podDirectory(pod)}/volumes/${pluginOf(volume)}/${volume.name}`;
}

const claimPath = (namespace: string, claim: string): string => `${ROOT_DIRECTORY}/plugins/kubernetes.io~csi/${namespace}/${claim}`;
