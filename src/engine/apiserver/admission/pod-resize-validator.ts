/** upstream: plugin/pkg/admission/podresize/admission.go */

import {equalJson} from '../../api/clone.ts';
import {podRequests} from '../../api/pod-resources.ts';
import {parseQuantity, ZERO} from '../../api/quantity.ts';
import {forbidden} from '../../api/status.ts';
import type {ApiError, Node, Pod} from '../../api/types.ts';
import {LABEL_OS} from '../../api/well-known.ts';
import {isAboutSubresource} from './matching.ts';
import {objectName, refusal} from './refusal.ts';
import type {AdmissionPlugin, Attributes} from './types.ts';

/** A bound pod does not ask for more than its node has; and only Linux can resize. */
export const podResizeValidator: AdmissionPlugin = {
  name: 'PodResizeValidator',
  handles: attributes => isAboutSubresource(attributes, '', 'pods', 'resize', 'UPDATE'),
  validate(attributes, context) {
    const pod = attributes.object as Pod;
    const name = pod.spec?.nodeName;
    if (!name || equalJson((attributes.oldObject as Pod).spec, pod.spec)) return;
    const node = context.get<Node>('nodes', '', name);
    if (!node) throw refusal(attributes, `node "${name}" not found`);
    const lacking = lackingOn(node, pod);
    if (lacking.length > 0)
      throw refusalBecause(attributes, `Node didn't have enough allocatable resources: ${lacking.join('; ')}`, 'NodeCapacity');
    const os = node.metadata.labels?.[LABEL_OS] ?? '';
    if (os !== 'linux')
      throw refusalBecause(attributes, `pod resize is only supported on linux nodes, node "${name}" is "${os}"`, 'UnsupportedPlatform');
  },
};

/** Cpu is told in thousandths. */
function lackingOn({status}: Node, pod: Pod): string[] {
  const requested = podRequests(pod);
  return (['cpu', 'memory'] as const).flatMap(resource => {
    const unit = resource === 'cpu' ? 'milli' : 'value';
    const wanted = (requested[resource] ?? ZERO)[unit];
    const there = parseQuantity(status?.allocatable?.[resource] ?? '0')[unit];
    return wanted > there ? [`${resource}, requested: ${wanted}, allocatable: ${there}`] : [];
  });
}

/** A refusal that programs can tell from others by its cause. */
const refusalBecause = (attributes: Attributes, why: string, reason: string): ApiError =>
  forbidden(attributes.resource, objectName(attributes), why, [{reason}]);
