/** upstream: policy/check_hostPathVolumes.go */
import type {Check} from '../types.ts';
import {named} from '../wording.ts';

export const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  level: 'baseline',
  versions: [
    {
      since: 0,
      check(_metadata, spec) {
        const bad = (spec.volumes ?? []).filter(({hostPath}) => hostPath).map(({name}) => name);
        return bad.length > 0 ? {reason: 'hostPath volumes', detail: named(bad, 'volume')} : undefined;
      },
    },
  ],
};
