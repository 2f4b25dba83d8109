/** What the volume controller and the scheduler both ask of volumes and claims. upstream: staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go */
import {matches, selectorFrom} from './labels.ts';
import {cmp, parseQuantity, type Quantity} from './quantity.ts';
import type {core, meta, PersistentVolume, PersistentVolumeClaim} from './types.ts';
import {BETA_STORAGE_CLASS_ANNOTATION, BOUND_BY_CONTROLLER_ANNOTATION} from './well-known.ts';

/** The claim behind a pod's volume, if there is one: of a generic ephemeral volume it is named after pod and volume. upstream: storage/ephemeral VolumeClaimName */
export const claimNameOf = (podName: string, {name, persistentVolumeClaim, ephemeral}: core.Volume): string | undefined =>
  persistentVolumeClaim ? persistentVolumeClaim.claimName : ephemeral && `${podName}-${name}`;

/** The storage class that a claim asks for, or a volume is of; '' where none is named. The old annotation goes before the field. */
export const storageClassOf = ({
  metadata,
  spec,
}: {
  metadata?: meta.ObjectMeta | undefined;
  spec?: {storageClassName?: string | undefined} | undefined;
}): string => metadata?.annotations?.[BETA_STORAGE_CLASS_ANNOTATION] ?? spec?.storageClassName ?? '';

/** What a claim requests. */
export const storageRequestOf = ({spec}: core.PersistentVolumeClaim): Quantity =>
  parseQuantity(spec?.resources?.requests?.['storage'] ?? '0');

const capacityOf = ({spec}: PersistentVolume): Quantity => parseQuantity(spec?.capacity?.['storage'] ?? '0');

/** The volume names the claim as its own. upstream: IsVolumeBoundToClaim */
export function isVolumeBoundToClaim({spec}: PersistentVolume, {metadata}: PersistentVolumeClaim): boolean {
  const ref = spec?.claimRef;
  return ref !== undefined && ref.name === metadata.name && ref.namespace === metadata.namespace && (!ref.uid || ref.uid === metadata.uid);
}

/** The volume may be used in every way that the claim asks for. upstream: CheckAccessModes */
export const hasAccessModes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec?.accessModes ?? []).every(mode => volume.spec?.accessModes?.includes(mode));

type WithAttributesClass = {readonly spec?: {readonly volumeAttributesClassName?: string | undefined} | undefined};

/** Both are to be mounted the same way. upstream: CheckVolumeModeMismatches */
export const isSameMode = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (volume.spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem');

/** The volume has the attributes that the claim asks for. */
export const isSameAttributesClass = ({spec: volume}: WithAttributesClass, {spec: claim}: WithAttributesClass): boolean =>
  (volume?.volumeAttributesClassName ?? '') === (claim?.volumeAttributesClassName ?? '');

export const isLargeEnough = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  cmp(capacityOf(volume), storageRequestOf(claim)) >= 0;

interface Search {
  /** Names of volumes that are spoken for. */
  readonly taken?: ReadonlySet<string>;
  /** The scheduler's question: whether the node it looks at reaches the volume. */
  reaches?(volume: PersistentVolume): boolean;
  /** The claim waits for the scheduler to choose: only a volume that is reserved for it will do. */
  readonly delayBinding?: boolean;
}

/** The volume that is reserved for the claim; else, of those that suit it, the first of the smallest. upstream: FindMatchingVolume */
export function findMatchingVolume<V extends PersistentVolume>(
  claim: PersistentVolumeClaim,
  volumes: readonly V[],
  {taken, reaches, delayBinding}: Search = {},
): V | undefined {
  const {selector} = claim.spec ?? {};
  const storageClass = storageClassOf(claim);
  let smallest: V | undefined;
  for (const volume of volumes) {
    const {metadata, spec, status} = volume;
    const reserved = isVolumeBoundToClaim(volume, claim);
    if (taken?.has(metadata.name ?? '') || (spec?.claimRef && !reserved) || metadata.deletionTimestamp) continue;
    if (!isLargeEnough(volume, claim) || !isSameMode(volume, claim) || !isSameAttributesClass(volume, claim)) continue;
    if (reserved) return !reaches || reaches(volume) ? volume : undefined;
    if (delayBinding && !reaches) continue;
    if (status?.phase !== 'Available' || (selector && !matches(selectorFrom(selector), metadata.labels))) continue;
    if (storageClassOf(volume) !== storageClass || (reaches && !(reaches(volume) && hasAccessModes(volume, claim)))) continue;
    if (!smallest || cmp(capacityOf(volume), capacityOf(smallest)) < 0) smallest = volume;
  }
  return smallest;
}

/** The volume as it names the claim; that it was nobody's wish but a controller's is noted on it. upstream: GetBindVolumeToClaim */
export function bindVolumeToClaim<V extends PersistentVolume>(volume: V, claim: PersistentVolumeClaim): V {
  const {namespace, name, uid, resourceVersion} = claim.metadata;
  const claimRef = {apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion};
  const annotations = isVolumeBoundToClaim(volume, claim)
    ? volume.metadata.annotations
    : {...volume.metadata.annotations, [BOUND_BY_CONTROLLER_ANNOTATION]: 'yes'};
  return {...volume, metadata: {...volume.metadata, annotations}, spec: {...volume.spec, claimRef}};
}
