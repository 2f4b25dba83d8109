/** What is installed into a cluster for its network: identities, what they may do, and the DNS service. upstream: kubeadm phases/addons, kube-flannel.yml */
import {LABEL_SERVICE_NAME} from '../api/endpoint-slice.ts';
import type {KubeObject} from '../api/types.ts';
import {RBAC_GROUP} from '../api/well-known.ts';
import {DEFAULT_SETTINGS, type NetworkSettings} from '../client/network-settings.ts';

interface Grant {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** A service account of kube-system with a cluster role. */
const account = (name: string, role: string, rules: Grant[]): KubeObject[] => [
  {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name, namespace: 'kube-system'}},
  {apiVersion: `${RBAC_GROUP}/v1`, kind: 'ClusterRole', metadata: {name: role}, rules},
  {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: {name: role},
    roleRef: {apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role},
    subjects: [{kind: 'ServiceAccount', name, namespace: 'kube-system'}],
  },
];

const LIST_WATCH = ['list', 'watch'];

/** The objects, in the order in which they are created. The DNS server runs on the control plane's machine, so its Service has no selector. */
export function networkAddons({clusterDNS, controlPlane}: NetworkSettings = DEFAULT_SETTINGS): KubeObject[] {
  const dnsPorts = [
    {name: 'dns', port: 53, protocol: 'UDP'},
    {name: 'dns-tcp', port: 53, protocol: 'TCP'},
    {name: 'metrics', port: 9153, protocol: 'TCP'},
  ];
  const labels = {'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS'};
  return [
    ...account('flannel', 'flannel', [
      {apiGroups: [''], resources: ['pods'], verbs: ['get']},
      {apiGroups: [''], resources: ['nodes'], verbs: ['get', ...LIST_WATCH]},
      {apiGroups: [''], resources: ['nodes/status'], verbs: ['patch']},
      {apiGroups: [''], resources: ['namespaces', 'pods'], verbs: LIST_WATCH},
      {apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: LIST_WATCH},
    ]),
    ...account('coredns', 'system:coredns', [
      {apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: LIST_WATCH},
      {apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: LIST_WATCH},
    ]),
    ...account('ingress-controller', 'ingress-controller', [
      {apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: LIST_WATCH},
      {apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: ['create']},
      {apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['patch', 'update']},
      {apiGroups: [''], resources: ['services'], verbs: LIST_WATCH},
      {apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: LIST_WATCH},
      {apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update']},
    ]),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {name: 'kube-dns', namespace: 'kube-system', labels},
      spec: {
        clusterIP: clusterDNS,
        clusterIPs: [clusterDNS],
        ports: dnsPorts.map(port => ({...port, targetPort: port.port})),
        type: 'ClusterIP',
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {name: 'kube-dns', namespace: 'kube-system', labels: {[LABEL_SERVICE_NAME]: 'kube-dns'}},
      addressType: 'IPv4',
      endpoints: [{addresses: [controlPlane], conditions: {ready: true}}],
      ports: dnsPorts,
    },
  ];
}
