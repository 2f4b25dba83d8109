import {describe, expect, it} from 'vitest';
import type {Node, Pod} from '../../../src/engine/api/types.ts';
import {frameworkOf} from '../../../src/engine/scheduler/config/profile.ts';
import {whyNot} from '../../../src/engine/scheduler/explain/counterfactuals.ts';
import {explain} from '../../../src/engine/scheduler/explain/explain.ts';
import {type World, worldOf} from '../../../src/engine/scheduler/explain/world.ts';
import {listersOf, nodeInfosOf} from '../../../src/engine/scheduler/framework/snapshot.ts';
import {asking, stage} from './stage.ts';

interface NodeFacts {
  cpu?: string;
  labels?: Record<string, string>;
  taints?: object[];
  unschedulable?: boolean;
}

const node = (name: string, {cpu = '4', labels = {}, ...spec}: NodeFacts = {}): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {name, labels: {'kubernetes.io/hostname': name, ...labels}},
    spec,
    status: {allocatable: {cpu, memory: '8Gi', pods: '110'}},
  }) as unknown as Node;

/** The node controller's taint is soon there. */
const CORDONED = {unschedulable: true, taints: [{key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule'}]};

const pod = (spec: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'web', namespace: 'default', uid: 'web'},
  spec: {containers: [{name: 'c', image: 'nginx', resources: {requests: {cpu: '1', memory: '1Gi'}}}], ...spec},
});

const world = (nodes: Node[], pods: Pod[] = []): World => ({
  nodes: nodeInfosOf(nodes, pods),
  listers: listersOf({pods}),
  framework: frameworkOf({}),
});

describe('explain', () => {
  it('asks every plugin about every node', () => {
    const gpu = {key: 'gpu', effect: 'NoSchedule'};
    const table = explain(world([node('a'), node('b', {cpu: '500m', taints: [gpu]}), node('c')]), pod());
    const row = (plugin: string) => table.filters.find(f => f.plugin === plugin);
    expect(row('TaintToleration')!.verdicts).toEqual({a: null, b: ['node(s) had untolerated taint(s)'], c: null});
    expect(row('NodeResourcesFit')!.verdicts).toEqual({a: null, b: ['Insufficient cpu'], c: null});
    expect(row('NodePorts')).toEqual({plugin: 'NodePorts', skipped: true, verdicts: {}});
    expect([table.feasible, table.best]).toEqual([
      ['a', 'c'],
      ['a', 'c'],
    ]);
    expect(table.scores.find(s => s.plugin === 'TaintToleration')).toEqual({
      plugin: 'TaintToleration',
      weight: 3,
      scores: {a: {raw: 0, normalized: 100}, c: {raw: 0, normalized: 100}},
    });
  });

  it('explains a pod that has been placed as if it had not', () => {
    const s = stage();
    s.node('n1');
    s.node('n2', {cpu: '3'});
    s.pod('web', asking('3'));
    s.run();
    const seen = worldOf(s.cluster.machine, 'kube-scheduler/', frameworkOf({}));
    const table = explain(seen, s.podNamed('web'));
    expect(s.nodeOf('web')).toBe('n1');
    expect([table.feasible, table.best]).toEqual([['n1', 'n2'], ['n1']]);
  });
});

describe('why not this node?', () => {
  const said = (w: World, p: Pod, name: string) =>
    whyNot(w, p, name).changes.map(c => `${c.changes.map(x => x.text).join('; ')} (${c.wins})`);

  it('one filter is the whole reason', () => {
    const w = world([node('a', {taints: [{key: 'dedicated', value: 'db', effect: 'NoSchedule'}]}), node('b', CORDONED)]);
    const answer = whyNot(w, pod(), 'a');
    expect(answer.obstacles).toEqual([{plugin: 'TaintToleration', reasons: ['node(s) had untolerated taint(s)']}]);
    expect(said(w, pod(), 'a')).toEqual(['tolerate dedicated=db:NoSchedule (alone)', 'remove dedicated=db:NoSchedule from a (alone)']);
    expect(said(w, pod(), 'b')).toEqual(['tolerate node.kubernetes.io/unschedulable:NoSchedule (alone)', 'uncordon b (alone)']);
  });

  it('too little room: the request that fits, the size that is enough', () => {
    const w = world([node('small', {cpu: '2'})]);
    const p = pod({containers: [{name: 'c', resources: {requests: {cpu: '2500m'}}}]});
    expect(said(w, p, 'small')).toEqual(['request 2 cpu instead of 2500m (alone)', 'give small 2500m cpu instead of 2 (alone)']);
  });

  it('a label is missing', () => {
    const w = world([node('a', {labels: {disk: 'hdd'}}), node('b', {labels: {disk: 'ssd'}})]);
    const p = pod({nodeSelector: {disk: 'ssd'}});
    expect(said(w, p, 'a')).toContain('label a disk=ssd (tied)');
    expect(said(w, p, 'b')).toEqual([]);
  });

  it('several obstacles at once', () => {
    const w = world([node('a', {cpu: '500m', unschedulable: true})]);
    expect(whyNot(w, pod(), 'a').obstacles.map(o => o.plugin)).toEqual(['NodeUnschedulable', 'NodeResourcesFit']);
    expect(said(w, pod(), 'a')).toEqual([
      'tolerate node.kubernetes.io/unschedulable:NoSchedule; request 500m cpu instead of 1 (alone)',
      'uncordon a; give a 1 cpu instead of 500m (alone)',
    ]);
  });

  it('outscored: how far behind, and what makes up for it', () => {
    const w = world([node('small', {cpu: '2'}), node('large', {cpu: '16'})]);
    const answer = whyNot(w, pod(), 'small');
    expect(answer.obstacles).toEqual([]);
    expect(answer.behind).toBeGreaterThan(0);
    expect(said(w, pod(), 'small')).toEqual([
      'prefer small with weight 1 (alone)',
      expect.stringMatching(/^give small .* cpu instead of 2 \(/),
    ]);
    for (const {changes, wins} of answer.changes) {
      let [then, p] = [w, pod()];
      for (const change of changes) {
        p = change.pod ?? p;
        then = {...then, nodes: then.nodes.map(n => (change.node?.name === n.name ? change.node : n))};
      }
      expect(explain(then, p).best).toEqual(wins === 'alone' ? ['small'] : expect.arrayContaining(['small']));
    }
  });
});
