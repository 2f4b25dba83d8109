/** upstream: plugin/pkg/admission/podtopologylabels/admission.go */

import type {Node} from '../../api/types.ts';
import {LABEL_REGION, LABEL_ZONE} from '../../api/well-known.ts';
import {isAboutSubresource} from './matching.ts';
import type {AdmissionPlugin} from './types.ts';

const COPIED = [LABEL_ZONE, LABEL_REGION] as const;

interface Binding {
  target?: {kind?: string; name?: string};
}

/** A pod that is bound learns in which zone and region it is: the labels go on the Binding, which puts them on the pod. */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  handles: attributes => isAboutSubresource(attributes, '', 'pods', 'binding', 'CREATE'),
  admit({object}, context) {
    const {target} = object as Binding;
    const node = context.get<Node>('nodes', '', target?.name ?? '');
    for (const label of COPIED) {
      const value = node?.metadata.labels?.[label];
      if (value !== undefined) (object!.metadata.labels ??= {})[label] = value;
    }
  },
};
