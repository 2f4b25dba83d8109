/** Which volume suits a claim. upstream: staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go FindMatchingVolume */

import {matches, selectorFrom} from '../../api/labels.ts';
import {byObjectName} from '../../api/order.ts';
import {cmp, parseQuantity} from '../../api/quantity.ts';
import type {core, KubeObject, Stored} from '../../api/types.ts';

export type Claim = core.PersistentVolumeClaim & KubeObject;
export type Volume = core.PersistentVolume & KubeObject;

const BETA_STORAGE_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** The storage class a claim asks for, or a volume is of. */
export const classOfClaim = ({metadata, spec}: Claim): string => metadata.annotations?.[BETA_STORAGE_CLASS] ?? spec?.storageClassName ?? '';
const classOfVolume = ({metadata, spec}: Volume): string => metadata.annotations?.[BETA_STORAGE_CLASS] ?? spec?.storageClassName ?? '';

const capacityOf = (volume: Volume) => parseQuantity(volume.spec?.capacity?.['storage'] ?? '0');

/** The volume names the claim as its own. */
export const isPreboundTo = (volume: Volume, claim: Claim): boolean => {
  const ref = volume.spec?.claimRef;
  return (
    ref !== undefined &&
    ref.name === claim.metadata.name &&
    ref.namespace === claim.metadata.namespace &&
    (!ref.uid || ref.uid === claim.metadata.uid)
  );
};

/** A volume bound in advance to the claim; else the smallest that is large enough, of the right class, mode, labels and access. */
export function findMatchingVolume(claim: Stored<Claim>, volumes: readonly Stored<Volume>[]): Stored<Volume> | undefined {
  const wanted = parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '0');
  const fits = (volume: Volume): boolean =>
    !volume.metadata.deletionTimestamp &&
    (volume.spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem') &&
    cmp(capacityOf(volume), wanted) >= 0 &&
    (claim.spec?.accessModes ?? []).every(mode => volume.spec?.accessModes?.includes(mode));
  const prebound = volumes.find(volume => isPreboundTo(volume, claim));
  if (prebound) return fits(prebound) && classOfVolume(prebound) === classOfClaim(claim) ? prebound : undefined;
  const selector = claim.spec?.selector;
  return volumes
    .filter(volume => fits(volume) && !volume.spec?.claimRef && (volume.status?.phase ?? 'Available') === 'Available')
    .filter(
      volume => classOfVolume(volume) === classOfClaim(claim) && (!selector || matches(selectorFrom(selector), volume.metadata.labels)),
    )
    .sort((a, b) => cmp(capacityOf(a), capacityOf(b)) || byObjectName(a, b))[0];
}
