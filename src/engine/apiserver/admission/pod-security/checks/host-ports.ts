/** upstream: policy/check_hostPorts.go */
import {allContainers} from '../../../../api/pods.ts';
import type {Check} from '../types.ts';
import {named, plural, sorted} from '../wording.ts';

export const hostPorts: Check = {
  id: 'hostPorts',
  level: 'baseline',
  versions: [
    {
      since: 0,
      check(_metadata, spec) {
        const bad = allContainers(spec).filter(({ports}) => ports?.some(({hostPort}) => hostPort));
        if (bad.length === 0) return undefined;
        const ports = sorted(bad.flatMap(({ports = []}) => ports.filter(({hostPort}) => hostPort).map(({hostPort}) => String(hostPort))));
        const names = bad.map(({name}) => name);
        return {
          reason: 'hostPort',
          detail: `${named(names)} ${plural('uses', 'use', names.length)} ${plural('hostPort', 'hostPorts', ports.length)} ${ports.join(', ')}`,
        };
      },
    },
  ],
};
