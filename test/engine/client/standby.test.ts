import {expect, it} from 'vitest';
import type {Lease, Pod} from '../../../src/engine/api/types.ts';
import {createCluster} from '../../../src/engine/cluster/cluster.ts';

const pod = (name: string) => ({apiVersion: 'v1', kind: 'Pod', metadata: {name}, spec: {containers: [{name: 'c', image: 'nginx:1.27'}]}});

/** Two schedulers, and what is seen of them through the API. */
function twoSchedulers() {
  const cluster = createCluster({schedulers: 2});
  const get = <T>(path: string): T => cluster.request({method: 'GET', path}).body as T;
  return {
    cluster,
    run: (name: string) => void cluster.request({method: 'POST', path: '/api/v1/namespaces/default/pods', body: pod(name)}),
    nodeOf: (name: string) => get<Pod>(`/api/v1/namespaces/default/pods/${name}`).spec!.nodeName,
    holder: () =>
      get<Lease>('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler').spec!.holderIdentity!.split('_')[0],
  };
}

it('places each pod once, although two schedulers stand ready', () => {
  const {cluster, run, nodeOf, holder} = twoSchedulers();
  run('a');
  cluster.advance(5000);
  expect(holder()).toBe('control-plane');
  expect(nodeOf('a')).toBeDefined();
  const bindings = cluster.machine.journal.steps.flatMap(s => s.notes.filter(n => n.kind === 'decision'));
  expect(bindings).toHaveLength(1);
});

it('hands over when the leader has been silent for as long as its Lease lasts; who comes back stands by', () => {
  const {cluster, run, nodeOf, holder} = twoSchedulers();
  cluster.control({action: 'stop', program: 'kube-scheduler', node: 'control-plane'});
  run('a');
  cluster.advance(10_000);
  expect(nodeOf('a')).toBeUndefined();
  cluster.advance(15_000);
  expect(holder()).toBe('control-plane-2');
  expect(nodeOf('a')).toBeDefined();

  cluster.control({action: 'start', program: 'kube-scheduler', node: 'control-plane'});
  run('b');
  cluster.advance(5000);
  expect(holder()).toBe('control-plane-2');
  expect(nodeOf('b')).toBeDefined();
  cluster.control({action: 'stop', program: 'kube-scheduler', node: 'control-plane-2'});
  run('c');
  cluster.advance(25_000);
  expect(holder()).toBe('control-plane');
  expect(nodeOf('c')).toBeDefined();
});
