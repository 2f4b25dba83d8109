/** What the volume plugins share: a pod's claims, their classes and volumes. upstream: component-helpers/storage/{volume,ephemeral} */

import {controllerOf} from '../../api/owner.ts';
import {claimNameOf} from '../../api/persistent-volumes.ts';
import type {KubeObject, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass} from '../../api/types.ts';
import {BIND_COMPLETED_ANNOTATION} from '../../api/well-known.ts';
import type {Listers, PodInfo} from '../framework/types.ts';

export const notFound = (resource: string, name: string): string => `${resource} "${name}" not found`;

/** Names of the claims of a pod's volumes, in order. */
export const claimNames = (pod: Pick<PodInfo, 'name' | 'volumes'>): string[] =>
  (pod.volumes ?? []).map(v => claimNameOf(pod.name, v)).filter(name => name !== undefined);

/** What is asked of a pod about its volumes. */
export type PodVolumes = Pick<PodInfo, 'name' | 'namespace' | 'uid' | 'volumes'>;

export const volumesOf = (pod: Pod): PodVolumes => ({
  name: pod.metadata.name ?? '',
  namespace: pod.metadata.namespace ?? '',
  uid: pod.metadata.uid ?? '',
  volumes: pod.spec?.volumes ?? [],
});

/** What is wrong with the claim of a generic ephemeral volume, if somebody else's has its name. upstream: storage/ephemeral VolumeIsForPod */
export function notOwned(claim: PersistentVolumeClaim, {namespace, name, uid}: PodVolumes): string | undefined {
  if (controllerOf(claim)?.uid === uid) return undefined;
  return `PVC ${claim.metadata.namespace}/${claim.metadata.name} was not created for pod ${namespace}/${name} (pod is not owner)`;
}

export const claimOf = (listers: Listers, namespace: string, name: string): PersistentVolumeClaim | undefined =>
  listers<PersistentVolumeClaim>('persistentvolumeclaims').get(namespace, name);
export const volumeOf = (listers: Listers, name: string): PersistentVolume | undefined =>
  listers<PersistentVolume>('persistentvolumes').get('', name);
export const storageClass = (listers: Listers, name: string): StorageClass | undefined =>
  listers<StorageClass>('storageclasses').get('', name);

/** Bound both ways: the claim names a volume and the binder has said it is done. */
export const isFullyBound = (claim: PersistentVolumeClaim): boolean =>
  Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.[BIND_COMPLETED_ANNOTATION] !== undefined;

/** Whether a claim of this pod changed, by name. */
export const usesClaim = (pod: Pod, claim: KubeObject): boolean =>
  pod.metadata.namespace === claim.metadata.namespace && claimNames(volumesOf(pod)).includes(claim.metadata.name ?? '');
