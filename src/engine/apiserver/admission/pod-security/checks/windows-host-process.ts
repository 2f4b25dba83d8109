/** upstream: policy/check_windowsHostProcess.go */
import {allContainers} from '../../../../api/pods.ts';
import type {Check} from '../types.ts';
import {setters} from '../wording.ts';

export const windowsHostProcess: Check = {
  id: 'windowsHostProcess',
  level: 'baseline',
  versions: [
    {
      since: 0,
      check(_metadata, spec) {
        const pod = spec.securityContext?.windowsOptions?.hostProcess === true;
        const bad = allContainers(spec)
          .filter(({securityContext}) => securityContext?.windowsOptions?.hostProcess)
          .map(({name}) => name);
        if (!pod && bad.length === 0) return undefined;
        return {reason: 'hostProcess', detail: `${setters(pod, bad)} must not set securityContext.windowsOptions.hostProcess=true`};
      },
    },
  ],
};
