/** upstream: policy/check_runAsUser.go */
import {allContainers} from '../../../../api/pods.ts';
import type {Check, PodCheck} from '../types.ts';
import {hasOwnUsers, setters} from '../wording.ts';

const check: PodCheck = (_metadata, spec) => {
  const pod = spec.securityContext?.runAsUser === 0;
  const bad = allContainers(spec)
    .filter(({securityContext}) => securityContext?.runAsUser === 0)
    .map(({name}) => name);
  return pod || bad.length > 0 ? {reason: 'runAsUser=0', detail: `${setters(pod, bad)} must not set runAsUser=0`} : undefined;
};

export const runAsUser: Check = {
  id: 'runAsUser',
  level: 'restricted',
  versions: [
    {since: 23, check},
    {since: 35, check: (metadata, spec) => (hasOwnUsers(spec) ? undefined : check(metadata, spec))},
  ],
};
