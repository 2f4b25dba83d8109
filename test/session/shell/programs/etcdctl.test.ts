import {expect, test} from 'vitest';
import {etcdStatus} from '../../../../src/engine/apiserver/storage.ts';
import {KUBECONFIG_PATH, kubeconfigText} from '../../../../src/session/shell/kubeconfig.ts';
import {program} from '../../../../src/session/shell/line.ts';
import {newShell, type ProgramEnv, runToEnd} from '../../../../src/session/shell/shell.ts';
import {clusterOf} from '../../../clusters.ts';

function prompt() {
  const cluster = clusterOf({nodes: 1});
  const files = {[KUBECONFIG_PATH]: kubeconfigText({}, {user: 'kubernetes-admin', namespace: 'default'})};
  const env: ProgramEnv = {cluster, state: newShell(files), disabled: []};
  return {cluster, type: (line: string) => runToEnd(program(line, env), cluster)};
}

const MAP = JSON.stringify({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'smuggled', namespace: 'default'}, data: {a: '1'}});
const KEY = '/registry/configmaps/default/smuggled';

test('etcdctl writes behind the API server, and deletes past finalizers', () => {
  const {type} = prompt();
  expect(type(`etcdctl put ${KEY} '${MAP}'`)).toMatchObject({stdout: 'OK\n', exitCode: 0});
  expect(type(`kubectl get configmap smuggled -o jsonpath={.data.a}`).stdout).toBe('1');
  type(`kubectl patch configmap smuggled -p '{"metadata":{"finalizers":["example.com/never"]}}'`);
  expect(type(`etcdctl del ${KEY}`).stdout).toBe('1\n');
  expect(type(`etcdctl del ${KEY}`).stdout).toBe('0\n');
  expect(type('kubectl get configmap smuggled').stderr).toContain('not found');
});

test('controllers hear of what was deleted in the store', () => {
  const {type} = prompt();
  type('kubectl create deployment web --image=nginx:1.27 --replicas=2');
  type('sleep 10s');
  expect(type('etcdctl del /registry/pods/default/ --prefix').stdout).toBe('2\n');
  type('sleep 10s');
  expect(type('kubectl get pods --no-headers').stdout.match(/Running/g)).toHaveLength(2);
});

test('etcdctl watch tells puts and deletions', () => {
  const {type} = prompt();
  const told = type('etcdctl watch /registry/leases/kube-node-lease/ --prefix');
  expect(told.exitCode).toBe(130);
  expect(told.stdout).toMatch(/^PUT\n\/registry\/leases\/kube-node-lease\/\S+\n\{/);
});

test('what the API server could not read back, or without a quorum, is not put', () => {
  const {cluster, type} = prompt();
  const {revision} = cluster.machine.root;
  expect(type(`etcdctl put /registry/pods/default/x hello`)).toMatchObject({exitCode: 1});
  expect(type(`etcdctl put /elsewhere '${MAP}'`).stderr).toContain(`its key is ${KEY}`);
  expect(type('etcdctl put')).toMatchObject({exitCode: 128});
  expect(cluster.machine.root.revision).toBe(revision);
  cluster.control({action: 'etcd-down', member: etcdStatus(cluster.machine).members[0]!.name});
  expect(type(`etcdctl put ${KEY} '${MAP}'`)).toMatchObject({exitCode: 1, stderr: 'Error: etcdserver: request timed out\n'});
});

test('a cluster whose whole store was deleted goes on without throwing', () => {
  const {cluster, type} = prompt();
  type('kubectl create deployment web --image=nginx:1.27');
  type('sleep 10s');
  expect(Number(type('etcdctl del /registry/ --prefix').stdout)).toBeGreaterThan(50);
  expect(() => cluster.advance(120_000)).not.toThrow();
});
