/** upstream: policy/check_restrictedVolumes.go */
import type {Check} from '../types.ts';
import {joinQuoted, named, plural, sorted} from '../wording.ts';

const ALLOWED = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const typeOf = (volume: object): string =>
  Object.entries(volume).find(([field, source]) => field !== 'name' && source !== undefined && source !== null)?.[0] ?? 'unknown';

export const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  level: 'restricted',
  versions: [
    {
      since: 0,
      overrides: ['hostPathVolumes'],
      check(_metadata, spec) {
        const bad = (spec.volumes ?? []).filter(volume => !ALLOWED.has(typeOf(volume)));
        if (bad.length === 0) return undefined;
        const types = sorted(bad.map(typeOf));
        return {
          reason: 'restricted volume types',
          detail: `${named(
            bad.map(({name}) => name),
            'volume',
          )} ${plural('uses', 'use', bad.length)} ${plural('restricted volume type', 'restricted volume types', types.length)} ${joinQuoted(types)}`,
        };
      },
    },
  ],
};
