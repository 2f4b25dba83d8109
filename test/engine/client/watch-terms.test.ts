/** Watches of programs whose rights are taken away: they last as long as they were let in for. */
import {describe, expect, it} from 'vitest';
import type {Pod} from '../../../src/engine/api/types.ts';
import {listerOf} from '../../../src/engine/client/informer.ts';
import {termEnd} from '../../../src/engine/client/watch-terms.ts';
import {type Cluster, createCluster} from '../../../src/engine/cluster/cluster.ts';
import type {Tx} from '../../../src/engine/machine/types.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const MINUTE = 60_000;

const binding = (user: string) => ({
  metadata: {name: user},
  roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: user},
  subjects: [{apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user}],
});

/** How often the scheduler has tried: without its role it cannot write what it has decided. */
const decided = (cluster: Cluster, name: string): number =>
  cluster.machine.journal.steps
    .flatMap(step => step.notes as readonly {kind: string; pod?: string}[])
    .filter(({kind, pod}) => kind === 'decision' && pod === `default/${name}`).length;

function run(cluster: Cluster, name: string): void {
  const body = {apiVersion: 'v1', kind: 'Pod', metadata: {name}, spec: {containers: [{name: 'c', image: 'nginx:1.27'}]}};
  cluster.request({method: 'POST', path: '/api/v1/namespaces/default/pods', body});
}

const nodeOf = (cluster: Cluster, name: string): string | undefined =>
  (cluster.request({method: 'GET', path: `/api/v1/namespaces/default/pods/${name}`}).body as Pod).spec!.nodeName;

/** Requests of the scheduler that were refused, by verb and resource. */
const refusals = (cluster: Cluster): Set<string> =>
  new Set(
    cluster.machine.journal.steps
      .flatMap(step => step.notes as readonly {kind: string; client?: string; code?: number; verb?: string; resource?: string}[])
      .filter(({kind, client, code}) => kind === 'request' && client === 'kube-scheduler' && code === 403)
      .map(({verb, resource}) => `${verb} ${resource}`),
  );

describe('a scheduler that loses its role', () => {
  it('hears of new pods for some minutes, then of none, and of all when it has its role again', () => {
    const cluster = createCluster({nodes: 1});
    cluster.request({method: 'DELETE', path: `${RBAC}/system:kube-scheduler`});
    cluster.request({method: 'DELETE', path: `${RBAC}/system:volume-scheduler`});
    cluster.advance(MINUTE);
    run(cluster, 'early');
    cluster.advance(1000);
    expect(decided(cluster, 'early')).toBeGreaterThan(0);
    expect(refusals(cluster)).not.toContain('list pods');
    cluster.advance(10 * MINUTE);
    expect(refusals(cluster)).toContain('list pods');
    run(cluster, 'late');
    cluster.advance(MINUTE);
    expect(decided(cluster, 'late')).toBe(0);
    cluster.request({method: 'POST', path: RBAC, body: binding('system:kube-scheduler')});
    cluster.advance(MINUTE);
    expect(nodeOf(cluster, 'early')).toBe('node-1');
    expect(nodeOf(cluster, 'late')).toBe('node-1');
  });

  it('does not notice when it has its role again before its watches end', () => {
    const cluster = createCluster({nodes: 1});
    cluster.request({method: 'DELETE', path: `${RBAC}/system:kube-scheduler`});
    cluster.advance(1000);
    cluster.request({method: 'POST', path: RBAC, body: binding('system:kube-scheduler')});
    cluster.advance(20 * MINUTE);
    expect([...refusals(cluster)].filter(refusal => refusal.startsWith('list'))).toEqual([]);
    run(cluster, 'late');
    cluster.advance(1000);
    expect(nodeOf(cluster, 'late')).toBe('node-1');
  });
});

/** Whether the proxy of the node finds a Service in its cache. */
const knows = (cluster: Cluster, name: string): boolean =>
  listerOf(cluster.machine as unknown as Tx, 'kube-proxy/node-1', 'services').get('default', name) !== undefined;

describe('programs that nobody has to wake', () => {
  it('know of Services what they were told until their watches ended', () => {
    const cluster = createCluster({nodes: 1});
    cluster.request({method: 'DELETE', path: `${RBAC}/system:node-proxier`});
    const proxied = (name: string): boolean => {
      cluster.request({
        method: 'POST',
        path: '/api/v1/namespaces/default/services',
        body: {apiVersion: 'v1', kind: 'Service', metadata: {name}, spec: {ports: [{port: 80}]}},
      });
      cluster.advance(5000);
      return knows(cluster, name);
    };
    expect(proxied('early')).toBe(true);
    cluster.advance(11 * MINUTE);
    expect(proxied('late')).toBe(false);
    cluster.control({action: 'stop', program: 'kube-apiserver'});
    cluster.control({action: 'start', program: 'kube-apiserver'});
    cluster.advance(5000);
    expect(knows(cluster, 'late')).toBe(true);
  });
});

describe('the term of a watch', () => {
  const ends = (at: number, since = 0): number[] =>
    Array.from({length: 400}, (_, n) => termEnd({owner: `kubelet/node-${n}`, resource: 'pods', since}, at) - since);

  it('is between five and ten minutes from its beginning', () => {
    const first = ends(MINUTE);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(Math.max(...first)).toBeLessThan(10 * MINUTE);
    expect(new Set(first).size).toBeGreaterThan(390);
  });

  it('is at an unknown place of its course later on', () => {
    const rest = ends(100 * MINUTE).map(end => end - 100 * MINUTE);
    expect(Math.min(...rest)).toBeLessThan(0.2 * MINUTE);
    expect(Math.max(...rest)).toBeGreaterThan(8 * MINUTE);
    expect(Math.max(...rest)).toBeLessThan(10 * MINUTE);
    expect(ends(100 * MINUTE)).toEqual(ends(100 * MINUTE));
  });
});
