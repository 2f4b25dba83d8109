import {expect, it} from 'vitest';
import {flowSchemaOf} from '../../../src/engine/apiserver/flow-control.ts';
import {requestInfo} from '../../../src/engine/apiserver/request-info.ts';

const AUTHENTICATED = 'system:authenticated';
const pods = '/api/v1/namespaces/default/pods';
const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x';
const account = (namespace: string, name: string): [string, string[]] => [
  `system:serviceaccount:${namespace}:${name}`,
  ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED],
];

it.each<[[string, string[]], string, string, string]>([
  [['kubernetes-super-admin', ['system:masters', AUTHENTICATED]], 'GET', pods, 'exempt'],
  [['kubernetes-admin', ['kubeadm:cluster-admins', AUTHENTICATED]], 'GET', pods, 'global-default'],
  [['system:anonymous', ['system:unauthenticated']], 'GET', '/healthz', 'probes'],
  [['system:anonymous', ['system:unauthenticated']], 'GET', pods, 'catch-all'],
  [['system:kube-scheduler', [AUTHENTICATED]], 'PUT', lease, 'system-leader-election'],
  [['system:kube-scheduler', [AUTHENTICATED]], 'GET', pods, 'kube-scheduler'],
  [['system:node:n1', ['system:nodes', AUTHENTICATED]], 'PATCH', '/api/v1/nodes/n1/status', 'system-node-high'],
  [['system:node:n1', ['system:nodes', AUTHENTICATED]], 'GET', pods, 'system-nodes'],
  [account('kube-system', 'endpoint-controller'), 'PUT', '/api/v1/namespaces/default/endpoints/web', 'endpoint-controller'],
  [account('kube-system', 'replicaset-controller'), 'POST', pods, 'kube-system-service-accounts'],
  [account('default', 'robot'), 'GET', pods, 'service-accounts'],
])('%j %s %s: %s', ([username, groups], method, path, schema) => {
  expect(flowSchemaOf({username, groups}, requestInfo(method, path, {}))).toBe(schema);
});
