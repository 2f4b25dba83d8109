import {describe, expect, test} from 'vitest';
import type {Node} from '../../../src/engine/api/types.ts';
import {type Lab, lab, scriptPod} from '../kubelet/lab.ts';

const node = ({cluster}: Lab): Node => cluster.request({method: 'GET', path: '/api/v1/nodes/node-1'}).body as Node;

/** A node whose runtime was swapped. */
function crio(): Lab {
  const it = lab();
  it.cluster.control({action: 'runtime', node: 'node-1', runtime: 'cri-o'});
  it.wait(5);
  return it;
}

/** The CRI calls of a pod's story, without what differs from run to run. */
const calls = (it: Lab, pod: string): string[] =>
  it.story(pod).flatMap(line =>
    line.startsWith('CRI: ')
      ? [
          line
            .slice(5)
            .replace(/[0-9a-f]{13}/g, 'ID')
            .replace(/netns\S+/, 'NETNS'),
        ]
      : [],
  );

test('the same pod makes the same calls, whichever runtime answers', () => {
  const [one, other] = [lab(), crio()].map(it => {
    it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(10);
    return calls(it, 'a');
  });
  expect(one).toEqual(other);
  expect(one!.length).toBeGreaterThan(3);
});

describe('CRI-O', () => {
  test('is named by the Node and by the ids of containers', () => {
    const it = crio();
    expect(node(it).status!.nodeInfo!.containerRuntimeVersion).toBe('cri-o://1.36.0');
    it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(10);
    expect(it.status('a').containerID).toMatch(/^cri-o:\/\/[0-9a-f]{64}$/);
  });

  test('takes over pods that are bound to the node, with new sandboxes', () => {
    const it = lab();
    it.apply(scriptPod('a', 'sleep 3600'));
    it.wait(10);
    const before = it.status('a').containerID;
    expect(before).toMatch(/^containerd:/);
    it.cluster.control({action: 'runtime', node: 'node-1', runtime: 'cri-o'});
    it.wait(15);
    expect(it.state('a')).toBe('running');
    expect(it.status('a').containerID).toMatch(/^cri-o:/);
  });

  test('words a pull that fails in its own way', () => {
    const it = crio();
    it.apply(scriptPod('a', 'sleep 3600', {image: 'nginx:nope'}));
    it.wait(5);
    expect(it.events('a')).toContain(
      'Failed: Failed to pull image "nginx:nope": rpc error: code = NotFound desc = initializing source docker://nginx:nope: reading manifest nope in docker.io/library/nginx: manifest unknown',
    );
  });

  test('notices a program that is not there when it makes the container', () => {
    const it = crio();
    it.apply(scriptPod('a', '').replace(/command: .*/, 'command: [nowhere]'));
    it.wait(5);
    expect(it.status('a').state!.waiting).toEqual({
      reason: 'CreateContainerError',
      message:
        'rpc error: code = Unknown desc = container create failed: executable file `nowhere` not found in $PATH: No such file or directory',
    });
  });
});

test('containerd notices it when it starts the container', () => {
  const it = lab();
  it.apply(scriptPod('a', '').replace(/command: .*/, 'command: [nowhere]'));
  it.wait(2);
  expect(it.events('a').some(e => e.startsWith('Failed: Error: rpc error') && e.includes('runc create failed'))).toBe(true);
});

test('a node has one runtime: the other cannot be started beside it', () => {
  const it = crio();
  it.cluster.control({action: 'start', program: 'containerd', node: 'node-1'});
  it.wait(2);
  expect(node(it).status!.nodeInfo!.containerRuntimeVersion).toBe('cri-o://1.36.0');
  expect(
    it.cluster.machine
      .table<{program: string; running: boolean}>('processes')
      .all('program', 'containerd')
      .map(p => p.running),
  ).toEqual([false]);
});
