import {describe, expect, test} from 'vitest';
import {readMemory} from '../../../src/engine/client/memory.ts';
import {formatCpuSet, parseCpuSet} from '../../../src/engine/kubelet/cm/cpu-set.ts';
import {runtimeOwner} from '../../../src/engine/runtime/node.ts';
import {PODS, type PodRecord} from '../../../src/engine/runtime/types.ts';
import {type Lab, lab} from './lab.ts';

const app = (name: string, cpu: string, limit = cpu): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: node-1
  containers:
  - name: main
    image: podyssey/app:1
    args: [--port=0]
    resources: {requests: {cpu: ${cpu}, memory: 64Mi}, limits: {cpu: ${limit}, memory: 64Mi}}
`;

/** A node of four CPUs with the static policy; CPU 0 is the system's. */
function staticNode(): Lab {
  const it = lab();
  it.cluster.control({action: 'kubelet-config', node: 'node-1', change: {cpuManagerPolicy: 'static', reservedSystemCPUs: '0'}});
  it.wait(2);
  return it;
}

const cpuset = ({cluster}: Lab, pod: string): string | undefined =>
  readMemory(cluster.machine, runtimeOwner('node-1'))
    .list<PodRecord>(PODS)
    .find(([, p]) => p.name === pod)?.[1].containers[0]?.config.linux?.resources?.cpusetCpus;

describe('the static CPU policy', () => {
  test('gives whole CPUs of Guaranteed pods to them alone; everybody else shares the rest', () => {
    const it = staticNode();
    it.apply(app('shared', '100m', '1'));
    it.wait(10);
    expect(cpuset(it, 'shared')).toBe('0-3');
    it.apply(app('pinned', '2'));
    it.wait(15);
    expect(cpuset(it, 'pinned')).toBe('1-2');
    expect(cpuset(it, 'shared')).toBe('0,3');
  });

  test('shares where the CPUs are not whole, though the pod is Guaranteed', () => {
    const it = staticNode();
    it.apply(app('half', '1500m'));
    it.wait(10);
    expect(it.pod('half')!.status!.qosClass).toBe('Guaranteed');
    expect(cpuset(it, 'half')).toBe('0-3');
  });

  test('gives them back when the pod has ended', () => {
    const it = staticNode();
    it.apply(app('first', '3'));
    it.wait(10);
    it.remove('first', 1);
    it.wait(15);
    it.apply(app('second', '3'));
    it.wait(10);
    expect(cpuset(it, 'second')).toBe('1-3');
  });

  test('keeps them over a restart of the kubelet', () => {
    const it = staticNode();
    it.apply(app('first', '1'));
    it.wait(10);
    for (const action of ['stop', 'start'] as const) it.cluster.control({action, program: 'kubelet', node: 'node-1'});
    it.wait(5);
    it.apply(app('second', '1'));
    it.wait(10);
    expect([cpuset(it, 'first'), cpuset(it, 'second')]).toEqual(['1', '2']);
  });

  test('leaves the reserved CPU out of what can be allocated', () => {
    const it = staticNode();
    expect(it.cluster.request({method: 'GET', path: '/api/v1/nodes/node-1'}).body).toMatchObject({
      status: {capacity: {cpu: '4'}, allocatable: {cpu: '3'}},
    });
  });
});

test('without it no container is bound to CPUs', () => {
  const it = lab();
  it.apply(app('pinned', '2'));
  it.wait(10);
  expect(cpuset(it, 'pinned')).toBeUndefined();
});

test('sets of CPUs are written as the kernel writes them', () => {
  expect(formatCpuSet([3, 0, 1, 5, 6, 7])).toBe('0-1,3,5-7');
  expect(parseCpuSet('0-1,3,5-7')).toEqual([0, 1, 3, 5, 6, 7]);
});
