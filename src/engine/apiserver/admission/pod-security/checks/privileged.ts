/** upstream: policy/check_privileged.go */
import {allContainers} from '../../../../api/pods.ts';
import type {Check} from '../types.ts';
import {named} from '../wording.ts';

export const privileged: Check = {
  id: 'privileged',
  level: 'baseline',
  versions: [
    {
      since: 0,
      check(_metadata, spec) {
        const bad = allContainers(spec)
          .filter(({securityContext}) => securityContext?.privileged)
          .map(({name}) => name);
        if (bad.length === 0) return undefined;
        return {reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true`};
      },
    },
  ],
};
