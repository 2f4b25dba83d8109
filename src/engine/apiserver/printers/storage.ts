/** upstream: pkg/printers/internalversion/printers.go printPersistentVolume and its neighbours */
import {storageClassOf} from '../../api/persistent-volumes.ts';
import type {core, meta, storage} from '../../api/types.ts';
import {DEFAULT_STORAGE_CLASS_ANNOTATION} from '../../api/well-known.ts';
import {accessModes, age, type Cell, type PrintOptions} from './format.ts';

interface WithAttributesClass {
  volumeAttributesClassName?: string;
}

export function printPersistentVolume(volume: core.PersistentVolume, {now}: PrintOptions): Cell[] {
  const {spec, status, metadata} = volume;
  const claim = spec?.claimRef;
  return [
    metadata?.name ?? '',
    spec?.capacity?.['storage'] ?? '0',
    accessModes(spec?.accessModes),
    spec?.persistentVolumeReclaimPolicy ?? '',
    metadata?.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    claim ? `${claim.namespace ?? ''}/${claim.name ?? ''}` : '',
    storageClassOf(volume),
    (spec as WithAttributesClass | undefined)?.volumeAttributesClassName ?? '<unset>',
    status?.reason ?? '',
    age(metadata?.creationTimestamp, now),
    spec?.volumeMode ?? '<unset>',
  ];
}

export function printPersistentVolumeClaim(claim: core.PersistentVolumeClaim, {now}: PrintOptions): Cell[] {
  const {spec, status, metadata} = claim;
  const bound = Boolean(spec?.volumeName);
  return [
    metadata?.name ?? '',
    metadata?.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    spec?.volumeName ?? '',
    bound ? (status?.capacity?.['storage'] ?? '0') : '',
    bound ? accessModes(status?.accessModes) : '',
    storageClassOf(claim),
    (spec as WithAttributesClass | undefined)?.volumeAttributesClassName ?? '<unset>',
    age(metadata?.creationTimestamp, now),
    spec?.volumeMode ?? '<unset>',
  ];
}

const DEFAULT_CLASS_ANNOTATIONS = [DEFAULT_STORAGE_CLASS_ANNOTATION, 'storageclass.beta.kubernetes.io/is-default-class'] as const;

/** Whether a StorageClass is marked as the default, by the annotation of today or that of old. */
export const isDefaultClass = (metadata: meta.ObjectMeta | undefined): boolean =>
  DEFAULT_CLASS_ANNOTATIONS.some(key => metadata?.annotations?.[key] === 'true');

export function printStorageClass(storageClass: storage.StorageClass, {now}: PrintOptions): Cell[] {
  const name = storageClass.metadata?.name ?? '';
  return [
    isDefaultClass(storageClass.metadata) ? `${name} (default)` : name,
    storageClass.provisioner ?? '',
    storageClass.reclaimPolicy ?? 'Delete',
    storageClass.volumeBindingMode ?? 'Immediate',
    storageClass.allowVolumeExpansion ?? false,
    age(storageClass.metadata?.creationTimestamp, now),
  ];
}

interface AttributesClass {
  metadata?: meta.ObjectMeta;
  driverName?: string;
}

export function printVolumeAttributesClass(attributesClass: AttributesClass, {now}: PrintOptions): Cell[] {
  return [attributesClass.metadata?.name ?? '', attributesClass.driverName ?? '', age(attributesClass.metadata?.creationTimestamp, now)];
}

export function printVolumeAttachment(attachment: storage.VolumeAttachment, {now}: PrintOptions): Cell[] {
  return [
    attachment.metadata?.name ?? '',
    attachment.spec?.attacher ?? '',
    attachment.spec?.source?.persistentVolumeName ?? '',
    attachment.spec?.nodeName ?? '',
    attachment.status?.attached ?? false,
    age(attachment.metadata?.creationTimestamp, now),
  ];
}

interface CsiDriver {
  metadata?: meta.ObjectMeta;
  spec?: storage.CSIDriverSpec;
}

export function printCsiDriver({metadata, spec = {}}: CsiDriver, {now}: PrintOptions): Cell[] {
  return [
    metadata?.name ?? '',
    spec.attachRequired ?? true,
    spec.podInfoOnMount ?? false,
    spec.storageCapacity ?? false,
    spec.tokenRequests?.map(request => request.audience).join(',') ?? '<unset>',
    spec.requiresRepublish ?? false,
    spec.volumeLifecycleModes?.join(',') || '<none>',
    age(metadata?.creationTimestamp, now),
  ];
}

export const printCsiStorageCapacity = ({metadata, storageClassName, capacity}: storage.CSIStorageCapacity): Cell[] => [
  metadata?.name ?? '',
  storageClassName ?? '',
  capacity ?? '<unset>',
];

export function printCsiNode(node: storage.CSINode, {now}: PrintOptions): Cell[] {
  return [node.metadata?.name ?? '', node.spec?.drivers?.length ?? 0, age(node.metadata?.creationTimestamp, now)];
}
