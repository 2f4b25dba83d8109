/** Defaults of volumes. upstream: pkg/apis/core/v1/defaults.go SetDefaults_Volume and the sources' own */

import type {Fields} from '../validation/fields.ts';
import {defaultPullPolicy} from './pull-policy.ts';
import {roundResources} from './resources.ts';

const MODE = 0o644;

const fill =
  (defaults: Fields) =>
  (source: Fields): void => {
    for (const field in defaults) if (source[field] === undefined || source[field] === '') source[field] = defaults[field];
  };

export function defaultClaimSpec(spec: Fields): void {
  spec['volumeMode'] ??= 'Filesystem';
  roundResources(spec['resources']?.limits);
  roundResources(spec['resources']?.requests);
}

const defaultFieldRefs = (items: readonly Fields[] | undefined): void => {
  for (const item of items ?? []) if (item['fieldRef']) item['fieldRef'].apiVersion ||= 'v1';
};

/** By source; persistent volumes use them too. */
const SOURCES: Readonly<Record<string, (source: Fields) => void>> = {
  secret: fill({defaultMode: MODE}),
  configMap: fill({defaultMode: MODE}),
  hostPath(source) {
    source['type'] ??= '';
  },
  iscsi: fill({iscsiInterface: 'default'}),
  rbd: fill({pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring'}),
  azureDisk: fill({kind: 'Shared', cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false}),
  scaleIO: fill({fsType: 'xfs', storageMode: 'ThinProvisioned'}),
  downwardAPI(source) {
    source['defaultMode'] ??= MODE;
    defaultFieldRefs(source['items']);
  },
  projected(source) {
    source['defaultMode'] ??= MODE;
    for (const projection of source['sources'] ?? []) {
      defaultFieldRefs(projection.downwardAPI?.items);
      if (projection.serviceAccountToken) projection.serviceAccountToken.expirationSeconds ??= 3600;
    }
  },
  ephemeral(source) {
    if (source['volumeClaimTemplate']?.spec) defaultClaimSpec(source['volumeClaimTemplate'].spec);
  },
  image(source) {
    source['pullPolicy'] ||= defaultPullPolicy(source['reference'] ?? '');
  },
};

export function defaultSources(holder: Fields): void {
  for (const field in SOURCES) if (holder[field]) SOURCES[field]!(holder[field]);
}

/** A volume that says nothing but its name is an emptyDir. */
export function defaultVolume(volume: Fields): void {
  const named = Object.keys(volume).length <= (volume['name'] === undefined ? 0 : 1);
  if (named) volume['emptyDir'] = {};
  defaultSources(volume);
}
