/** The scheduler's panel: what a learner reads of queues, filters, scores, and of what would make another node win. */
import {beforeEach, describe, expect, test} from 'vitest';
import type {Cluster} from '../../src/engine/index.ts';
import type {PredictedFacts} from '../../src/selectors/facts/scheduler.ts';
import {schedulerPanel} from '../../src/selectors/panels/scheduler.ts';
import {readFacts} from '../../src/selectors/read-facts.ts';
import {plainText} from '../../src/selectors/styled.ts';
import {widthOf} from '../../src/selectors/text.ts';
import {clusterOf} from '../clusters.ts';

let cluster: Cluster;
let from: number;

interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly node?: string;
  readonly predicted?: PredictedFacts;
}

function show({width = 116, height = 45, node, predicted}: Look = {}): string[] {
  const selected = node === undefined ? undefined : ({kind: 'object', resource: 'nodes', namespace: '', name: node} as const);
  const facts = readFacts(cluster, {from, selected, predicted});
  return schedulerPanel.rows(facts, {width, height}).map(each => plainText(each.row).trimEnd());
}

const change = (node: string, body: object): unknown =>
  cluster.request({
    method: 'PATCH',
    path: `/api/v1/nodes/${node}`,
    headers: {'content-type': 'application/strategic-merge-patch+json'},
    body,
  });

function pod(name: string, spec: object = {}): void {
  const resources = {requests: {cpu: '700m', memory: '512Mi'}};
  const body = {apiVersion: 'v1', kind: 'Pod', metadata: {name}, spec: {containers: [{name: 'c', image: 'nginx', resources}], ...spec}};
  expect(cluster.request({method: 'POST', path: '/api/v1/namespaces/default/pods', body}).code).toBe(201);
}

beforeEach(() => {
  cluster = clusterOf({nodes: 3});
  from = cluster.history.position;
});

describe('the queues', () => {
  test('a pod that fits nowhere waits for events, which are named, or for five minutes', () => {
    pod('big', {nodeSelector: {disk: 'ssd'}});
    cluster.advance(60_000);
    const text = show().join('\n');
    expect(text).toContain('active 0  backoff 0  unschedulable 1  gated 0  binding 0');
    expect(text).toMatch(/default\/big {2}unschedulable, again anyway in 4m0\ds, tried 1x, turned down by NodeAffinity\n/);
    expect(text).toContain('woken by Node/Add, Node/UpdateNodeLabel');
  });

  test('an event that may help brings it back at once, as long as nobody else waits for a turn', () => {
    pod('big', {containers: [{name: 'c', image: 'nginx', resources: {requests: {cpu: '64'}}}]});
    pod('other');
    cluster.advance(100);
    expect(show().join('\n')).toMatch(/default\/big {2}unschedulable, .*tried 1x, turned down by NodeResourcesFit/);
    cluster.request({method: 'DELETE', path: '/api/v1/namespaces/default/pods/other', body: {gracePeriodSeconds: 0}});
    cluster.advance(100);
    expect(show().join('\n')).toMatch(/default\/big {2}unschedulable, .*tried 2x, turned down by NodeResourcesFit/);
  });

  test('after an error, not a refusal, a pod backs off for a second, then two, then four', () => {
    cluster.request({method: 'DELETE', path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:kube-scheduler'});
    pod('web');
    const left = () => /default\/web {2}backoff, again in ([\d.]+m?s), tried (\d)x/.exec(show().join('\n'))?.slice(1);
    cluster.advance(20);
    expect(left()?.[1]).toBe('1');
    cluster.advance(2000);
    expect(left()?.[1]).toBe('2');
    cluster.advance(3000);
    expect(left()?.[1]).toBe('3');
  });

  test('a gated pod names its gate', () => {
    pod('later', {schedulingGates: [{name: 'example.com/wait'}]});
    cluster.advance(100);
    expect(show().join('\n')).toMatch(
      /default\/later {2}gated, gated by SchedulingGates\n.*woken by TargetPod\/UpdatePodSchedulingGatesEliminated/,
    );
  });

  test('a stopped scheduler says so', () => {
    cluster.control({action: 'stop', program: 'kube-scheduler'});
    expect(show()[0]).toBe('✗ kube-scheduler is stopped: pods stay Pending, and no event says so.');
  });

  test('a scheduler that has started again says what it waits for', () => {
    cluster.control({action: 'stop', program: 'kube-scheduler'});
    cluster.control({action: 'start', program: 'kube-scheduler'});
    cluster.advance(1000);
    expect(show()[0]).toBe('◌ kube-scheduler waits until the Lease of the one before has run out, 15 s.');
    cluster.advance(20_000);
    expect(show()[0]).not.toMatch(/Lease/);
  });
});

describe('a decision', () => {
  beforeEach(() => {
    change('node-1', {spec: {taints: [{key: 'dedicated', value: 'db', effect: 'NoSchedule'}]}});
    pod('filler', {nodeName: 'node-2'});
    cluster.settle();
    pod('web');
    cluster.advance(500);
  });

  test('shows what each filter said of each node, and what was not asked any more', () => {
    const rows = show();
    const cells = (plugin: string) =>
      rows
        .find(row => row.startsWith(plugin))!
        .slice(plugin.length)
        .trim()
        .split(/ +/);
    expect(cells('NodeUnschedulable')).toEqual(['✓', '✓', '✓']);
    expect(cells('TaintToleration')).toEqual(['✓', '✓', '✗']);
    expect(cells('NodeResourcesFit')).toEqual(['✓', '✓', '·']);
    expect(cells('NodePorts')).toEqual(['-', '-', '-']);
    expect(rows).toContain('✗ node-1  TaintToleration: node(s) had untolerated taint(s)');
  });

  test('shows each score raw, normalised and weighted, and the totals with bars', () => {
    const text = show().join('\n');
    expect(text).toMatch(/^TaintToleration +x3 +0 +100 +300 +0 +100 +300$/m);
    expect(text).toMatch(/^NodeResourcesFit +x1 +87 +87 +87 +76 +76 +76$/m);
    expect(text).toMatch(/^total +481 +464\n +█+ +█+░+$/m);
    expect(text).toMatch(/^→ node-3 {2}481, the best\n {2}node-2 {2}464, 17 behind$/m);
  });

  test('of the selected node: the one filter in the way, and the smallest changes', () => {
    const text = show({node: 'node-1'}).join('\n');
    expect(text).toContain('now: only TaintToleration keeps it out\n      tolerate dedicated=db:NoSchedule: node-1 ties');
    expect(show({node: 'node-2'}).join('\n')).toContain('now: no filter keeps it out\n      prefer node-2 with weight 1: node-2 wins');
  });

  test('the prediction stands beside what came', () => {
    const ask = 'Which node?';
    expect(show({predicted: {ask, guess: 'node-3', truth: undefined}})).toContain(
      'You said (Which node?) node-3  what came is not told yet',
    );
    expect(show({predicted: {ask, guess: 'node-3', truth: 'node-3'}})).toContain('You said (Which node?) node-3  ✓ so it came');
    expect(show({predicted: {ask, guess: 'node-1', truth: 'node-3'}})).toContain('You said (Which node?) node-1  ✗ it was node-3');
  });

  test.each([
    [56, 9],
    [76, 12],
    [116, 30],
    [156, 40],
  ])('fits into %i columns', (width, height) => {
    const rows = show({width, height});
    const grid = rows.filter(row => /^(TaintToleration|NodeResourcesFit|total)/.test(row));
    expect(grid.length).toBeGreaterThan(2);
    for (const row of grid) expect(widthOf(row)).toBeLessThanOrEqual(width);
  });
});
