import {describe, expect, test} from 'vitest';
import type {Cluster} from '../../src/engine/index.ts';
import type {Facts} from '../../src/selectors/facts/facts.ts';
import {panels} from '../../src/selectors/panels/table.ts';
import {readFacts} from '../../src/selectors/read-facts.ts';
import {plainText, type Ref} from '../../src/selectors/styled.ts';
import {whyFacts} from '../../src/selectors/why.ts';
import {clusterOf} from '../clusters.ts';

function create(cluster: Cluster, path: string, body: object): number {
  return cluster.request({method: 'POST', path, body, client: 'kubectl'}).code;
}

/** A cluster without nodes, and what can be seen of it since it was set up. */
function fresh(): {cluster: Cluster; see: (selected?: Ref) => Facts} {
  const cluster = clusterOf({nodes: 0});
  const from = cluster.history.position;
  return {cluster, see: selected => readFacts(cluster, {from, selected})};
}

const configMap = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'colours'}, data: {sky: 'blue'}};
const configMaps = '/api/v1/namespaces/default/configmaps';
const colours: Ref = {kind: 'object', resource: 'configmaps', namespace: 'default', name: 'colours'};

const verdictsOf = (facts: Facts): Record<string, string> =>
  Object.fromEntries(facts.pipeline.stages.map(stage => [stage.id, stage.verdict]));

describe('without a cluster', () => {
  test('there is nothing to see, and every panel says so', () => {
    const facts = readFacts(undefined, {from: 0, selected: undefined});
    for (const panel of panels) expect(panel.rows(facts, {width: 60, height: 10}).length, panel.id).toBeGreaterThan(0);
  });
});

test('a read ends at the store: nothing is to be waited for', () => {
  const {cluster, see} = fresh();
  cluster.request({method: 'GET', path: configMaps, client: 'kubectl'});
  const {stages} = see().pipeline;
  expect(stages.find(stage => stage.id === 'etcd')?.verdict).toBe('ok');
  expect(stages.slice(stages.findIndex(stage => stage.id === 'watch')).map(stage => stage.detail)).toEqual(
    Array.from({length: 8}, () => 'nothing was written'),
  );
});

describe('a write', () => {
  test('is the request that is looked at, stage by stage', () => {
    const {cluster, see} = fresh();
    expect(create(cluster, configMaps, configMap)).toBe(201);
    const {request} = see();
    expect(request).toMatchObject({method: 'POST', path: configMaps, user: 'kubernetes-admin', code: 201, reason: 'Created'});
    expect(request!.stages.map(stage => stage.stage)).toEqual(
      expect.arrayContaining(['tls', 'authentication', 'authorization', 'decoding', 'etcd', 'response']),
    );
  });

  test('that is refused stops the strip where it was refused', () => {
    const {cluster, see} = fresh();
    const answer = cluster.request({
      method: 'POST',
      path: configMaps,
      body: configMap,
      user: 'eve',
      groups: ['system:authenticated'],
      client: 'kubectl',
    });
    expect(answer.code).toBe(403);
    const facts = see();
    expect(verdictsOf(facts)).toMatchObject({authn: 'ok', authz: 'denied', decode: 'idle', etcd: 'idle', scheduler: 'idle'});
    expect(facts.pipeline.story).toContain('User "eve" cannot create resource "configmaps"');
    expect(facts.pipeline.stages.find(stage => stage.id === 'scheduler')?.detail).toBe('never reached');
  });

  test('of a name that is taken is refused at the store', () => {
    const {cluster, see} = fresh();
    create(cluster, configMaps, configMap);
    expect(create(cluster, configMaps, configMap)).toBe(409);
    const denied = see().pipeline.stages.find(stage => stage.verdict === 'denied');
    expect(denied?.detail).toContain('already exists');
  });

  test('that bears no pod leaves out what only pods pass', () => {
    const {cluster, see} = fresh();
    create(cluster, configMaps, configMap);
    cluster.advance(100);
    expect(verdictsOf(see())).toMatchObject({etcd: 'ok', scheduler: 'skipped', kubelet: 'skipped'});
  });

  test('is seen on its way while it walks', () => {
    const {cluster, see} = fresh();
    create(cluster, configMaps, configMap);
    const {id} = see().request!;
    const walking = readFacts(cluster, {from: 0, selected: undefined, walk: {request: id, passed: 2}});
    expect(walking.request).toMatchObject({code: 0});
    expect(walking.request!.stages).toHaveLength(2);
    expect(verdictsOf(walking)).toMatchObject({TLS: 'ok', authn: 'active', authz: 'idle', etcd: 'idle'});
  });
});

describe('the store', () => {
  test('shows who wrote what, marked since the last command', () => {
    const {cluster, see} = fresh();
    create(cluster, configMaps, configMap);
    expect(see().store.keys[0]).toMatchObject({
      key: '/registry/configmaps/default/colours',
      version: 1,
      change: 'new',
      writer: 'kubernetes-admin',
      ref: colours,
    });
    cluster.request({method: 'PUT', path: `${configMaps}/colours`, body: {...configMap, data: {sky: 'grey'}}});
    expect(see().store.keys[0]).toMatchObject({version: 2, change: 'changed'});
    cluster.request({method: 'DELETE', path: `${configMaps}/colours`});
    expect(see().store.keys[0]).toMatchObject({key: '/registry/configmaps/default/colours', change: 'gone'});
    expect(see().store.keys[0]!.ref).toBeUndefined();
  });

  test('knows which watcher is behind until it has been told', () => {
    const {cluster, see} = fresh();
    create(cluster, '/api/v1/namespaces/default/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {name: 'shop'},
      spec: {selector: {app: 'shop'}, ports: [{port: 80}]},
    });
    const behind = (): string[] => see().store.behind.map(watcher => watcher.component);
    expect(behind()).toContain('kube-controller-manager');
    cluster.advance(1000);
    expect(behind()).toEqual([]);
  });
});

describe('why', () => {
  test('leads from an object back to the outside world', () => {
    const {cluster, see} = fresh();
    create(cluster, '/api/v1/namespaces/default/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {name: 'shop'},
      spec: {selector: {app: 'shop'}, ports: [{port: 80}]},
    });
    cluster.advance(1000);
    const slice = see().store.keys.find(key => key.key.startsWith('/registry/endpointslices/default/shop'))!;
    const {chain} = whyFacts(cluster.machine, {ref: slice.ref!, at: cluster.history.position});
    expect(chain[0]!.actor).toBe('endpointslice-controller');
    expect(chain.at(-1)).toMatchObject({
      actor: 'kubernetes-admin',
      text: expect.stringContaining('create /api/v1/namespaces/default/services'),
    });
    expect(chain.map(link => link.step)).toEqual(chain.map(link => link.step).toSorted((one, other) => other - one));
  });

  test('of nothing is empty', () => expect(fresh().see().why.chain).toEqual([]));
});

describe('time travel', () => {
  test('shows the past as it was, whatever was looked at in between', () => {
    const {cluster, see} = fresh();
    const render = (): string => {
      const facts = see(colours);
      return panels.flatMap(panel => panel.rows(facts, {width: 100, height: 20}).map(each => plainText(each.row))).join('\n');
    };
    create(cluster, configMaps, configMap);
    const then = {position: cluster.history.position, drawn: render()};
    create(cluster, configMaps, {...configMap, metadata: {name: 'shapes'}});
    cluster.advance(5000);
    const now = {position: cluster.history.position, drawn: render()};
    expect(now.drawn).not.toBe(then.drawn);
    cluster.history.seek(then.position);
    expect(render()).toBe(then.drawn);
    cluster.history.seek(now.position);
    expect(render()).toBe(now.drawn);
  });
});

describe('the store', () => {
  test('shows its members, who leads, and when there are too few of them', () => {
    const cluster = clusterOf({nodes: 0, etcdMembers: 3});
    const shown = () =>
      panels
        .find(panel => panel.id === 'store')!
        .rows(readFacts(cluster, {from: 0, selected: undefined}), {width: 100, height: 200})
        .map(({row}) => plainText(row));
    const {members} = readFacts(cluster, {from: 0, selected: undefined}).store;
    expect(members).toHaveLength(3);
    expect(members.filter(member => member.leader)).toHaveLength(1);
    for (const {name} of members.slice(0, 2)) cluster.control({action: 'etcd-down', member: name});
    expect(shown()).toContainEqual(expect.stringMatching(/^Members +1 of 3 up, quorum is 2: nothing can be written/));
    expect(shown().filter(line => line.includes('✗ down'))).toHaveLength(2);
  });
});

describe('the controllers', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'web'},
    spec: {
      replicas: 3,
      selector: {matchLabels: {app: 'web'}},
      template: {metadata: {labels: {app: 'web'}}, spec: {containers: [{name: 'web', image: 'nginx'}]}},
    },
  };

  test('show one turn of a loop: what was seen, what was missing, what was done about it', () => {
    const {cluster, see} = fresh();
    create(cluster, '/apis/apps/v1/namespaces/default/deployments', deployment);
    cluster.settle();
    const {turn} = see().controllers;
    expect(turn).toMatchObject({component: 'replicaset-controller', woken: expect.stringContaining('replicasets'), error: undefined});
    expect(turn!.beats).toEqual([
      {beat: 'observe', detail: 'wants 3, has 0'},
      {beat: 'difference', detail: '3 too few'},
      {beat: 'act', detail: 'created 3 pods'},
    ]);
    expect(turn!.requests.filter(r => r.verb === 'create' && r.code === 201)).toHaveLength(3);
  });

  test('show what a cache does not know yet', () => {
    const {cluster, see} = fresh();
    cluster.control({action: 'watch-lag', owner: 'kube-controller-manager/', resource: 'deployments', lag: 60_000});
    create(cluster, '/apis/apps/v1/namespaces/default/deployments', deployment);
    cluster.advance(1000);
    expect(see().controllers.caches).toContainEqual({
      resource: 'deployments',
      revision: expect.any(Number),
      behind: 1,
      lagMs: 60_000,
      stalled: false,
    });
    cluster.advance(600_000);
    expect(see().controllers.caches.find(cache => cache.resource === 'deployments')).toMatchObject({behind: 0});
  });
});

test('the controllers keep the turns before the last one: a first turn that was given up is not lost behind those that follow', () => {
  const {cluster, see} = fresh();
  create(cluster, '/api/v1/namespaces/default/resourcequotas', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: {name: 'small'},
    spec: {hard: {pods: '3'}},
  });
  cluster.advance(2000);
  create(cluster, '/apis/apps/v1/namespaces/default/replicasets', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {name: 'web'},
    spec: {
      replicas: 20,
      selector: {matchLabels: {app: 'web'}},
      template: {metadata: {labels: {app: 'web'}}, spec: {containers: [{name: 'c', image: 'nginx'}]}},
    },
  });
  cluster.advance(500);
  const {turn, before} = see().controllers;
  const [again, first] = before.filter(({component}) => component === 'replicaset-controller');
  expect(first).toMatchObject({times: 1, act: expect.stringMatching(/^created 3 pods; slow start stops after 7 tries: /)});
  expect(again!.act).toMatch(/^created 0 pods; slow start stops after 1 try: /);
  expect(again!.times).toBeGreaterThan(3);
  expect(turn!.step).toBeGreaterThan(before[0]!.step);
});
