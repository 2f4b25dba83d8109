/** upstream: policy/check_allowPrivilegeEscalation.go */
import {allContainers} from '../../../../api/pods.ts';
import type {Check, PodCheck} from '../types.ts';
import {isWindows, named} from '../wording.ts';

const check: PodCheck = (_metadata, spec) => {
  const bad = allContainers(spec)
    .filter(({securityContext}) => securityContext?.allowPrivilegeEscalation !== false)
    .map(({name}) => name);
  if (bad.length === 0) return undefined;
  return {reason: 'allowPrivilegeEscalation != false', detail: `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`};
};

export const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  versions: [
    {since: 8, check},
    {since: 25, check: (metadata, spec) => (isWindows(spec) ? undefined : check(metadata, spec))},
  ],
};
