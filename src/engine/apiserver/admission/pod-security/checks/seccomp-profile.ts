/** upstream: policy/check_seccompProfile_baseline.go, check_seccompProfile_restricted.go */

import {allContainers} from '../../../../api/pods.ts';
import type {core} from '../../../../api/types.ts';
import {SECCOMP_CONTAINER_ANNOTATION_PREFIX, SECCOMP_POD_ANNOTATION} from '../../../../api/well-known.ts';
import type {Check, PodCheck, Violation} from '../types.ts';
import {isWindows, joinQuoted, named, plural, setters, sorted} from '../wording.ts';

const REASON = 'seccompProfile';

const allowedType = (type: string): boolean => type === 'RuntimeDefault' || type === 'Localhost';
const allowedAnnotation = (value: string): boolean =>
  value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');

/** Before v1.19 a profile was an annotation. */
const annotations: PodCheck = ({annotations: found = {}}, spec) => {
  const keys = [SECCOMP_POD_ANNOTATION, ...allContainers(spec).map(({name}) => `${SECCOMP_CONTAINER_ANNOTATION_PREFIX}${name}`)];
  const bad = sorted(keys.filter(key => key in found && !allowedAnnotation(found[key]!)).map(key => `${key}="${found[key]}"`));
  if (bad.length === 0) return undefined;
  return {reason: REASON, detail: `forbidden ${plural('annotation', 'annotations', bad.length)} ${bad.join(', ')}`};
};

/** A profile that was chosen and is not allowed. */
function explicitlyBad(spec: core.PodSpec): Violation | undefined {
  const pod = spec.securityContext?.seccompProfile?.type;
  const podIsBad = pod !== undefined && !allowedType(pod);
  const bad = allContainers(spec).filter(({securityContext}) => {
    const type = securityContext?.seccompProfile?.type;
    return type !== undefined && !allowedType(type);
  });
  if (!podIsBad && bad.length === 0) return undefined;
  const types = sorted([...(podIsBad ? [pod] : []), ...bad.map(({securityContext}) => securityContext!.seccompProfile!.type)]);
  const who = setters(
    podIsBad,
    bad.map(({name}) => name),
  );
  return {reason: REASON, detail: `${who} must not set securityContext.seccompProfile.type to ${joinQuoted(types)}`};
}

export const seccompProfileBaseline: Check = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  versions: [
    {since: 0, check: annotations},
    {since: 19, check: (_metadata, spec) => explicitlyBad(spec)},
  ],
};

const restricted: PodCheck = (_metadata, spec) => {
  const chosen = explicitlyBad(spec);
  if (chosen) return chosen;
  if (spec.securityContext?.seccompProfile) return undefined;
  const without = allContainers(spec)
    .filter(({securityContext}) => !securityContext?.seccompProfile)
    .map(({name}) => name);
  if (without.length === 0) return undefined;
  return {
    reason: REASON,
    detail: `pod or ${named(without)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  };
};

const overrides = ['seccompProfile_baseline'];

export const seccompProfileRestricted: Check = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  versions: [
    {since: 19, check: restricted, overrides},
    {since: 25, check: (metadata, spec) => (isWindows(spec) ? undefined : restricted(metadata, spec)), overrides},
  ],
};
