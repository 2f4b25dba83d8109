/** What single plugins say, where a small difference decides: fields instead of labels, images that are mounted, integers, nodes with room after all. */
import {describe, expect, it} from 'vitest';
import type {core, KubeObject, Node, Pod} from '../../../src/engine/api/types.ts';
import {frameworkOf} from '../../../src/engine/scheduler/config/profile.ts';
import {queueingHints} from '../../../src/engine/scheduler/framework/hints.ts';
import {newCycle, runFilters, runPostFilters, runPreFilter, runScores} from '../../../src/engine/scheduler/framework/runtime.ts';
import {listersOf, nodeInfosOf, snapshotOf} from '../../../src/engine/scheduler/framework/snapshot.ts';
import {message, nodeStatuses, unschedulable} from '../../../src/engine/scheduler/framework/status.ts';
import {tolerates} from '../../../src/engine/scheduler/framework/taints.ts';
import type {Cycle} from '../../../src/engine/scheduler/framework/types.ts';

const MIB = 1024 * 1024;

const node = (name: string, images: Record<string, number> = {}): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {name, labels: {'kubernetes.io/hostname': name}},
    status: {
      allocatable: {cpu: '4', memory: '8Gi', pods: '110'},
      images: Object.entries(images).map(([image, mebibytes]) => ({names: [image], sizeBytes: mebibytes * MIB})),
    },
  }) as unknown as Node;

const pod = (name: string, spec: object, labels: Record<string, string> = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, namespace: 'default', uid: name, labels},
    spec: {containers: [{name: 'c', image: 'web:1'}], ...spec},
  }) as unknown as Pod;

const cycleOf = (nodes: Node[], pods: Pod[] = [], framework = frameworkOf({})): Cycle =>
  newCycle({
    snapshot: snapshotOf(nodeInfosOf(nodes, pods)),
    listers: listersOf({pods}),
    framework,
    now: 0,
    random: () => 0,
  });

/** `fits`, or who has what against the pod on the first node. */
function verdict(p: Pod, nodes: Node[], pods: Pod[] = []): string {
  const cycle = cycleOf(nodes, pods);
  const {status} = runPreFilter(cycle, p);
  const said = status ?? runFilters(cycle, p, cycle.snapshot.nodes[0]!);
  return said ? `${said.plugin}: ${message(said)}` : 'fits';
}

describe('a node affinity of fields', () => {
  const LONG = 'ip-10-0-0-1.a-region-with-a-long-name.compute.internal.example.com.k8s.local';
  const OTHER = "NodeAffinity: node(s) didn't match Pod's node affinity/selector";
  it.each([
    ['names its node, however long the name', [{key: 'metadata.name', operator: 'In', values: [LONG]}], 'fits'],
    ['avoids its node', [{key: 'metadata.name', operator: 'NotIn', values: [LONG]}], OTHER],
    ['avoids another', [{key: 'metadata.name', operator: 'NotIn', values: ['n2']}], 'fits'],
    ['may name one node only', [{key: 'metadata.name', operator: 'In', values: [LONG, 'n2']}], OTHER],
    ['has no Exists', [{key: 'metadata.name', operator: 'Exists'}], OTHER],
  ])('%s', (_what, matchFields, said) => {
    const required = {nodeSelectorTerms: [{matchFields}]};
    const p = pod('p', {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: required}}});
    expect(verdict(p, [node(LONG)])).toBe(said);
  });
});

it('an affinity that cannot be parsed fits nowhere, and says which of its lists is wrong', () => {
  const term = {labelSelector: {matchLabels: {app: '{{ .Values.app }}'}}, topologyKey: 'kubernetes.io/hostname'};
  const p = pod('p', {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [term]}}});
  expect(verdict(p, [node('n1')])).toMatch(
    /^InterPodAffinity: parsing pod: requiredAntiAffinityTerms: .*Invalid value: "{{ \.Values\.app }}"/,
  );
});

it('a preference for nodes that cannot be parsed fits everywhere, but nowhere better', () => {
  const preferring = (weight: number, operator: string, values: string[]) =>
    pod('p', {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{weight, preference: {matchExpressions: [{key: 'kernel', operator, values}]}}],
        },
      },
    });
  const nodes = [node('n1'), node('n2')];
  const scoring = (p: Pod): unknown => {
    const cycle = cycleOf(nodes);
    return runScores(cycle, p, cycle.snapshot.nodes);
  };
  expect(verdict(preferring(1, 'Gt', ['six']), nodes)).toBe('fits');
  expect(scoring(preferring(1, 'Gt', ['six']))).toEqual({
    code: 'Error',
    plugin: 'NodeAffinity',
    reasons: [
      'running PreScore plugin "NodeAffinity": [0].matchExpressions[0].values[0]: Invalid value: "six": for \'Gt\', \'Lt\' operators, the value must be an integer',
    ],
  });
  expect(scoring(preferring(1, 'Gt', ['6']))).toBeInstanceOf(Array);
});

it('an affinity that cannot be parsed ends the scoring too, where only that is asked', () => {
  const term = {labelSelector: {matchLabels: {app: '{{ app }}'}}, topologyKey: 'kubernetes.io/hostname'};
  const wish = {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: term}]};
  const none = {disabled: [{name: 'InterPodAffinity'}]};
  const cycle = cycleOf([node('n1')], [], frameworkOf({plugins: {preFilter: none, filter: none}}));
  expect(runScores(cycle, pod('p', {affinity: {podAffinity: wish}}), cycle.snapshot.nodes)).toEqual({
    code: 'Error',
    plugin: 'InterPodAffinity',
    reasons: [expect.stringMatching(/^running PreScore plugin "InterPodAffinity": parsing pod: preferredAffinityTerms: .*Invalid value/)],
  });
});

it('a node that takes no pods at all is no reason to try again', () => {
  const framework = frameworkOf({});
  const [before, after] = [node('n1'), node('n1')].map(n => ({
    ...n,
    status: {...n.status, allocatable: {cpu: '1', memory: '1Gi', pods: '0'}},
  }));
  const more = (pods: string) => ({...after!, status: {...after!.status, allocatable: {cpu: '8', memory: '8Gi', pods}}});
  const helps = (changed: Node): boolean =>
    queueingHints([framework]).mayHelp(
      framework,
      ['NodeResourcesFit'],
      pod('p', {containers: [{name: 'c', resources: {requests: {cpu: '2'}}}]}),
      {resource: 'Node', action: 'UpdateNodeAllocatable', old: before as KubeObject, new: changed},
      listersOf({}),
    );
  expect(helps(more('0'))).toBe(false);
  expect(helps(more('1'))).toBe(true);
});

it('the affinity of a pod that is there already counts as far as it can be parsed', () => {
  const hostname = 'kubernetes.io/hostname';
  const list = (app: string) => ({
    requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app}}, topologyKey: hostname}],
  });
  const there = (podAffinity: object, podAntiAffinity: object) => pod('there', {nodeName: 'n1', affinity: {podAffinity, podAntiAffinity}});
  const web = pod('p', {}, {app: 'web'});
  expect(verdict(web, [node('n1')], [there(list('web'), list('{{ app }}'))])).toBe('fits');
  expect(verdict(web, [node('n1')], [there(list('{{ app }}'), list('web'))])).toBe(
    "InterPodAffinity: node(s) didn't satisfy existing pods anti-affinity rules",
  );
});

it('ImageLocality counts the images of image volumes, and clamps by containers alone', () => {
  const nodes = [node('with', {'web:1': 500, 'model:7b': 1500}), node('without', {'web:1': 500})];
  const scoresOf = (spec: object) => {
    const cycle = cycleOf(nodes);
    const p = pod('p', spec);
    runPreFilter(cycle, p);
    const scores = runScores(cycle, p, cycle.snapshot.nodes);
    return 'code' in scores ? message(scores) : scores.find(s => s.plugin === 'ImageLocality')!.raw;
  };
  const mounted = {volumes: [{name: 'model', image: {reference: 'model:7b'}}]};
  expect(scoresOf({})).toEqual([48, 48]);
  // 500 MiB + 1500 MiB on one of two nodes, of at most 1000 MiB for the one container
  expect(scoresOf(mounted)).toEqual([100, 48]);
});

describe('Gt and Lt of tolerations compare 64-bit integers', () => {
  const taint = {key: 'sla', value: '950', effect: 'NoSchedule'} as const;
  it.each([
    ['Gt', '900', true],
    ['Gt', '950', false],
    ['Lt', '951', true],
    ['Gt', '-0', false],
    ['Gt', '0900', false],
    ['Gt', '-9223372036854775808', true],
    ['Gt', '-9223372036854775809', false],
    ['Gt', 'high', false],
  ])('%s %s: %s', (operator, value, tolerated) => {
    expect(tolerates({key: 'sla', operator, value, effect: 'NoSchedule'} as core.Toleration, taint)).toBe(tolerated);
  });
});

it('preemption does not take a node where nobody would have to go', () => {
  const small = pod('small', {nodeName: 'n1', priority: 0});
  const cycle = cycleOf([node('n1')], [small]);
  const urgent = pod('urgent', {priority: 1000});
  runPreFilter(cycle, urgent);
  const statuses = nodeStatuses();
  statuses.explicit.set('n1', unschedulable('a filter of another moment'));
  const {victims, status} = runPostFilters(cycle, urgent, statuses);
  expect(victims).toBeUndefined();
  expect(message(status)).toContain('0/1 nodes are available: 1 expected at least one victim pod on node "n1".');
});
