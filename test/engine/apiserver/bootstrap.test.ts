/** What the API server puts into the cluster by itself, and puts right when it starts again. */
import {expect, it} from 'vitest';
import {createCluster} from '../../../src/engine/cluster/cluster.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const BINDING = `${RBAC}/clusterrolebindings/system:kube-scheduler`;
const ROLE = `${RBAC}/clusterroles/system:kube-scheduler`;

function restart(cluster: ReturnType<typeof createCluster>): void {
  cluster.control({action: 'stop', program: 'kube-apiserver'});
  cluster.advance(1000);
  cluster.control({action: 'start', program: 'kube-apiserver'});
}
const read = (cluster: ReturnType<typeof createCluster>, path: string) => {
  const {code, body} = cluster.request({method: 'GET', path});
  return {code, body: body as any};
};

it('makes a deleted system binding again when it starts', () => {
  const cluster = createCluster({nodes: 0});
  const before = read(cluster, BINDING).body;
  cluster.request({method: 'DELETE', path: BINDING});
  expect(read(cluster, BINDING).code).toBe(404);
  restart(cluster);
  const after = read(cluster, BINDING).body;
  expect(after.subjects).toEqual(before.subjects);
  expect(after.metadata.uid).not.toBe(before.metadata.uid);
});

it('gives a role its lost rules back and lets it keep what was added', () => {
  const cluster = createCluster({nodes: 0});
  const role = read(cluster, ROLE).body;
  const [first, ...others] = role.rules;
  const added = {verbs: ['get'], apiGroups: ['example.com'], resources: ['widgets']};
  cluster.request({method: 'PUT', path: ROLE, body: {...role, rules: [...others, added]}});
  restart(cluster);
  const {rules} = read(cluster, ROLE).body;
  expect(rules).toContainEqual(added);
  for (const verb of first.verbs)
    expect(rules.some((rule: any) => rule.verbs.includes(verb) && rule.resources?.includes(first.resources[0]))).toBe(true);
});

it('leaves alone what says autoupdate: "false", and what others made', () => {
  const cluster = createCluster({nodes: 0});
  const binding = read(cluster, BINDING).body;
  const annotations = {'rbac.authorization.kubernetes.io/autoupdate': 'false'};
  cluster.request({method: 'PUT', path: BINDING, body: {...binding, metadata: {...binding.metadata, annotations}, subjects: []}});
  cluster.request({method: 'DELETE', path: `${RBAC}/clusterrolebindings/kubeadm:cluster-admins`});
  restart(cluster);
  // Nothing lets the administrator in any more, but a certificate of system:masters needs no binding.
  expect(read(cluster, BINDING).code).toBe(403);
  const asMaster = (path: string) => cluster.request({user: 'root', groups: ['system:masters'], method: 'GET', path});
  expect((asMaster(BINDING).body as {subjects?: unknown}).subjects).toBeUndefined();
  expect(asMaster(`${RBAC}/clusterrolebindings/kubeadm:cluster-admins`).code).toBe(404);
});

it('writes nothing where nothing is amiss', () => {
  const cluster = createCluster({nodes: 0, off: ['kube-controller-manager', 'kube-scheduler']});
  const {revision} = cluster.state.root;
  cluster.control({action: 'stop', program: 'kube-apiserver'});
  cluster.control({action: 'start', program: 'kube-apiserver'});
  expect(cluster.state.root.revision).toBe(revision);
});

it('tells nobody of anything while it is stopped, and of everything when it is back', () => {
  const cluster = createCluster({nodes: 1});
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'smuggled', namespace: 'default', uid: 'u1'},
    spec: {schedulerName: 'default-scheduler', containers: [{name: 'main', image: 'nginx'}]},
    status: {phase: 'Pending'},
  };
  const decisions = () => cluster.machine.journal.steps.flatMap(step => step.notes).filter(note => note.kind === 'decision').length;
  cluster.control({action: 'stop', program: 'kube-apiserver'});
  cluster.control({action: 'etcd-put', key: '/registry/pods/default/smuggled', value: JSON.stringify(pod)});
  cluster.advance(5000);
  expect(decisions()).toBe(0);
  cluster.control({action: 'start', program: 'kube-apiserver'});
  cluster.advance(5000);
  expect(decisions()).toBe(1);
  expect(read(cluster, '/api/v1/namespaces/default/pods/smuggled').body.spec.nodeName).toBe('node-1');
});
