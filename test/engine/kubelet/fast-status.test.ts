/** A node that starts is ready as soon as it has what it needs, however late that comes, and looks no more often than something happens. */
import {expect, test} from 'vitest';
import {isConditionTrue} from '../../../src/engine/api/conditions.ts';
import type {Lease, Node} from '../../../src/engine/api/types.ts';
import {type Cluster, createCluster} from '../../../src/engine/cluster/cluster.ts';
import {nodeNetwork} from '../../../src/engine/network/cni/node-network.ts';

const NODE = 'node-1';

const isReady = (cluster: Cluster): boolean =>
  isConditionTrue((cluster.request({method: 'GET', path: `/api/v1/nodes/${NODE}`}).body as Node).status?.conditions, 'Ready');
const isInstalled = ({machine}: Cluster): boolean => nodeNetwork(machine, NODE).list('conflist').length > 0;
const renewals = (cluster: Cluster): string | undefined =>
  (cluster.request({method: 'GET', path: `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${NODE}`}).body as Lease).spec
    ?.renewTime;

/** Virtual milliseconds at which something is so, to ten. */
function until(cluster: Cluster, so: (cluster: Cluster) => boolean): number {
  while (!so(cluster)) cluster.advance(10);
  return cluster.now;
}

const looks = ({machine}: Cluster): number =>
  machine.journal.steps.filter(
    ({event}) => event.to === `kubelet/${NODE}` && (event.data as {name?: string} | null)?.name === 'fast-status',
  ).length;

test('a node whose block of addresses comes late is ready at most a tenth of a second behind its network', () => {
  const cluster = createCluster({nodes: 1, off: ['kube-controller-manager']});
  cluster.advance(40_000);
  expect([isInstalled(cluster), isReady(cluster)]).toEqual([false, false]);
  const before = looks(cluster);
  expect(before).toBeLessThan(5);

  cluster.control({action: 'start', program: 'kube-controller-manager'});
  const installed = until(cluster, isInstalled);
  expect(until(cluster, isReady) - installed).toBeLessThanOrEqual(110);
  cluster.advance(60_000);
  expect(looks(cluster) - before).toBeLessThan(6);
});

test('nobody looks again two minutes after the start: the report of every ten seconds sees it', () => {
  const cluster = createCluster({nodes: 1, off: ['kube-controller-manager']});
  cluster.advance(130_000);
  const before = looks(cluster);
  cluster.control({action: 'start', program: 'kube-controller-manager'});
  until(cluster, isReady);
  expect(looks(cluster)).toBe(before);
});

test('meanwhile the lease is renewed every ten seconds', () => {
  const cluster = createCluster({nodes: 1, off: ['kube-controller-manager']});
  const seen = new Set<string | undefined>();
  for (let tenth = 0; tenth < 300; tenth++) {
    cluster.advance(100);
    seen.add(renewals(cluster));
  }
  expect([3, 4]).toContain([...seen].filter(Boolean).length);
});
