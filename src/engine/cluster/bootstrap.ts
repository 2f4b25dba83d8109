/** What kube-apiserver and kubeadm put into an empty cluster. */

import {LABEL_SERVICE_NAME} from '../api/endpoint-slice.ts';
import {kindOf} from '../api/kinds.ts';
import type {KubeObject} from '../api/types.ts';
import {ApiError} from '../api/types.ts';
import {RBAC_GROUP} from '../api/well-known.ts';
import {SYSTEM_PRIORITY_CLASSES} from '../apiserver/bootstrap/priority-classes.ts';
import {bootstrapRbac} from '../apiserver/bootstrap/rbac.ts';
import {repairOf} from '../apiserver/bootstrap/reconcile.ts';
import {APISERVER} from '../apiserver/crd-controllers.ts';
import {readObject} from '../apiserver/registry.ts';
import {clientOf} from '../client/client.ts';
import type {Tx} from '../machine/types.ts';
import {networkAddons} from '../network/addons.ts';
import {kubeadmBindings} from './kubeadm.ts';
import {metricsAddon} from './metrics-addon.ts';

/** upstream: pkg/controlplane/controller/systemnamespaces/system_namespaces_controller.go */
const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** First address of the service CIDR, and where the API server listens. */
const KUBERNETES_SERVICE_IP = '10.96.0.1';
const APISERVER_ADDRESS = '192.168.0.2';

const systemNamespaces = (): KubeObject[] => SYSTEM_NAMESPACES.map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}}));

const objects = (): KubeObject[] => [
  ...systemNamespaces(),
  ...bootstrapRbac(),
  ...kubeadmBindings(),
  ...SYSTEM_PRIORITY_CLASSES,
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name: 'kubernetes', namespace: 'default', labels: {component: 'apiserver', provider: 'kubernetes'}},
    spec: {
      clusterIP: KUBERNETES_SERVICE_IP,
      clusterIPs: [KUBERNETES_SERVICE_IP],
      ports: [{name: 'https', port: 443, protocol: 'TCP', targetPort: 6443}],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {name: 'kubernetes', namespace: 'default', labels: {'endpointslice.kubernetes.io/skip-mirror': 'true'}},
    subsets: [{addresses: [{ip: APISERVER_ADDRESS}], ports: [{name: 'https', port: 6443, protocol: 'TCP'}]}],
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {name: 'kubernetes', namespace: 'default', labels: {[LABEL_SERVICE_NAME]: 'kubernetes'}},
    addressType: 'IPv4',
    endpoints: [{addresses: [APISERVER_ADDRESS], conditions: {ready: true}}],
    ports: [{name: 'https', port: 6443, protocol: 'TCP'}],
  },
  ...networkAddons(),
  ...metricsAddon(),
];

/** Creates them through the server's own gates. Throws ApiError if one is refused: a fault of this file. */
export function bootstrap(tx: Tx): void {
  const client = clientOf(tx, APISERVER, 'kube-apiserver');
  for (const object of objects()) {
    try {
      client.create(kindOf(object)!.resource, object);
    } catch (error) {
      if (error instanceof ApiError) throw new Error(`bootstrap ${object.kind} ${object.metadata.name}: ${error.message}`);
      throw error;
    }
  }
}

/**
 * What a server that starts again puts right of its own: system namespaces, default roles and bindings, system priority classes. What kubeadm or an
 * administrator made stays as it was left.
 */
export function restoreDefaults(tx: Tx): void {
  const client = clientOf(tx, APISERVER, 'kube-apiserver');
  for (const object of [...systemNamespaces(), ...bootstrapRbac(), ...SYSTEM_PRIORITY_CLASSES]) {
    const kind = kindOf(object)!;
    const {namespace = '', name = ''} = object.metadata;
    try {
      const found = readObject(tx, kind, namespace, name);
      const repair = kind.group === RBAC_GROUP ? repairOf(object, found) : found ? undefined : ({action: 'create', object} as const);
      if (repair?.action === 'replace') client.delete(kind.resource, namespace, name);
      if (repair?.action === 'update') client.update(kind.resource, repair.object);
      else if (repair) client.create(kind.resource, repair.object);
    } catch (error) {
      // A hook that is refused is tried no further than this: without a quorum nothing can be put right.
      if (!(error instanceof ApiError)) throw error;
    }
  }
}
