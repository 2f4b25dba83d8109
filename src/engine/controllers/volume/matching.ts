/** Which volume a claim gets. upstream: pkg/controller/volume/persistentvolume/{index,pv_controller}.go findBestMatchForClaim, checkVolumeSatisfyClaim */
import {byText} from '../../api/order.ts';
import {
  findMatchingVolume,
  hasAccessModes,
  isLargeEnough,
  isSameAttributesClass,
  isSameMode,
  storageClassOf,
} from '../../api/persistent-volumes.ts';
import type {PersistentVolume, PersistentVolumeClaim, Stored} from '../../api/types.ts';

type Volume = Stored<PersistentVolume>;

/** The access modes of a volume, as one word. */
const modesOf = ({spec}: PersistentVolume): string => [...new Set(spec?.accessModes ?? [])].sort(byText).join(',');

const fewerModesFirst = (a: string, b: string): number => a.split(',').length - b.split(',').length || byText(a, b);

/** The best of the volumes that can be used in all the ways that the claim asks for; those that can be used in fewer other ways go first. */
export function findBestMatch(claim: PersistentVolumeClaim, volumes: readonly Volume[], delayBinding: boolean): Volume | undefined {
  const usable = volumes.filter(volume => hasAccessModes(volume, claim));
  for (const modes of [...new Set(usable.map(modesOf))].sort(fewerModesFirst)) {
    const alike = usable.filter(volume => modesOf(volume) === modes);
    const found = findMatchingVolume(claim, alike, {delayBinding});
    if (found) return found;
  }
  return undefined;
}

/** Why the claim cannot have the volume that it names, if it cannot. */
export function mismatchOf(volume: Volume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp) return `the volume is marked for deletion "${volume.metadata.name}"`;
  if (!isLargeEnough(volume, claim)) return 'requested PV is too small';
  if (storageClassOf(volume) !== storageClassOf(claim)) return 'storageClassName does not match';
  if (!isSameAttributesClass(volume, claim)) return 'volumeAttributesClassName does not match';
  if (!isSameMode(volume, claim)) return 'incompatible volumeMode';
  return hasAccessModes(volume, claim) ? undefined : 'incompatible accessMode';
}
