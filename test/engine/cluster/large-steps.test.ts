/** On a large cluster nothing that takes long is done in one step: between two steps the screen is drawn and keys are heard. */
import {describe, expect, it} from 'vitest';
import {HOSTS} from '../../../src/engine/client/hosts.ts';
import {type Cluster, createCluster} from '../../../src/engine/index.ts';
import type {Step} from '../../../src/engine/machine/types.ts';

const hosts = (cluster: Cluster): number => cluster.machine.table(HOSTS).count;

const stepsSince = (cluster: Cluster, position: number): readonly Step[] => {
  const {journal} = cluster.machine;
  return journal.steps.slice(position - journal.first);
};

const requests = (step: Step, verb: string, resource: string): number =>
  step.notes.filter(note => {
    const {kind, verb: asked, resource: of} = note as {kind: string; verb?: string; resource?: string};
    return kind === 'request' && asked === verb && of === resource;
  }).length;

const items = <T>(cluster: Cluster, path: string): T[] => (cluster.request({method: 'GET', path}).body as {items: T[]}).items;

describe('machines that join', () => {
  it('come ten in a millisecond, until there are as many as were asked for', () => {
    const cluster = createCluster({nodes: 3});
    cluster.control({action: 'grow', nodes: 60});
    expect(hosts(cluster)).toBe(3);
    cluster.advance(1);
    expect(hosts(cluster)).toBe(23);
    cluster.advance(100);
    expect(hosts(cluster)).toBe(60);
    cluster.advance(20_000);
    expect(items(cluster, '/api/v1/nodes')).toHaveLength(60);
  });

  it('may be asked for more while they do, not for fewer', () => {
    const cluster = createCluster({nodes: 3});
    cluster.control({action: 'grow', nodes: 60});
    cluster.advance(1);
    expect(() => cluster.control({action: 'grow', nodes: 50})).toThrow('there are 60 nodes already; kubectl delete node takes one away');
    cluster.control({action: 'grow', nodes: 70});
    cluster.advance(100);
    expect(hosts(cluster)).toBe(70);
  });

  it('are all taken back by one undo, and come again the same', () => {
    const cluster = createCluster({nodes: 3});
    const before = cluster.hash();
    cluster.control({action: 'grow', nodes: 60});
    cluster.advance(5000);
    const after = cluster.hash();
    cluster.history.undo();
    expect(cluster.hash()).toBe(before);
    cluster.history.redo();
    expect(hosts(cluster)).toBe(60);
    cluster.history.undo();
    const again = cluster.history.branch();
    again.control({action: 'grow', nodes: 60});
    again.advance(5000);
    expect(again.hash()).toBe(after);
  });
});

describe('a controller manager that starts', () => {
  it('hears of many nodes in portions, each of them once', () => {
    const cluster = createCluster({nodes: 60});
    cluster.control({action: 'stop', program: 'kube-controller-manager'});
    cluster.advance(1000);
    const from = cluster.history.position;
    cluster.control({action: 'start', program: 'kube-controller-manager'});
    cluster.advance(20_000);
    const registering = stepsSince(cluster, from).map(step => requests(step, 'create', 'events') + requests(step, 'patch', 'events'));
    expect(Math.max(...registering)).toBeLessThanOrEqual(25);
    const registered = items<{reason: string; count: number}>(cluster, '/api/v1/events').filter(e => e.reason === 'RegisteredNode');
    expect(registered.map(({count}) => count)).toEqual(new Array(60).fill(2));
  });
});

describe('a replica set of many pods', () => {
  const replicaSet = (replicas: number) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {name: 'web', namespace: 'default'},
    spec: {
      replicas,
      selector: {matchLabels: {app: 'web'}},
      template: {metadata: {labels: {app: 'web'}}, spec: {containers: [{name: 'web', image: 'nginx:1.27'}]}},
    },
  });
  const create = (cluster: Cluster, replicas: number): void =>
    void cluster.request({method: 'POST', path: '/apis/apps/v1/namespaces/default/replicasets', body: replicaSet(replicas)});
  const acts = (steps: readonly Step[]): string[] =>
    steps.flatMap(step =>
      step.notes.flatMap(note => {
        const {kind, stage, subject, detail} = note as {kind: string; stage?: string; subject?: string; detail?: string};
        return kind === 'trace' && subject === 'replicaset/default/web' && stage === 'act' ? [detail!] : [];
      }),
    );

  it('makes them at one instant, a few in a step, and says so once', () => {
    const cluster = createCluster({nodes: 3});
    const from = cluster.history.position;
    create(cluster, 100);
    cluster.advance(10);
    const steps = stepsSince(cluster, from);
    const making = steps.filter(step => requests(step, 'create', 'pods') > 0);
    expect(making.map(step => requests(step, 'create', 'pods'))).toEqual([...Array(12).fill(8), 4]);
    expect(new Set(making.map(({at}) => at)).size).toBe(1);
    expect(acts(steps)[0]).toBe('created 100 pods');
  });

  it('removes them likewise', () => {
    const cluster = createCluster({nodes: 3});
    create(cluster, 40);
    cluster.advance(20_000);
    const from = cluster.history.position;
    cluster.request({
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/default/replicasets/web/scale',
      headers: {'content-type': 'application/merge-patch+json'},
      body: {spec: {replicas: 0}},
    });
    cluster.advance(10);
    const removing = stepsSince(cluster, from).map(step => requests(step, 'delete', 'pods'));
    expect(removing.filter(count => count > 0)).toEqual([8, 8, 8, 8, 8]);
    cluster.advance(60_000);
    expect(items(cluster, '/api/v1/namespaces/default/pods')).toEqual([]);
  });

  it('stops where a quota does, after the batch that met it, and tries again later', () => {
    const cluster = createCluster({nodes: 3});
    cluster.request({
      method: 'POST',
      path: '/api/v1/namespaces/default/resourcequotas',
      body: {apiVersion: 'v1', kind: 'ResourceQuota', metadata: {name: 'few', namespace: 'default'}, spec: {hard: {pods: '20'}}},
    });
    cluster.advance(1000);
    const from = cluster.history.position;
    create(cluster, 100);
    cluster.advance(6);
    // 1 + 2 + 4 + 8 pods fit; of the next sixteen five do.
    expect(acts(stepsSince(cluster, from))[0]).toMatch(/^created 20 pods; slow start stops after 31 tries: .*exceeded quota: few/);
    cluster.advance(100);
    const tries = acts(stepsSince(cluster, from));
    expect(tries.length).toBeGreaterThan(1);
    expect(tries.slice(1).every(told => told.startsWith('created 0 pods; slow start stops after 1 try'))).toBe(true);
  });
});

describe('a daemon set on many nodes', () => {
  it('makes its pods at one instant, a few in a step, and removes them likewise when it moves on', () => {
    const cluster = createCluster({nodes: 40});
    const daemonSet = (image: string) => ({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: {name: 'agent', namespace: 'default'},
      spec: {
        selector: {matchLabels: {app: 'agent'}},
        updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: '100%'}},
        template: {metadata: {labels: {app: 'agent'}}, spec: {containers: [{name: 'agent', image}]}},
      },
    });
    const path = '/apis/apps/v1/namespaces/default/daemonsets';
    let from = cluster.history.position;
    cluster.request({method: 'POST', path, body: daemonSet('nginx:1.27')});
    cluster.advance(10);
    const making = stepsSince(cluster, from).filter(step => requests(step, 'create', 'pods') > 0);
    expect(making.map(step => requests(step, 'create', 'pods'))).toEqual([8, 8, 8, 8, 8]);
    expect(new Set(making.map(({at}) => at)).size).toBe(1);
    cluster.advance(60_000);
    const {status} = cluster.request({method: 'GET', path: `${path}/agent`}).body as {status: object};
    expect(status).toMatchObject({desiredNumberScheduled: 40, currentNumberScheduled: 40, numberReady: 40, numberAvailable: 40});
    from = cluster.history.position;
    cluster.request({method: 'PUT', path: `${path}/agent`, body: daemonSet('nginx:1.28')});
    cluster.advance(10);
    const removing = stepsSince(cluster, from).map(step => requests(step, 'delete', 'pods'));
    expect(removing.filter(count => count > 0)).toEqual([8, 8, 8, 8, 8]);
  });
});

describe('a job of many pods', () => {
  it('makes them, and lets go of them when they are counted, a few in a step', () => {
    const cluster = createCluster({nodes: 10});
    const from = cluster.history.position;
    const path = '/apis/batch/v1/namespaces/default/jobs';
    cluster.request({
      method: 'POST',
      path,
      body: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {name: 'sum', namespace: 'default'},
        spec: {
          parallelism: 40,
          completions: 40,
          template: {spec: {restartPolicy: 'Never', containers: [{name: 'sum', image: 'busybox:1.36', command: ['sleep', '1']}]}},
        },
      },
    });
    cluster.advance(10);
    const making = stepsSince(cluster, from).map(step => requests(step, 'create', 'pods'));
    expect(making.filter(count => count > 0)).toEqual([8, 8, 8, 8, 8]);
    cluster.advance(60_000);
    const counting = stepsSince(cluster, from)
      .filter(({event}) => event.to === 'job-controller/')
      .map(step => requests(step, 'patch', 'pods'));
    expect(Math.max(...counting)).toBe(8);
    expect(counting.reduce((sum, count) => sum + count, 0)).toBe(40);
    const {status} = cluster.request({method: 'GET', path: `${path}/sum`}).body as {status: object};
    expect(status).toMatchObject({
      succeeded: 40,
      uncountedTerminatedPods: {},
      conditions: [{type: 'SuccessCriteriaMet'}, {type: 'Complete'}],
    });
  });
});

describe('events whose hour is over', () => {
  it('go a hundred at a time, those written last the last', () => {
    const cluster = createCluster({nodes: 40});
    const there = (): number => items(cluster, '/api/v1/events').length;
    const written = there();
    expect(written).toBeGreaterThan(200);
    cluster.advance(3_590_000 - cluster.now);
    expect(there()).toBe(written);
    const from = cluster.history.position;
    cluster.advance(180_000);
    const deletions = stepsSince(cluster, from)
      .filter(({event}) => event.type === 'expire')
      .map(({writes}) => writes.filter(({table, new: now}) => table === 'etcd' && now === undefined).length);
    expect(Math.max(...deletions)).toBe(100);
    expect(there()).toBeLessThan(written / 2);
  });
});
