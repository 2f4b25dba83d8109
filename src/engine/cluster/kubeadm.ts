/** What kubeadm grants beside the server's own roles: to administrators, and to machines that join. upstream: cmd/kubeadm/app/phases/{kubeconfig,bootstraptoken/node} */

import type {KubeObject} from '../api/types.ts';
import {NODES_GROUP, RBAC_GROUP} from '../api/well-known.ts';

/** The extra group of the tokens that `kubeadm token create` makes. */
const NODE_BOOTSTRAP_GROUP = 'system:bootstrappers:kubeadm:default-node-token';

const bind = (name: string, role: string, group: string): KubeObject => ({
  apiVersion: `${RBAC_GROUP}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: {name},
  roleRef: {apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role},
  subjects: [{kind: 'Group', apiGroup: RBAC_GROUP, name: group}],
});

const CSR = 'system:certificates.k8s.io:certificatesigningrequests';

/** The bindings, in the order in which they are made. */
export const kubeadmBindings = (): KubeObject[] => [
  bind('kubeadm:cluster-admins', 'cluster-admin', 'kubeadm:cluster-admins'),
  // A machine with a token may ask for a certificate ...
  bind('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', NODE_BOOTSTRAP_GROUP),
  // ... which is approved by itself, as is its renewal by a node.
  bind('kubeadm:node-autoapprove-bootstrap', `${CSR}:nodeclient`, NODE_BOOTSTRAP_GROUP),
  bind('kubeadm:node-autoapprove-certificate-rotation', `${CSR}:selfnodeclient`, NODES_GROUP),
];
