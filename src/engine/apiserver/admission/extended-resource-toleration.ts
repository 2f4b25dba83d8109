/** upstream: plugin/pkg/admission/extendedresourcetoleration/admission.go */
import type {Pod} from '../../api/types.ts';
import {isPod} from './matching.ts';
import {isExtended} from './quota/pods.ts';
import type {AdmissionPlugin} from './types.ts';

/** Nodes with a rare device can be tainted with its name: pods that ask for the device tolerate that. */
export const extendedResourceToleration: AdmissionPlugin = {
  name: 'ExtendedResourceToleration',
  handles: attributes => isPod(attributes, 'CREATE', 'UPDATE'),
  admit({object}) {
    const spec = (object as Pod).spec!;
    const names = [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({resources}) => Object.keys(resources?.requests ?? {}));
    for (const key of [...new Set(names.filter(isExtended))].sort()) {
      if (
        spec.tolerations?.some(
          toleration => toleration.key === key && toleration.operator === 'Exists' && toleration.effect === 'NoSchedule',
        )
      )
        continue;
      spec.tolerations ??= [];
      spec.tolerations.push({effect: 'NoSchedule', key, operator: 'Exists'});
    }
  },
};
