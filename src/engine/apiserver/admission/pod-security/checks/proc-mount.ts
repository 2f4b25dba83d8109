/** upstream: policy/check_procMount_baseline.go, check_procMount_restricted.go */
import {allContainers} from '../../../../api/pods.ts';
import type {Check, PodCheck} from '../types.ts';
import {hasOwnUsers, joinQuoted, named, sorted} from '../wording.ts';

const check: PodCheck = (_metadata, spec) => {
  const bad = allContainers(spec).filter(({securityContext}) => (securityContext?.procMount ?? 'Default') !== 'Default');
  if (bad.length === 0) return undefined;
  const types = sorted(bad.map(({securityContext}) => securityContext!.procMount!));
  return {
    reason: 'procMount',
    detail: `${named(bad.map(({name}) => name))} must not set securityContext.procMount to ${joinQuoted(types)}`,
  };
};

export const procMountBaseline: Check = {
  id: 'procMount',
  level: 'baseline',
  versions: [
    {since: 0, check},
    {since: 35, check: (metadata, spec) => (hasOwnUsers(spec) ? undefined : check(metadata, spec))},
  ],
};

/** What baseline lets a pod with users of its own do, restricted does not. */
export const procMountRestricted: Check = {
  id: 'procMount_restricted',
  level: 'restricted',
  versions: [{since: 35, check, overrides: ['procMount']}],
};
