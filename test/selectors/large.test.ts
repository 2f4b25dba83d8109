/** What a screen is told of a large cluster: no more than can be looked at, all of it plain data, the same however often it was looked at before. */
import {beforeAll, describe, expect, test, vi} from 'vitest';
import {type Cluster, createCluster} from '../../src/engine/index.ts';
import {documentOf} from '../../src/selectors/document.ts';
import type {Facts} from '../../src/selectors/facts/facts.ts';
import {panels} from '../../src/selectors/panels/table.ts';
import {podFacts} from '../../src/selectors/pods.ts';
import {readFacts} from '../../src/selectors/read-facts.ts';
import {plainText, type Ref} from '../../src/selectors/styled.ts';

const see = (cluster: Cluster, selected?: Ref): Facts => readFacts(cluster, {from: 0, selected});

const rowsOf = (facts: Facts, id: string): string[] =>
  panels
    .find(panel => panel.id === id)!
    .rows(facts, {width: 200, height: 40})
    .map(({row}) => plainText(row));

const noteOf = (facts: Facts, id: string): string => panels.find(panel => panel.id === id)!.note!(facts);

/** All parts, each as it is told. */
const told = (facts: Facts): Record<string, unknown> => ({...facts, trends: {...facts.trends}});

function deploy(cluster: Cluster, name: string, replicas: number, image = 'nginx'): void {
  const labels = {app: name};
  const container = {name: 'main', image, resources: {requests: {cpu: '1m'}}};
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name},
    spec: {replicas, selector: {matchLabels: labels}, template: {metadata: {labels}, spec: {containers: [container]}}},
  };
  expect(cluster.request({method: 'POST', path: '/apis/apps/v1/namespaces/default/deployments', body, client: 'kubectl'}).code).toBe(201);
  const service = {apiVersion: 'v1', kind: 'Service', metadata: {name}, spec: {selector: labels, ports: [{port: 80}]}};
  expect(cluster.request({method: 'POST', path: '/api/v1/namespaces/default/services', body: service, client: 'kubectl'}).code).toBe(201);
}

/** Small, and in the middle of many things. */
function busy(): Cluster {
  const cluster = createCluster({nodes: 3});
  deploy(cluster, 'web', 5);
  deploy(cluster, 'broken', 2, 'no.such.registry/broken:1');
  cluster.advance(3000);
  cluster.control({action: 'watch-lag', owner: 'kube-controller-manager/', resource: 'deployments', lag: 60_000});
  cluster.request({method: 'DELETE', path: '/api/v1/namespaces/default/services/web', client: 'kubectl'});
  cluster.advance(50);
  return cluster;
}

const PODS = 300;

let large: Cluster;
beforeAll(() => {
  large = createCluster({nodes: 12});
  deploy(large, 'web', PODS);
  large.advance(40_000);
  deploy(large, 'broken', 1, 'no.such.registry/broken:1');
  // A screen looks again and again.
  for (let look = 0; look < 40; look++) {
    large.advance(500);
    told(see(large));
  }
}, 120_000);

describe.each([
  ['a busy small cluster', busy],
  [`a cluster of ${PODS} pods`, () => large],
])('of %s', (_name, cluster) => {
  test('each part is plain data: a copy holds all of it', () => {
    for (const selected of [undefined, {kind: 'object', resource: 'nodes', namespace: '', name: 'node-2'} as const])
      for (const [part, value] of Object.entries(told(see(cluster(), selected)))) expect(structuredClone(value), part).toStrictEqual(value);
  });

  test('who looks for the first time sees the same as who has looked all along', async () => {
    vi.resetModules();
    const {readFacts: lookFirst} = await import('../../src/selectors/read-facts.ts');
    expect(told(lookFirst(cluster(), {from: 0, selected: undefined}))).toEqual(told(see(cluster())));
  });

  test('a branch shows what was there where it left, and then its own', () => {
    const line = cluster();
    const before = told(see(line));
    const {position} = line.history;
    line.history.seek(position - 300);
    const branch = line.history.branch();
    const then = told(see(line));
    line.history.seek(position);
    expect(told(see(line))).toEqual(before);
    expect(told(see(branch))).toEqual(then);
    branch.advance(2000);
    line.history.seek(position - 300);
    const other = line.history.branch();
    line.history.seek(position);
    other.advance(2000);
    expect(told(see(branch))).toEqual(told(see(other)));
  });
});

test.each([
  [75, 75, undefined],
  [120, 100, '… 20 more nodes: kubectl get nodes  (no filter finds them here)'],
])('of %i nodes the kubelet panel shows %i, and says what is left out', (nodes, shown, rest) => {
  const rows = rowsOf(see(createCluster({nodes})), 'kubelet');
  expect(rows.filter(text => /^node-\d+ ✓ Ready/.test(text))).toHaveLength(shown);
  expect(rows.find(text => text.startsWith('…'))).toBe(rest);
});

describe('of many pods', () => {
  test('as many are told of as can be looked at, and how many there are', () => {
    const facts = see(large);
    expect(facts.pods).toHaveLength(100);
    expect(facts.census).toEqual({all: PODS + 1, running: PODS});
    expect(noteOf(facts, 'containers')).toBe('300/301 running');
    expect(rowsOf(facts, 'containers').at(-1)).toBe('… 201 more pods: kubectl get pods -A  (no filter finds them here)');
    for (const [part, value] of Object.entries(told(facts))) expect(JSON.stringify(value ?? '').length, part).toBeLessThan(120_000);
    for (const {id} of panels) expect(rowsOf(facts, id).length, id).toBeLessThan(700);
  });

  test('those that are not well are among them, however long ago they changed', () => {
    const {pods, controllers} = see(large);
    expect(pods.find(pod => pod.name.startsWith('broken'))?.phase).toMatch(/ImagePull/);
    expect(controllers.tree.filter(row => 'kind' in row && row.kind === 'Pod' && !row.healthy)).toHaveLength(1);
  });

  test('the one that is looked at is among them, and what its owners are', () => {
    const shown = new Set(see(large).pods.map(pod => pod.name));
    const hidden = podFacts(large.machine).find(pod => !shown.has(pod.name))!;
    const {pods, controllers} = see(large, hidden.ref);
    expect(pods.map(pod => pod.name)).toContain(hidden.name);
    expect(pods).toHaveLength(100);
    expect(controllers.tree.flatMap(row => ('name' in row ? [row.name] : []))).toContain(hidden.name);
  });

  test('of a selected node or owner, its pods are told of', () => {
    const onNode = see(large, {kind: 'object', resource: 'nodes', namespace: '', name: 'node-4'}).pods.filter(pod => pod.node === 'node-4');
    expect(onNode).toHaveLength(podFacts(large.machine).filter(pod => pod.node === 'node-4').length);
    const {pods} = see(large, {kind: 'object', resource: 'deployments', namespace: 'default', name: 'broken'});
    expect(pods.filter(pod => pod.name.startsWith('broken'))).toHaveLength(1);
  });

  test('an owner says how many more it has, and how to see them', () => {
    const rows = rowsOf(see(large), 'controllers');
    const {tree} = see(large).controllers;
    expect(tree.filter(row => 'kind' in row && row.kind === 'Pod')).toHaveLength(51);
    expect(rows).toContainEqual(expect.stringMatching(/^ {3}└─ … 250 more pods: kubectl get pods -l app=web,pod-template-hash=\w+ /));
  });

  test('a Service counts all of its endpoints', () => {
    const web = see(large).network.services.find(({name}) => name === 'web')!;
    expect(web).toMatchObject({ready: PODS, allEndpoints: PODS});
    expect(web.endpoints).toHaveLength(50);
    const rows = rowsOf(see(large), 'network');
    expect(rows).toContainEqual(expect.stringMatching(/^web ClusterIP .* 300\/300 ready$/));
    expect(rows).toContainEqual(
      expect.stringContaining(' └─ … 250 more endpoints: kubectl get endpointslices -l kubernetes.io/service-name=web'),
    );
  });

  test('the order stays while nothing happens', () => {
    const names = (): string[] => see(large).pods.map(pod => pod.name);
    const before = names();
    large.machine.step();
    expect(names().filter(name => !before.includes(name))).toEqual([]);
  });

  test('what is asked for as a whole is whole', () => {
    expect(podFacts(large.machine)).toHaveLength(PODS + 1);
    const {objects} = documentOf(large, 1, 0) as {objects: {kind: string; metadata: {namespace: string}}[]};
    expect(objects.filter(({kind, metadata}) => kind === 'Pod' && metadata.namespace === 'default')).toHaveLength(PODS + 1);
  });

  test('the past is as it was', () => {
    const {position} = large.history;
    const now = told(see(large));
    large.history.seek(position - 700);
    const then = told(see(large));
    expect(then).toEqual(told(see(large.history.branch())));
    large.history.seek(position);
    expect(told(see(large))).toEqual(now);
  });
});

test('a queue and a node count all of their pods', () => {
  const cluster = createCluster({nodes: 1, off: ['kube-scheduler']});
  deploy(cluster, 'web', 120);
  cluster.advance(20_000);
  cluster.control({action: 'start', program: 'kube-scheduler'});
  for (let steps = 0; see(cluster).kubelets.busiest[0]!.allPods < 60; steps++) {
    expect(steps).toBeLessThan(5000);
    cluster.machine.step();
  }
  const facts = see(cluster);
  const [waiting] = facts.scheduler.queues.map(queue => queue.waiting);
  expect(waiting).toBeGreaterThan(50);
  expect(facts.scheduler.queues[0]!.items).toHaveLength(50);
  expect(rowsOf(facts, 'scheduler')).toContainEqual(
    expect.stringMatching(/^ {3}and \d+ more: kubectl get pods -A --field-selector status\.phase=Pending$/),
  );
  expect(facts.kubelets.busiest[0]!.pods).toHaveLength(50);
  expect(rowsOf(facts, 'kubelet')).toContainEqual(
    expect.stringMatching(/^ {2}… 10 more pods: kubectl get pods -A --field-selector spec\.nodeName=node-1 /),
  );
});
