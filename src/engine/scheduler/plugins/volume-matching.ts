/** Which volume a claim may have, and where it may be. upstream: staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go */
import {type Labels, matches, selectorFrom} from '../../api/labels.ts';
import {cmp, parseQuantity, ZERO} from '../../api/quantity.ts';
import type {core} from '../../api/types.ts';
import {matchesNodeSelector, type NodeFacts} from '../framework/node-selector.ts';
import {type Claim, className, type StorageClass, type Volume} from './volumes.ts';

const quantity = (text: string | undefined) => (text === undefined ? ZERO : parseQuantity(text));
const capacity = (volume: Volume) => quantity(volume.spec?.capacity?.['storage'] as string | undefined);

/** Whether the volume can be reached from the node. */
export function isReachable(volume: Volume, node: NodeFacts): boolean {
  const required = volume.spec?.nodeAffinity?.required;
  return !required || matchesNodeSelector(required, node);
}

const isFor = (volume: Volume, claim: Claim): boolean => {
  const ref = volume.spec?.claimRef;
  return ref?.name === claim.metadata.name && ref?.namespace === claim.metadata.namespace && (!ref?.uid || ref.uid === claim.metadata.uid);
};

const classOfVolume = (volume: Volume): string =>
  volume.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? volume.spec?.storageClassName ?? '';

function satisfies(volume: Volume, claim: Claim, node: NodeFacts): boolean {
  const {accessModes = [], resources, selector, volumeMode} = claim.spec ?? {};
  if (volume.metadata.deletionTimestamp) return false;
  if ((volume.spec?.volumeMode ?? 'Filesystem') !== (volumeMode ?? 'Filesystem')) return false;
  if (cmp(capacity(volume), quantity(resources?.requests?.['storage'] as string | undefined)) < 0) return false;
  if (!isReachable(volume, node)) return false;
  if (isFor(volume, claim)) return true;
  if (volume.spec?.claimRef || volume.status?.phase !== 'Available') return false;
  if (classOfVolume(volume) !== className(claim)) return false;
  if (selector && !matches(selectorFrom(selector), volume.metadata.labels as Labels | undefined)) return false;
  return accessModes.every(mode => volume.spec?.accessModes?.includes(mode));
}

/** The volume reserved for the claim, else the smallest that satisfies it, on this node. */
export function matchingVolume(volumes: readonly Volume[], claim: Claim, node: NodeFacts, taken: ReadonlySet<string>): Volume | undefined {
  let best: Volume | undefined;
  for (const volume of volumes) {
    if (taken.has(volume.metadata.name ?? '') || !satisfies(volume, claim, node)) continue;
    if (isFor(volume, claim)) return volume;
    if (!best || cmp(capacity(volume), capacity(best)) < 0) best = volume;
  }
  return best;
}

const topologyMatches = (term: core.TopologySelectorTerm, labels: Labels): boolean =>
  (term.matchLabelExpressions ?? []).every(({key, values}) => labels[key] !== undefined && values.includes(labels[key]));

/** Whether the class can make a volume for this node. */
export function canProvision(storage: StorageClass | undefined, node: NodeFacts): boolean {
  if (!storage?.provisioner || storage.provisioner === 'kubernetes.io/no-provisioner') return false;
  const terms = storage.allowedTopologies ?? [];
  return terms.length === 0 || terms.some(term => topologyMatches(term, node.labels));
}
