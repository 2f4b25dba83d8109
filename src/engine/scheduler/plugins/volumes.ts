/** What the volume plugins share: a pod's claims, their classes and volumes. upstream: component-helpers/storage/{volume,ephemeral} */
import type {core, KubeObject, Pod, storage} from '../../api/types.ts';
import type {Listers, PodInfo} from '../framework/types.ts';

export type Claim = core.PersistentVolumeClaim & KubeObject;
export type Volume = core.PersistentVolume & KubeObject;
export type StorageClass = storage.StorageClass & KubeObject;

export const notFound = (resource: string, name: string): string => `${resource} "${name}" not found`;

/** The claim of a generic ephemeral volume is named after pod and volume. */
export const claimName = (podName: string, volume: core.Volume): string | undefined =>
  volume.persistentVolumeClaim ? volume.persistentVolumeClaim.claimName : volume.ephemeral && `${podName}-${volume.name}`;

/** Names of the claims of a pod's volumes, in order. */
export const claimNames = (pod: Pick<PodInfo, 'name' | 'volumes'>): string[] =>
  (pod.volumes ?? []).map(v => claimName(pod.name, v)).filter(name => name !== undefined);

export const volumesOf = (pod: Pod): Pick<PodInfo, 'name' | 'namespace' | 'volumes'> => ({
  name: pod.metadata.name ?? '',
  namespace: pod.metadata.namespace ?? '',
  volumes: pod.spec?.volumes ?? [],
});

export const claimOf = (listers: Listers, namespace: string, name: string): Claim | undefined =>
  listers<Claim>('persistentvolumeclaims').get(namespace, name);
export const volumeOf = (listers: Listers, name: string): Volume | undefined => listers<Volume>('persistentvolumes').get('', name);
export const storageClass = (listers: Listers, name: string): StorageClass | undefined =>
  listers<StorageClass>('storageclasses').get('', name);

/** The class a claim asks for: the old annotation goes before the field. */
export const className = (claim: Claim): string =>
  claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec?.storageClassName ?? '';

/** Bound both ways: the claim names a volume and the binder has said it is done. */
export const isFullyBound = (claim: Claim): boolean =>
  Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined;

/** Whether a claim of this pod changed, by name. */
export const usesClaim = (pod: Pod, claim: KubeObject): boolean =>
  pod.metadata.namespace === claim.metadata.namespace && claimNames(volumesOf(pod)).includes(claim.metadata.name ?? '');
