/** Laws that hold for every cluster, whatever is done to it. */
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {quantityMilli} from '../../src/engine/api/quantity.ts';
import type {KubeObject, Node, Pod, ResourceQuota} from '../../src/engine/api/types.ts';
import {changesAfter} from '../../src/engine/apiserver/watch.ts';
import {type Cluster, createCluster} from '../../src/engine/index.ts';
import {clusterOf} from '../clusters.ts';

interface List<T> {
  metadata: {resourceVersion: string};
  items: T[];
}

const list = <T>(cluster: Cluster, path: string): List<T> => cluster.request({method: 'GET', path}).body as List<T>;

const pod = (name: string, cpu: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name},
  spec: {containers: [{name: 'app', image: 'nginx:1.27', resources: {requests: {cpu}}}]},
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const action = fc.oneof(
  fc.record({do: fc.constant('create' as const), name, cpu: fc.constantFrom('100m', '1500m', '3')}),
  fc.record({do: fc.constant('delete' as const), name}),
  fc.record({do: fc.constant('deployment' as const), name, replicas: fc.integer({min: 0, max: 6})}),
  fc.record({do: fc.constant('kill' as const), node: fc.constantFrom('node-1', 'node-2')}),
  fc.record({do: fc.constant('wait' as const), ms: fc.integer({min: 1, max: 60_000})}),
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

const PODS = '/api/v1/namespaces/default/pods';

function play(cluster: Cluster, actions: readonly Action[]): void {
  for (const a of actions) {
    if (a.do === 'create') cluster.request({method: 'POST', path: PODS, body: pod(a.name, a.cpu)});
    else if (a.do === 'delete') cluster.request({method: 'DELETE', path: `${PODS}/${a.name}`});
    else if (a.do === 'kill') cluster.control({action: 'node-down', node: a.node});
    else if (a.do === 'wait') cluster.advance(a.ms);
    else {
      const body = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {name: `d${a.name}`},
        spec: {
          replicas: a.replicas,
          selector: {matchLabels: {app: a.name}},
          template: {
            metadata: {labels: {app: a.name}},
            spec: {containers: [{name: 'app', image: 'nginx:1.27', resources: {requests: {cpu: '200m'}}}]},
          },
        },
      };
      cluster.request({method: 'POST', path: '/apis/apps/v1/namespaces/default/deployments', body});
    }
  }
}

const RUNS = {numRuns: 12};
const actions = fc.array(action, {maxLength: 8});

describe('every cluster', () => {
  it('replays to the same bytes', () => {
    fc.assert(
      fc.property(actions, fc.nat(5), (all, seed) => {
        const [a, b] = [createCluster({seed, nodes: 2}), clusterOf({seed, nodes: 2})];
        play(a, all);
        play(b, all);
        expect(a.hash()).toBe(b.hash());
      }),
      RUNS,
    );
  });

  it('is the same after undo and redo', () => {
    fc.assert(
      fc.property(actions, all => {
        const cluster = clusterOf({nodes: 2});
        play(cluster, all);
        cluster.history.seek(cluster.history.position);
        const [hash, end] = [cluster.hash(), cluster.history.position];
        while (cluster.history.undo());
        cluster.history.seek(end);
        expect(cluster.hash()).toBe(hash);
      }),
      RUNS,
    );
  });

  it('tells a watcher exactly what a list would: list at the start, plus all changes, is the list at the end', () => {
    fc.assert(
      fc.property(actions, all => {
        const cluster = clusterOf({nodes: 2});
        const before = list<KubeObject>(cluster, '/api/v1/pods');
        const known = new Map(before.items.map(o => [`${o.metadata.namespace}/${o.metadata.name}`, o]));
        play(cluster, all);
        for (const change of changesAfter(cluster.machine, '/registry/pods/', Number(before.metadata.resourceVersion))) {
          const object = (change.value ?? change.previous)!.value as KubeObject;
          const key = `${object.metadata.namespace}/${object.metadata.name}`;
          if (change.value) known.set(key, object);
          else known.delete(key);
        }
        const after = list<KubeObject>(cluster, '/api/v1/pods').items;
        expect([...known.keys()].sort()).toEqual(after.map(o => `${o.metadata.namespace}/${o.metadata.name}`).sort());
        // Members of a list do not say what they are.
        for (const object of after)
          expect(known.get(`${object.metadata.namespace}/${object.metadata.name}`)).toEqual({...object, apiVersion: 'v1', kind: 'Pod'});
      }),
      RUNS,
    );
  });

  it('never puts more on a node than it has', () => {
    fc.assert(
      fc.property(actions, all => {
        const cluster = clusterOf({nodes: 2});
        play(cluster, all);
        cluster.settle(60_000);
        for (const node of list<Node>(cluster, '/api/v1/nodes').items) {
          const here = list<Pod>(cluster, '/api/v1/pods').items.filter(
            p => p.spec?.nodeName === node.metadata.name && !['Succeeded', 'Failed'].includes(p.status?.phase ?? ''),
          );
          const millis = here
            .flatMap(p => p.spec!.containers.map(c => quantityMilli(c.resources?.requests?.['cpu'] ?? '0')))
            .reduce((a, b) => a + b, 0);
          expect(millis).toBeLessThanOrEqual(quantityMilli(node.status!.allocatable!['cpu']!));
        }
      }),
      RUNS,
    );
  });

  it('never exceeds a quota', () => {
    fc.assert(
      fc.property(actions, all => {
        const cluster = clusterOf({nodes: 2});
        const quota = {apiVersion: 'v1', kind: 'ResourceQuota', metadata: {name: 'q'}, spec: {hard: {pods: '3', 'requests.cpu': '2'}}};
        cluster.request({method: 'POST', path: '/api/v1/namespaces/default/resourcequotas', body: quota});
        cluster.settle(30_000);
        play(cluster, all);
        for (const step of cluster.machine.journal.past()) {
          for (const write of step.writes) {
            const stored = (write.new as {value?: ResourceQuota} | undefined)?.value;
            if (stored?.kind !== 'ResourceQuota') continue;
            for (const [resource, used] of Object.entries(stored.status?.used ?? {})) {
              expect(quantityMilli(used)).toBeLessThanOrEqual(quantityMilli(stored.status!.hard![resource]!));
            }
          }
        }
      }),
      RUNS,
    );
  });
});
