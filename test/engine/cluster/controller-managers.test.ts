/** Two controller managers: one leads, the other stands ready. */
import {expect, test} from 'vitest';
import {type Cluster, createCluster} from '../../../src/engine/index.ts';

const holder = (cluster: Cluster): string =>
  (
    cluster.request({method: 'GET', path: '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager'}).body as any
  ).spec.holderIdentity.split('_')[0];

const podsOf = (cluster: Cluster, app: string): number =>
  (cluster.request({method: 'GET', path: '/api/v1/namespaces/default/pods', query: {labelSelector: `app=${app}`}}).body as any).items
    .length;

function deploy(cluster: Cluster, name: string, replicas: number): void {
  const labels = {app: name};
  const spec = {
    replicas,
    selector: {matchLabels: labels},
    template: {metadata: {labels}, spec: {containers: [{name: 'a', image: 'nginx'}]}},
  };
  cluster.request({
    method: 'POST',
    path: '/apis/apps/v1/namespaces/default/deployments',
    body: {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name}, spec},
  });
}

/** Who has made pods since a step. */
const makers = (cluster: Cluster, from: number): string[] =>
  cluster.machine.journal.steps
    .slice(from)
    .flatMap(step => step.notes as readonly {kind: string; verb?: string; client?: string; resource?: string}[])
    .filter(({kind, verb, resource}) => kind === 'request' && verb === 'create' && resource === 'pods')
    .map(({client}) => client!);

test('the second takes over when the first is gone, and makes no pod twice', () => {
  const cluster = createCluster({nodes: 1, controllerManagers: 2});
  deploy(cluster, 'before', 2);
  cluster.advance(10_000);
  expect(holder(cluster)).toBe('control-plane');
  expect(podsOf(cluster, 'before')).toBe(2);

  cluster.control({action: 'stop', program: 'kube-controller-manager', node: 'control-plane'});
  deploy(cluster, 'after', 3);
  cluster.advance(5000);
  expect(podsOf(cluster, 'after')).toBe(0);
  const from = cluster.machine.journal.steps.length;
  cluster.advance(30_000);
  expect(holder(cluster)).toBe('control-plane-2');
  expect(podsOf(cluster, 'after')).toBe(3);
  expect(podsOf(cluster, 'before')).toBe(2);
  expect(makers(cluster, from)).toHaveLength(3);

  cluster.control({action: 'start', program: 'kube-controller-manager', node: 'control-plane'});
  deploy(cluster, 'later', 2);
  cluster.advance(20_000);
  expect(holder(cluster)).toBe('control-plane-2');
  expect(podsOf(cluster, 'later')).toBe(2);
});

test('who has lost the lease does nothing more', () => {
  const cluster = createCluster({nodes: 1, controllerManagers: 2});
  deploy(cluster, 'web', 2);
  cluster.advance(10_000);
  const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager';
  cluster.request({
    method: 'PATCH',
    path,
    headers: {'content-type': 'application/merge-patch+json'},
    body: {spec: {holderIdentity: 'another'}},
  });
  cluster.advance(40_000);
  expect(holder(cluster)).toBe('control-plane-2');
  cluster.request({
    method: 'PATCH',
    path: '/apis/apps/v1/namespaces/default/deployments/web',
    headers: {'content-type': 'application/merge-patch+json'},
    body: {spec: {replicas: 5}},
  });
  const from = cluster.machine.journal.steps.length;
  cluster.advance(20_000);
  expect(podsOf(cluster, 'web')).toBe(5);
  expect(makers(cluster, from)).toHaveLength(3);
});
