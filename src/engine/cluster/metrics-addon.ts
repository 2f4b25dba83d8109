/** What the metrics server brings into a cluster: the group it answers for, and who may read it. upstream: kubernetes-sigs/metrics-server manifests/base */
import type {KubeObject} from '../api/types.ts';

const labels = {'k8s-app': 'metrics-server'};

/** It runs on the control plane's machine, so its Service has no selector. */
export const metricsAddon = (): KubeObject[] => [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: {
      name: 'system:aggregated-metrics-reader',
      labels: {
        ...labels,
        'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
        'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
        'rbac.authorization.k8s.io/aggregate-to-view': 'true',
      },
    },
    rules: [{apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch']}],
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name: 'metrics-server', namespace: 'kube-system', labels},
    spec: {ports: [{name: 'https', port: 443, protocol: 'TCP', targetPort: 10250}]},
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: {name: 'v1beta1.metrics.k8s.io', labels},
    spec: {
      group: 'metrics.k8s.io',
      groupPriorityMinimum: 100,
      insecureSkipTLSVerify: true,
      service: {name: 'metrics-server', namespace: 'kube-system', port: 443},
      version: 'v1beta1',
      versionPriority: 100,
    },
  },
];
