import {describe, expect, test} from 'vitest';
import type {KubeEvent, Node} from '../../../src/engine/api/types.ts';
import {type Lab, lab} from './lab.ts';

const app = (name: string, args: string[], more = ''): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers:
  - name: main
    image: podyssey/app:1
    args: ${JSON.stringify(args)}
${more.replace(/^/gm, '    ')}
`;

const node = ({cluster}: Lab): Node => cluster.request({method: 'GET', path: '/api/v1/nodes/node-1'}).body as Node;
const condition = (it: Lab, type: string): string | undefined => node(it).status!.conditions!.find(c => c.type === type)?.status;
const taints = (it: Lab): string[] => (node(it).spec?.taints ?? []).map(t => t.key);
const nodeEvents = ({cluster}: Lab): string[] =>
  (cluster.request({method: 'GET', path: '/api/v1/namespaces/default/events'}).body as {items: KubeEvent[]}).items
    .filter(e => e.involvedObject.kind === 'Node')
    .map(e => `${e.reason}: ${e.message}`);

describe('disk pressure', () => {
  test('takes unused images first, and pods only when that is not enough', () => {
    const it = lab();
    const pod = it.apply(app('hog', ['--port=0', '--disk=20Gi']));
    it.wait(10);
    expect(condition(it, 'DiskPressure')).toBe('False');
    it.cluster.control({action: 'node-load', node: 'node-1', load: {disk: 0.7}});
    it.wait(15);
    expect(condition(it, 'DiskPressure')).toBe('True');
    expect(taints(it)).toContain('node.kubernetes.io/disk-pressure');
    expect(nodeEvents(it)).toContain('EvictionThresholdMet: Attempting to reclaim ephemeral-storage');
    expect(it.pod(pod)!.status).toMatchObject({phase: 'Failed', reason: 'Evicted'});
    expect(it.pod(pod)!.status!.message).toMatch(
      /^The node was low on resource: ephemeral-storage\. Threshold quantity: 10Gi, available: \d+Ki\. Container main was using 2097\d+Ki, request is 0, has larger consumption of ephemeral-storage\. $/,
    );
  });

  test('stays on for five minutes after the disk has room again', () => {
    const it = lab();
    it.cluster.control({action: 'node-load', node: 'node-1', load: {disk: 0.95}});
    it.wait(15);
    expect(condition(it, 'DiskPressure')).toBe('True');
    it.cluster.control({action: 'node-load', node: 'node-1', load: {disk: 0}});
    it.wait(280);
    expect(condition(it, 'DiskPressure')).toBe('True');
    it.wait(40);
    expect(condition(it, 'DiskPressure')).toBe('False');
    expect(taints(it)).not.toContain('node.kubernetes.io/disk-pressure');
  });

  test('spares static pods, which nobody could put elsewhere', () => {
    const it = lab();
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: {name: lamp}\nspec: {containers: [{name: a, image: "nginx:1.27"}]}\n';
    it.cluster.control({action: 'manifest', node: 'node-1', path: '/etc/kubernetes/manifests/lamp.yaml', text});
    it.wait(8);
    it.cluster.control({action: 'node-load', node: 'node-1', load: {disk: 0.95}});
    it.wait(30);
    expect(condition(it, 'DiskPressure')).toBe('True');
    expect(it.pod('lamp-node-1')!.status!.phase).toBe('Running');
  });

  test('refuses pods that come nevertheless', () => {
    const it = lab();
    it.cluster.control({action: 'node-load', node: 'node-1', load: {disk: 0.95}});
    it.wait(15);
    const pod = it.apply(app('late', ['--port=0']).replace('spec:\n', 'spec:\n  nodeName: node-1\n'));
    it.wait(2);
    expect(it.pod(pod)!.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [DiskPressure]. ',
    });
  });
});

describe('PID pressure', () => {
  const forks = ['--port=0', '--forks=30000'];

  test('is no signal until a threshold is set for it', () => {
    const it = lab();
    const pod = it.apply(app('bomb', forks));
    it.wait(30);
    expect(it.state(pod)).toBe('running');
    expect(condition(it, 'PIDPressure')).toBe('False');
  });

  test('evicts the pod with the most processes among those of the lowest priority', () => {
    const it = lab();
    it.cluster.control({action: 'kubelet-config', node: 'node-1', change: {evictionHard: {'pid.available': '10%'}}});
    it.wait(2);
    const bomb = it.apply(app('bomb', forks));
    const calm = it.apply(app('calm', ['--port=0']));
    it.wait(25);
    expect(condition(it, 'PIDPressure')).toBe('True');
    expect(taints(it)).toContain('node.kubernetes.io/pid-pressure');
    expect(it.state(calm)).toBe('running');
    expect(it.pod(bomb)!.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: expect.stringMatching(/^The node was low on resource: pids\. Threshold quantity: 3276, available: \d+\. $/),
    });
  });
});

describe('the image disk', () => {
  test('above 85 percent loses unused images, and says so when that does not free enough', () => {
    const it = lab();
    it.cluster.control({action: 'kubelet-config', node: 'node-1', change: {evictionHard: {'memory.available': '100Mi'}}});
    const pod = it.apply(app('once', ['--port=0']));
    it.wait(10);
    it.remove(pod, 1);
    it.wait(310);
    const images = () => (node(it).status!.images ?? []).flatMap(i => i.names ?? []).filter(name => name.includes('podyssey/app'));
    expect(images()).not.toEqual([]);
    it.cluster.control({action: 'node-load', node: 'node-1', load: {disk: 0.9}});
    it.wait(320);
    expect(images()).toEqual([]);
    expect(nodeEvents(it).find(e => e.startsWith('FreeDiskSpaceFailed'))).toMatch(
      /^FreeDiskSpaceFailed: Failed to garbage collect required amount of images\. Attempted to free \d+ bytes, but only found \d+ bytes eligible to free\.$/,
    );
  });
});
