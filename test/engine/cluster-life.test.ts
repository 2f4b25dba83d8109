/** What a cluster of three nodes does by itself, seen through kubectl. */
import {describe, expect, it} from 'vitest';
import type {KubeObject} from '../../src/engine/api/types.ts';
import {program} from '../../src/session/shell/line.ts';
import {newShell, type ProgramEnv, runToEnd} from '../../src/session/shell/shell.ts';
import {createWorld} from '../../src/session/world.ts';
import {clusterOf} from '../clusters.ts';

function shell() {
  const world = createWorld({
    seed: 1,
    nodes: 3,
    users: {},
    context: {user: 'kubernetes-admin', namespace: 'default'},
    files: {},
    apply: [],
    off: [],
    age: 0,
  });
  const env: ProgramEnv = {cluster: world.cluster, state: newShell(world.files), disabled: []};
  return (line: string): string => runToEnd(program(line, env), world.cluster).output;
}

const rows = (table: string): string[][] =>
  table
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s{2,}/));

describe('a deployment over three nodes', () => {
  const type = shell();

  it('spreads its replicas', () => {
    expect(type('kubectl create deployment web --image=nginx:1.27 --replicas=3')).toBe('deployment.apps/web created\n');
    type('sleep 20s');
    const pods = rows(type('kubectl get pods -o wide'));
    expect(pods.map(([, ready, status]) => [ready, status])).toEqual(Array(3).fill(['1/1', 'Running']));
    expect(pods.map(row => row[6]).sort()).toEqual(['node-1', 'node-2', 'node-3']);
  });

  it('loses a node: NotReady and tainted after the grace period', () => {
    expect(type('chaos node kill node-2')).toBe('node-2 has no power\n');
    type('sleep 60s');
    expect(rows(type('kubectl get nodes')).map(([name, status]) => [name, status])).toEqual([
      ['node-1', 'Ready'],
      ['node-2', 'NotReady'],
      ['node-3', 'Ready'],
    ]);
    const taints = type("kubectl get node node-2 -o jsonpath='{.spec.taints[*].effect}'");
    expect(taints.split(' ').sort()).toEqual(['NoExecute', 'NoSchedule']);
    expect(rows(type('kubectl get pods')).filter(([, , status]) => status === 'Running')).toHaveLength(3);
  });

  it('is made whole elsewhere 300 seconds after the taint', () => {
    type('sleep 290s');
    expect(rows(type('kubectl get pods'))).toHaveLength(3);
    type('sleep 20s');
    const pods = rows(type('kubectl get pods -o wide'));
    expect(pods.filter(([, , status]) => status === 'Terminating').map(row => row[6])).toEqual(['node-2']);
    expect(pods.filter(([, , status]) => status === 'Running')).toHaveLength(3);
    expect(rows(type('kubectl get deployment web'))[0]!.slice(0, 4)).toEqual(['web', '3/3', '3', '3']);
  });
});

it('a program that got back what it may do is at work before the cluster is at rest', () => {
  const cluster = clusterOf({nodes: 1});
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:kube-scheduler';
  const binding = cluster.request({method: 'GET', path}).body as KubeObject;
  cluster.request({method: 'DELETE', path});
  for (const action of ['stop', 'start'] as const) cluster.control({action, program: 'kube-scheduler'});
  cluster.settle();
  const {resourceVersion: _version, uid: _uid, ...metadata} = binding.metadata;
  cluster.request({method: 'POST', path: path.replace(/\/[^/]*$/, ''), body: {...binding, metadata}});
  cluster.settle();
  cluster.request({
    method: 'POST',
    path: '/api/v1/namespaces/default/pods',
    body: {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'a'}, spec: {containers: [{name: 'a', image: 'nginx:1.27'}]}},
  });
  cluster.settle();
  expect(cluster.request({method: 'GET', path: '/api/v1/namespaces/default/pods/a'}).body).toMatchObject({status: {phase: 'Running'}});
});
