/** Tables as the API server makes them for `kubectl get`. */
import {describe, expect, it} from 'vitest';
import {apiVersionOf} from '../../../../src/engine/api/group-version.ts';
import {kinds} from '../../../../src/engine/api/kinds.ts';
import type {core} from '../../../../src/engine/api/types.ts';
import {columnsOf} from '../../../../src/engine/apiserver/printers/columns.ts';
import {summarizePod} from '../../../../src/engine/apiserver/printers/pods.ts';
import {rowOf, tableOf} from '../../../../src/engine/apiserver/printers/table.ts';

const NOW = Date.parse('2026-04-22T10:00:00Z');
const BORN = '2026-04-22T09:55:00Z';

const pod = (spec: Partial<core.PodSpec>, status: core.PodStatus, metadata: core.Pod['metadata'] = {}): core.Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'web', namespace: 'default', creationTimestamp: BORN, ...metadata},
  spec: {containers: [{name: 'a'}], ...spec},
  status,
});

const container = (state: core.ContainerState, more: Partial<core.ContainerStatus> = {}): core.ContainerStatus => ({
  name: 'a',
  image: 'nginx',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
  ...more,
});

describe("a pod's STATUS", () => {
  it.each<[string, core.Pod, string]>([
    ['phase', pod({}, {phase: 'Pending'}), 'Pending'],
    [
      'waiting container',
      pod({}, {phase: 'Pending', containerStatuses: [container({waiting: {reason: 'ImagePullBackOff'}})]}),
      'ImagePullBackOff',
    ],
    ['ended container', pod({}, {phase: 'Failed', containerStatuses: [container({terminated: {exitCode: 2}})]}), 'ExitCode:2'],
    ['killed container', pod({}, {phase: 'Failed', containerStatuses: [container({terminated: {exitCode: 0, signal: 9}})]}), 'Signal:9'],
    ['evicted', pod({}, {phase: 'Failed', reason: 'Evicted'}), 'Evicted'],
    [
      'init container at work',
      pod({initContainers: [{name: 'i'}, {name: 'j'}]}, {phase: 'Pending', initContainerStatuses: [container({running: {}}, {name: 'i'})]}),
      'Init:0/2',
    ],
    ['being deleted', pod({}, {phase: 'Running'}, {deletionTimestamp: '2026-04-22T09:59:00Z'}), 'Terminating'],
    [
      'gated',
      pod({}, {phase: 'Pending', conditions: [{type: 'PodScheduled', status: 'False', reason: 'SchedulingGated'}]}),
      'SchedulingGated',
    ],
  ])('%s', (_, object, reason) => {
    expect(rowOf(object as never, {now: NOW, wide: false}).cells[2]).toBe(reason);
  });
});

it('counts restarts and says when the last one was', () => {
  const lastState = {terminated: {exitCode: 1, finishedAt: '2026-04-22T09:58:00Z'}};
  const object = pod({}, {phase: 'Running', containerStatuses: [container({running: {}}, {ready: true, restartCount: 3, lastState})]});
  expect(rowOf(object as never, {now: NOW, wide: false}).cells).toEqual(['web', '1/1', 'Running', '3 (2m ago)', '5m']);
  expect(summarizePod(object)).toMatchObject({ready: 1, total: 1});
});

it('has a header for each cell of each kind', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name: 's', creationTimestamp: BORN},
    spec: {type: 'ClusterIP', clusterIP: '10.0.0.1', ports: [{port: 80, protocol: 'TCP'}]},
  };
  const table = tableOf([object as never], {now: NOW, apiVersion: 'v1', kind: 'Service'});
  expect(table.columnDefinitions.map(c => c.name)).toEqual(['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector']);
  expect(table.rows[0]!.cells).toEqual(['s', 'ClusterIP', '10.0.0.1', '<none>', '80/TCP', '5m', '<none>']);
  expect(columnsOf('example.com/v1', 'Widget').map(c => c.name)).toEqual(['Name', 'Created At']);
});

it('says for how long a job ran', () => {
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {name: 'j', creationTimestamp: BORN},
    spec: {completions: 1, template: {spec: {containers: []}}},
    status: {succeeded: 1, startTime: BORN, completionTime: '2026-04-22T09:55:09Z', conditions: [{type: 'Complete', status: 'True'}]},
  };
  expect(rowOf(job as never, {now: NOW, wide: false}).cells).toEqual(['j', 'Complete', '1/1', '9s', '5m']);
});

it('shows drivers, their room and the servers of API groups', () => {
  const cellsOf = (object: Record<string, unknown>) => rowOf(object as never, {now: NOW, wide: false}).cells;
  const metadata = {name: 'a', creationTimestamp: BORN};
  const driver = {apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata, spec: {volumeLifecycleModes: ['Persistent', 'Ephemeral']}};
  expect(cellsOf(driver)).toEqual(['a', true, false, false, '<unset>', false, 'Persistent,Ephemeral', '5m']);
  expect(columnsOf('storage.k8s.io/v1', 'CSIDriver').map(c => c.name)).toHaveLength(8);
  expect(cellsOf({apiVersion: 'storage.k8s.io/v1', kind: 'CSIStorageCapacity', metadata, storageClassName: 'fast'})).toEqual([
    'a',
    'fast',
    '<unset>',
  ]);
  const apiService = (spec: unknown, conditions?: unknown) => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata,
    spec,
    status: {conditions},
  });
  expect(cellsOf(apiService({}, [{type: 'Available', status: 'True', reason: 'Local'}]))).toEqual(['a', 'Local', 'True', '5m']);
  const service = {namespace: 'kube-system', name: 'metrics-server'};
  expect(cellsOf(apiService({service}, [{type: 'Available', status: 'False', reason: 'MissingEndpoints'}]))).toEqual([
    'a',
    'kube-system/metrics-server',
    'False (MissingEndpoints)',
    '5m',
  ]);
  expect(cellsOf(apiService({service}))[2]).toBe('Unknown');
});

describe('a pod of which one container is done', () => {
  const done = container({terminated: {exitCode: 0, reason: 'Completed'}});
  const failed = container({terminated: {exitCode: 1, reason: 'Error'}});
  const running = container({running: {}}, {ready: true});
  const ready: core.PodCondition[] = [{type: 'Ready', status: 'True'}];
  it.each<[string, core.ContainerStatus[], core.PodCondition[] | undefined, string]>([
    ['and another failed', [done, failed], undefined, 'Error'],
    ['and another runs, ready', [done, running], ready, 'Running'],
    ['and another runs, not ready', [done, running], undefined, 'NotReady'],
    ['another failed and a third runs', [done, failed, running], undefined, 'Error'],
  ])('%s', (_, containerStatuses, conditions, status) => {
    const object = pod({}, {phase: 'Running', containerStatuses, ...(conditions && {conditions})});
    expect(rowOf(object as never, {now: NOW, wide: false}).cells[2]).toBe(status);
  });
});

describe('cells of kinds that few have seen', () => {
  it.each<[string, object, unknown[]]>([
    [
      'a policy binding whose parameter has no namespace',
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        spec: {policyName: 'p', paramRef: {name: 'limits'}},
      },
      ['x', 'p', '*/limits', '5m'],
    ],
    [
      'a policy binding that selects its parameters',
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        spec: {policyName: 'p', paramRef: {selector: {matchLabels: {tier: 'web'}}}},
      },
      ['x', 'p', '&LabelSelector{MatchLabels:map[string]string{tier: web,},MatchExpressions:[]LabelSelectorRequirement{},}', '5m'],
    ],
    [
      'a slice of nobody at unnamed ports',
      {apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4', ports: [{}, {name: 'web'}], endpoints: []},
      ['x', 'IPv4', '*,web', '<unset>', '5m'],
    ],
    [
      'a Deployment that selects everything',
      {apiVersion: 'apps/v1', kind: 'Deployment', spec: {selector: {}}},
      ['x', '0/0', 0, 0, '5m', '', '', ''],
    ],
  ])('%s', (_, object, cells) => {
    const whole = {metadata: {name: 'x', creationTimestamp: BORN}, ...object};
    expect(rowOf(whole as never, {now: NOW, wide: true}).cells).toEqual(cells);
  });
});

it('has a whole row for the bare object of any kind, as the bookmark of a watch is', () => {
  for (const kind of kinds) {
    const {cells} = rowOf({apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: {}}, {now: NOW, wide: true});
    expect([kind.kind, ...cells.map(cell => (String(cell).includes('undefined') ? 'undefined' : typeof cell))]).not.toContain('undefined');
  }
});
