/** upstream: policy/check_appArmorProfile.go */
import {allContainers} from '../../../../api/pods.ts';
import type {Check} from '../types.ts';
import {joinQuoted, named, plural, sorted} from '../wording.ts';

const ANNOTATION_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
const ALLOWED_TYPES: readonly (string | undefined)[] = [undefined, 'RuntimeDefault', 'Localhost'];

interface WithProfile {
  appArmorProfile?: {type: string};
}

const typeOf = (context: unknown): string | undefined => (context as WithProfile | undefined)?.appArmorProfile?.type;
const allowedAnnotation = (value: string): boolean => value === '' || value === 'runtime/default' || value.startsWith('localhost/');

export const appArmorProfile: Check = {
  id: 'appArmorProfile',
  level: 'baseline',
  versions: [
    {
      since: 0,
      check({annotations = {}}, spec) {
        const podType = typeOf(spec.securityContext);
        const podIsBad = !ALLOWED_TYPES.includes(podType);
        const bad = allContainers(spec).filter(({securityContext}) => !ALLOWED_TYPES.includes(typeOf(securityContext)));
        const notes = Object.entries(annotations).filter(([key, value]) => key.startsWith(ANNOTATION_PREFIX) && !allowedAnnotation(value));
        const who = [
          ...(podIsBad ? ['pod'] : []),
          ...(bad.length > 0 ? [named(bad.map(({name}) => name))] : []),
          ...(notes.length > 0 ? [plural('annotation', 'annotations', notes.length)] : []),
        ];
        if (who.length === 0) return undefined;
        const values = sorted([
          ...(podIsBad ? [podType!] : []),
          ...bad.map(({securityContext}) => typeOf(securityContext)!),
          ...notes.map(([key, value]) => `${key}="${value}"`),
        ]);
        return {
          reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
          detail: `${who.join(' and ')} must not set AppArmor profile type to ${joinQuoted(values)}`,
        };
      },
    },
  ],
};
