/** Before v1.30 a container's AppArmor profile stood in an annotation of its pod. upstream: pkg/registry/core/pod/strategy.go applyAppArmorVersionSkew */
import {type Errors, type Fields, semanticEqual} from '../fields.ts';
import {APPARMOR, containersWithPath} from './pod-annotations.ts';
import {validateAppArmorProfile} from './security-context.ts';

const LOCALHOST = 'localhost/';

/** undefined: the annotation names no profile. */
function profileOf(annotation: string): Fields | undefined {
  if (annotation === 'unconfined') return {type: 'Unconfined'};
  if (annotation === 'runtime/default') return {type: 'RuntimeDefault'};
  if (!annotation.startsWith(LOCALHOST)) return undefined;
  const profile = {type: 'Localhost', localhostProfile: annotation.slice(LOCALHOST.length)};
  const errors: Errors = [];
  validateAppArmorProfile(errors, profile, '');
  return errors.length === 0 ? profile : undefined;
}

/** Puts what annotations say where it belongs, and returns what their author is to be told. */
export function liftAppArmor({metadata, spec}: Fields): string[] {
  if (!spec || spec.os?.name === 'windows') return [];
  const ofPod: Fields | undefined = spec.securityContext?.appArmorProfile;
  return containersWithPath(spec, 'spec').flatMap(([container]) => {
    const key = APPARMOR + container['name'];
    const annotation: string | undefined = metadata.annotations?.[key];
    if (annotation === undefined || container['securityContext']?.appArmorProfile) return [];
    const profile = profileOf(annotation);
    const lifted = profile && !semanticEqual(profile, ofPod);
    if (lifted) container['securityContext'] = {...container['securityContext'], appArmorProfile: profile};
    return profile && !lifted ? [] : [`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`];
  });
}
