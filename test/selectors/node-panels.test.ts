import {describe, expect, test} from 'vitest';
import type {Cluster} from '../../src/engine/index.ts';
import {containersPanel} from '../../src/selectors/panels/containers.ts';
import {kubeletPanel} from '../../src/selectors/panels/kubelet.ts';
import {readFacts} from '../../src/selectors/read-facts.ts';
import {lab, scriptPod} from '../engine/kubelet/lab.ts';

/** The rows of a panel as text. */
const shown = (cluster: Cluster, panel: typeof kubeletPanel): string =>
  panel
    .rows(readFacts(cluster, {from: 0, selected: undefined}), {width: 120, height: 40})
    .map(({row}) => row.map(({text}) => text).join(''))
    .join('\n');

const PROBED = `
apiVersion: v1
kind: Pod
metadata: {name: probed}
spec:
  shareProcessNamespace: true
  containers:
  - name: main
    image: podyssey/app:1
    args: [--start-delay=600s]
    resources: {limits: {cpu: 500m, memory: 64Mi}}
    readinessProbe: {httpGet: {port: 8080}, periodSeconds: 10}
`;

describe('the kubelet panel', () => {
  test('shows desired against actual, how long a start took, and every probe with its clock', () => {
    const it = lab();
    it.apply(PROBED);
    it.wait(45);
    const text = shown(it.cluster, kubeletPanel);
    expect(text).toContain('containerd://2.1.4');
    expect(text).toMatch(/probed {2}wanted Running {2}is Running, not ready ◌ {2}started in \d/);
    expect(text).toMatch(/probe readiness ✗ Failure 3\/3 [█░]{8} \S+s {2}main of probed/);
    expect(text).toMatch(/\+\S+ SyncPod/);
  });

  test('says what the API server has not been told', () => {
    const it = lab();
    it.cluster.control({action: 'status-stall', node: 'node-1'});
    it.apply(scriptPod('mute', 'sleep 3600'));
    it.wait(10);
    expect(shown(it.cluster, kubeletPanel)).toMatch(/status manager held back/);
    expect(shown(it.cluster, kubeletPanel)).toMatch(/mute .*\d statuses not sent, held back/);
  });

  test('names the source of a static pod, and the pressure on a node', () => {
    const it = lab();
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: {name: lamp}\nspec: {containers: [{name: a, image: "nginx:1.27"}]}\n';
    it.cluster.control({action: 'manifest', node: 'node-1', path: '/etc/kubernetes/manifests/lamp.yaml', text});
    it.cluster.control({action: 'node-load', node: 'node-1', load: {disk: 0.95}});
    it.wait(20);
    expect(shown(it.cluster, kubeletPanel)).toMatch(/lamp-node-1 file {2}wanted Running/);
    expect(shown(it.cluster, kubeletPanel)).toContain('✗ DiskPressure');
  });
});

describe('the containers panel', () => {
  test('shows the namespaces, the cgroup and what the kernel was told', () => {
    const it = lab();
    it.apply(PROBED);
    it.wait(10);
    const text = shown(it.cluster, containersPanel);
    expect(text).toContain('namespaces: network shared  ipc shared  pid shared');
    expect(text).toMatch(/cgroup: Guaranteed {2}kubepods-pod/);
    expect(text).toContain('cpu 512 shares, 50000/100000 µs  memory 16Mi of 64Mi  oom -997');
  });

  test('runs the clock of a back-off down', () => {
    const it = lab();
    it.apply(scriptPod('crash', 'exit 1'));
    while (it.state('crash') !== 'waiting CrashLoopBackOff') it.wait(0.5);
    const left = (): number => Number(/CrashLoopBackOff [█░]{10} (\S+)s of 10s, then 20s/.exec(shown(it.cluster, containersPanel))![1]);
    const before = left();
    it.wait(3);
    expect(before - left()).toBeCloseTo(3, 0);
  });
});
