/** What holds on the nodes at every moment, whatever is broken and mended: seeded chance decides what happens. */
import {describe, expect, test} from 'vitest';
import type {KubeObject, Pod} from '../../src/engine/api/types.ts';
import {memoryOf} from '../../src/engine/client/memory.ts';
import type {Cluster} from '../../src/engine/index.ts';
import {runtimeOwner} from '../../src/engine/runtime/node.ts';
import type {PodRecord} from '../../src/engine/runtime/types.ts';
import {clusterOf} from '../clusters.ts';

const NODES = ['node-1', 'node-2'];

/** A small generator of its own: the cluster's belongs to the cluster. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return n => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % n;
  };
}

const scripts = ['sleep 3600', 'sleep 7; exit 1', 'sleep 5', "trap 'exit 0' TERM; while true; do sleep 1; done", 'exit 1'];

const podManifest = (name: string, script: string, restartPolicy: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name},
  spec: {
    restartPolicy,
    terminationGracePeriodSeconds: 6,
    containers: [{name: 'main', image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script]}],
  },
});

const runtimePods = (cluster: Cluster, node: string): PodRecord[] =>
  memoryOf(cluster.machine as never, runtimeOwner(node))
    .list<PodRecord>('pod')
    .map(([, pod]) => pod);

const pods = (cluster: Cluster): Pod[] =>
  (cluster.request({method: 'GET', path: '/api/v1/namespaces/default/pods'}).body as {items: Pod[]}).items;

/** Checks what must always be so. */
function check(cluster: Cluster): void {
  const holders = new Map<string, string>();
  for (const node of NODES)
    for (const {uid, sandboxes, containers} of runtimePods(cluster, node)) {
      // An address is held by one sandbox.
      for (const {ip, id, state} of sandboxes) {
        if (!ip || state !== 'SANDBOX_READY') continue;
        expect(holders.get(ip), `${ip} is held twice`).toBeUndefined();
        holders.set(ip, id);
      }
      // No container runs without its sandbox, and none twice.
      const running = containers.filter(c => c.state === 'CONTAINER_RUNNING');
      for (const c of running) expect(sandboxes.some(s => s.id === c.sandboxId)).toBe(true);
      const names = running.map(c => c.config.metadata.name);
      expect(new Set(names).size, `of pod ${uid}`).toBe(names.length);
    }
}

/** One thing that somebody does. */
function act(cluster: Cluster, roll: (n: number) => number, count: number): void {
  const names = pods(cluster).map(p => p.metadata.name!);
  const node = NODES[roll(NODES.length)]!;
  const any = names[roll(Math.max(1, names.length))];
  switch (roll(7)) {
    case 0:
    case 1:
      cluster.request({
        method: 'POST',
        path: '/api/v1/namespaces/default/pods',
        body: podManifest(`p${count}`, scripts[roll(scripts.length)]!, ['Always', 'OnFailure', 'Never'][roll(3)]!),
      });
      break;
    case 2:
      if (any)
        cluster.request({
          method: 'DELETE',
          path: `/api/v1/namespaces/default/pods/${any}`,
          body: roll(3) === 0 ? {gracePeriodSeconds: 0} : {},
        });
      break;
    case 3:
      cluster.control({action: 'stop', program: 'kubelet', node});
      break;
    case 4:
      cluster.control({action: 'start', program: 'kubelet', node});
      break;
    case 5:
      cluster.control({action: roll(2) ? 'stop' : 'start', program: 'containerd', node});
      break;
    default:
      try {
        cluster.control({action: 'kill-sandbox', node, pod: `default/${any}`});
      } catch {
        // Nothing of that name runs there.
      }
  }
}

const mend = (cluster: Cluster): void => {
  for (const node of NODES) for (const program of ['containerd', 'kubelet']) cluster.control({action: 'start', program, node});
};

describe.each([1, 2])('chance %i', seed => {
  test('addresses, sandboxes and containers stay in order; what was broken and mended settles to what is wanted', () => {
    const cluster = clusterOf({nodes: 2, seed});
    const roll = dice(seed);
    for (let i = 0; i < 50; i++) {
      act(cluster, roll, i);
      cluster.advance(500 + roll(4000));
      check(cluster);
    }
    mend(cluster);
    cluster.advance(420_000);
    check(cluster);

    // What the API says is what the nodes do.
    expect(pods(cluster).length).toBeGreaterThan(0);
    const known = new Set(pods(cluster).map(p => p.metadata.uid));
    for (const node of NODES) for (const {uid} of runtimePods(cluster, node)) expect(known.has(uid), `pod ${uid} is nobody's`).toBe(true);
    for (const pod of pods(cluster)) {
      expect(pod.metadata.deletionTimestamp, `${pod.metadata.name} is stuck`).toBeUndefined();
      const record = runtimePods(cluster, pod.spec!.nodeName!).find(p => p.uid === pod.metadata.uid);
      const actual = record?.containers.some(c => c.state === 'CONTAINER_RUNNING') ?? false;
      const shown = pod.status?.containerStatuses?.[0]?.state?.running !== undefined;
      if (shown) expect(actual, `${pod.metadata.name} is said to run`).toBe(true);
      if (shown) expect(pod.status!.podIP).toBe(record!.sandboxes.find(s => s.state === 'SANDBOX_READY')!.ip);
    }
  });
});
