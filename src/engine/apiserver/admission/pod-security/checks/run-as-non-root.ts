/** upstream: policy/check_runAsNonRoot.go */
import {allContainers} from '../../../../api/pods.ts';
import type {Check, PodCheck} from '../types.ts';
import {hasOwnUsers, named, setters} from '../wording.ts';

const REASON = 'runAsNonRoot != true';

const check: PodCheck = (_metadata, spec) => {
  const pod = spec.securityContext?.runAsNonRoot;
  const containers = allContainers(spec);
  const bad = containers.filter(({securityContext}) => securityContext?.runAsNonRoot === false).map(({name}) => name);
  if (pod === false || bad.length > 0)
    return {reason: REASON, detail: `${setters(pod === false, bad)} must not set securityContext.runAsNonRoot=false`};
  if (pod) return undefined;
  const without = containers.filter(({securityContext}) => securityContext?.runAsNonRoot === undefined).map(({name}) => name);
  if (without.length === 0) return undefined;
  return {reason: REASON, detail: `pod or ${named(without)} must set securityContext.runAsNonRoot=true`};
};

export const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  level: 'restricted',
  versions: [
    {since: 0, check},
    {since: 35, check: (metadata, spec) => (hasOwnUsers(spec) ? undefined : check(metadata, spec))},
  ],
};
