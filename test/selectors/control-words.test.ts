import {expect, test} from 'vitest';
import type {Control} from '../../src/engine/index.ts';
import {controlText} from '../../src/selectors/control-words.ts';
import {stepText} from '../../src/selectors/step-words.ts';
import {clusterOf} from '../clusters.ts';

const CASES: readonly (readonly [Control, string])[] = [
  [{action: 'stop', program: 'kube-scheduler'}, 'stopped kube-scheduler'],
  [{action: 'start', program: 'kubelet', node: 'node-1'}, 'started kubelet on node-1'],
  [{action: 'node-down', node: 'node-2'}, 'cut the power of node-2'],
  [{action: 'node-load', node: 'node-1', load: {disk: 0.9}}, 'put a load on node-1: disk 0.9'],
  [
    {action: 'kubelet-config', node: 'node-1', change: {evictionHard: {'memory.available': '1Gi'}}},
    'configured the kubelet of node-1: evictionHard.memory.available 1Gi',
  ],
  [{action: 'watch-lag', owner: 'kube-scheduler', resource: 'pods', lag: 500}, 'let kube-scheduler hear of pods 500 ms late'],
  [{action: 'etcd-del', key: '/registry/pods/', prefix: true}, 'deleted /registry/pods/ and all below it from etcd'],
  [
    {action: 'configure', change: {admission: {enable: [], disable: ['LimitRanger']}}},
    'configured the API server: admission.enable none, admission.disable LimitRanger',
  ],
  [{action: 'network', change: {backend: 'routed'}}, 'configured the network: backend routed'],
  [{action: 'network-break', node: 'node-1', part: 'link'}, 'broke the link of node-1'],
  [{action: 'conflist', node: 'node-1', text: '{"half'}, 'broke the plugin configuration of node-1'],
  [{action: 'manifest', node: 'node-1', path: 'web.yaml'}, 'removed web.yaml from the manifests of node-1'],
];

test.each(CASES)('%j', (control, words) => expect(controlText(control)).toBe(words));

test('the journal tells of them as yours', () => {
  const cluster = clusterOf({nodes: 1});
  cluster.control({action: 'network', change: {proxyMode: 'ipvs'}});
  expect(stepText(cluster.machine.journal.steps.at(-1)!)).toBe('you: configured the network: proxyMode ipvs');
});
