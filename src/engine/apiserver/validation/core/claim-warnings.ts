/** What is said of volumes and claims on them. upstream: pkg/api/persistentvolume/util.go, pkg/api/persistentvolumeclaim/util.go */

import {goQuote} from '../../../api/field-errors.ts';
import {parseQuantity, scaledValue} from '../../../api/quantity.ts';
import {BETA_STORAGE_CLASS_ANNOTATION} from '../../../api/well-known.ts';
import type {Fields} from '../fields.ts';
import {termWarnings} from './node-label-warnings.ts';

/** Bytes come whole. */
export function fractional(text: string | undefined, path: string): string[] {
  if (text === undefined || scaledValue(parseQuantity(text), -3) % 1000n === 0n) return [];
  return [`${path}: fractional byte value ${goQuote(text)} is invalid, must be an integer`];
}

export const claimSpecWarnings = ({resources}: Fields, path: string): string[] => [
  ...fractional(resources?.requests?.storage, `${path}.resources.requests[storage]`),
  ...fractional(resources?.limits?.storage, `${path}.resources.limits[storage]`),
];

const classWarnings = ({annotations}: Fields): string[] =>
  annotations?.[BETA_STORAGE_CLASS_ANNOTATION] === undefined
    ? []
    : [`metadata.annotations[${BETA_STORAGE_CLASS_ANNOTATION}]: deprecated since v1.8; use "storageClassName" attribute instead`];

export const claimWarnings = ({metadata, spec}: Fields): string[] => [...classWarnings(metadata), ...claimSpecWarnings(spec, 'spec')];

/** In the server's order. */
const DEPRECATED_SOURCES: readonly [field: string, said: string, text: string][] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

const RECYCLE = 'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';

export function volumeWarnings({metadata, spec}: Fields): string[] {
  const terms: Fields[] = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return [
    ...classWarnings(metadata),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [`spec.persistentVolumeReclaimPolicy: ${RECYCLE}`] : []),
    ...terms.flatMap((term, i) => termWarnings(term, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`)),
    ...DEPRECATED_SOURCES.flatMap(([field, said, text]) => (spec[field] ? [`spec.${said}: ${text}`] : [])),
  ];
}
