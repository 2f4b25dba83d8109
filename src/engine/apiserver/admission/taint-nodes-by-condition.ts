/** upstream: plugin/pkg/admission/nodetaint/admission.go */

import type {Node} from '../../api/types.ts';
import {TAINT_NODE_NOT_READY} from '../../api/well-known.ts';
import {isAbout} from './matching.ts';
import type {AdmissionPlugin} from './types.ts';

/** A node is not ready until its conditions say so: no pod is put on it in between. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: attributes => isAbout(attributes, '', 'nodes', 'CREATE'),
  admit({object}) {
    const node = object as Node;
    node.spec ??= {};
    if (node.spec.taints?.some(({key, effect}) => key === TAINT_NODE_NOT_READY && effect === 'NoSchedule')) return;
    node.spec.taints ??= [];
    node.spec.taints.push({effect: 'NoSchedule', key: TAINT_NODE_NOT_READY});
  },
};
