/** Which updates need a version, and which create. upstream: AllowUnconditionalUpdate and AllowCreateOnUpdate of the strategies below pkg/registry */
import type {Kind} from '../../api/kinds.ts';

const kindsOf = (groups: Readonly<Record<string, string>>): ReadonlySet<string> =>
  new Set(Object.entries(groups).flatMap(([group, kinds]) => kinds.split(' ').map(kind => `${group}/${kind}`)));

/** An update of these has to say which version it is based on; so has one of every custom resource. */
const CONDITIONAL = kindsOf({
  'admissionregistration.k8s.io':
    'MutatingWebhookConfiguration ValidatingWebhookConfiguration MutatingAdmissionPolicy MutatingAdmissionPolicyBinding ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding',
  'apiextensions.k8s.io': 'CustomResourceDefinition',
  'apiregistration.k8s.io': 'APIService',
  'coordination.k8s.io': 'Lease',
  'node.k8s.io': 'RuntimeClass',
  policy: 'PodDisruptionBudget',
  'storage.k8s.io': 'CSIDriver CSINode CSIStorageCapacity VolumeAttachment',
});

/** A PUT of one of these creates it where there is none. */
const CREATED_BY_UPDATE = kindsOf({
  '': 'Endpoints Event LimitRange Service',
  'coordination.k8s.io': 'Lease',
  'events.k8s.io': 'Event',
  'node.k8s.io': 'RuntimeClass',
  'rbac.authorization.k8s.io': 'ClusterRole ClusterRoleBinding Role RoleBinding',
});

export const needsVersion = ({group, kind}: Kind): boolean => CONDITIONAL.has(`${group}/${kind}`);
export const isCreatedByUpdate = ({group, kind}: Kind): boolean => CREATED_BY_UPDATE.has(`${group}/${kind}`);
