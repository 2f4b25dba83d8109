/** upstream: plugin/pkg/admission/nodedeclaredfeatures/admission.go */
import {equalJson} from '../../api/clone.ts';
import {featuresNeededFor} from '../../api/declared-features.ts';
import type {Node, Pod} from '../../api/types.ts';
import {isAboutSubresource, isPod} from './matching.ts';
import {refusal} from './refusal.ts';
import type {AdmissionPlugin} from './types.ts';

/** A pod is not changed into what its node cannot do. */
export const nodeDeclaredFeatureValidator: AdmissionPlugin = {
  name: 'NodeDeclaredFeatureValidator',
  handles: attributes => isPod(attributes, 'UPDATE') || isAboutSubresource(attributes, '', 'pods', 'resize', 'UPDATE'),
  validate(attributes, context) {
    const {spec} = attributes.object as Pod;
    const before = (attributes.oldObject as Pod).spec;
    const name = spec?.nodeName;
    if (!name || equalJson(before, spec)) return;
    const needed = featuresNeededFor(before, spec);
    if (needed.length === 0) return;
    const node = context.get<Node>('nodes', '', name);
    if (!node) throw refusal(attributes, `node "${name}" not found`);
    const declared = (node.status as {declaredFeatures?: readonly string[]} | undefined)?.declaredFeatures ?? [];
    const missing = needed.filter(feature => !declared.includes(feature));
    if (missing.length > 0)
      throw refusal(attributes, `pod update requires features ${missing.join(', ')} which are not available on node "${name}"`);
  },
};
