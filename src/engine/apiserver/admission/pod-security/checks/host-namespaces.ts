/** upstream: policy/check_hostNamespaces.go */
import type {Check} from '../types.ts';

const FIELDS = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

export const hostNamespaces: Check = {
  id: 'hostNamespaces',
  level: 'baseline',
  versions: [
    {
      since: 0,
      check(_metadata, spec) {
        const set = FIELDS.filter(field => spec[field]).map(field => `${field}=true`);
        return set.length > 0 ? {reason: 'host namespaces', detail: set.join(', ')} : undefined;
      },
    },
  ],
};
