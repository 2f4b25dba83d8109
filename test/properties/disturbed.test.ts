/** Whatever is stopped and started again, at whatever moment: it comes to the same rest; no status was written that was not true, no address was held twice, no container ran alone. */
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {timeOf} from '../../src/engine/api/clock.ts';
import type {ContainerStatus, Deployment, EndpointSlice, KubeObject, Node, Pod} from '../../src/engine/api/types.ts';
import type {Cluster} from '../../src/engine/index.ts';
import {PODS, type PodRecord} from '../../src/engine/runtime/types.ts';
import {applyManifests} from '../../src/session/world.ts';
import {clusterOf} from '../clusters.ts';

const PROGRAMS = [
  'kube-scheduler',
  'kube-controller-manager',
  'kubelet',
  'containerd',
  'kube-proxy',
  'kube-apiserver',
  'kube-flannel',
] as const;

const WORLD = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: nginx, image: 'nginx:1.27', readinessProbe: {httpGet: {port: 80}, periodSeconds: 5}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: crash}
spec:
  containers: [{name: main, image: 'busybox:1.36', command: [sh, -c, 'sleep 7; exit 3']}]
---
apiVersion: v1
kind: Pod
metadata: {name: once}
spec:
  restartPolicy: Never
  containers: [{name: main, image: 'busybox:1.36', command: [sh, -c, 'sleep 4']}]
`;

interface Disturbance {
  readonly program: (typeof PROGRAMS)[number];
  /** Milliseconds before it is stopped, and until it is started again. */
  readonly after: number;
  readonly downFor: number;
}

const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  program: fc.constantFrom(...PROGRAMS),
  after: fc.integer({min: 0, max: 9000}),
  downFor: fc.integer({min: 1, max: 25_000}),
});

const list = <T extends KubeObject>(cluster: Cluster, path: string): T[] =>
  (cluster.request({method: 'GET', path}).body as {items: T[]}).items;

/** What matters of a cluster at rest, without names and times. */
function shape(cluster: Cluster) {
  const pods = list<Pod>(cluster, '/api/v1/namespaces/default/pods');
  const slices = list<EndpointSlice>(cluster, '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices');
  const [deployment] = list<Deployment>(cluster, '/apis/apps/v1/namespaces/default/deployments');
  return {
    nodes: list<Node>(cluster, '/api/v1/nodes').map(n => n.status!.conditions!.find(c => c.type === 'Ready')!.status),
    ready: deployment!.status!.readyReplicas,
    pods: pods.map(p => `${p.metadata.labels?.['app'] ?? p.metadata.name} ${p.status!.phase}`).sort(),
    endpoints: slices
      .filter(s => s.metadata.labels?.['kubernetes.io/service-name'] === 'web')
      .flatMap(s => s.endpoints.map(e => e.conditions?.ready)),
    distinctAddresses: new Set(pods.map(p => p.status!.podIP)).size,
  };
}

function play(disturbances: readonly Disturbance[]): Cluster {
  const cluster = clusterOf({nodes: 2, seed: 7});
  applyManifests(cluster, WORLD);
  for (const {program, after, downFor} of disturbances) {
    cluster.advance(after);
    cluster.control({action: 'stop', program});
    cluster.advance(downFor);
    cluster.control({action: 'start', program});
  }
  cluster.advance(150_000);
  return cluster;
}

interface Ran {
  startedAt?: number;
  finishedAt?: number;
  exitCode: number;
}

/** How late a status may speak of a container as running that has ended: a relist, the worker's turn, the report. */
const LAG_MS = 1500;

const second = (ms: number): number => Math.floor(ms / 1000) * 1000;

/** At one moment: no address is held by two sandboxes, no container runs without its own. */
function checkNodes(pods: ReadonlyMap<string, PodRecord>): void {
  const holders = new Map<string, string>();
  for (const {sandboxes, containers} of pods.values()) {
    for (const {id, ip, state} of sandboxes) {
      if (!ip || state !== 'SANDBOX_READY') continue;
      expect(holders.get(ip), `${ip} is held twice`).toBeUndefined();
      holders.set(ip, id);
    }
    for (const {sandboxId, state, id} of containers)
      if (state === 'CONTAINER_RUNNING')
        expect(
          sandboxes.map(s => s.id),
          `the sandbox of ${id}`,
        ).toContain(sandboxId);
  }
}

/** The whole history, step by step: the nodes at every moment, and every status a kubelet wrote against what the runtime had done by then. Returns how many claims there were. */
function checkHistory({machine}: Cluster): number {
  const ran = new Map<string, Ran>();
  const pods = new Map<string, PodRecord>();
  let claims = 0;
  for (const step of machine.journal.steps) {
    let moved = false;
    for (const {table, old, new: written} of step.writes) {
      const memory = (written ?? old) as {kind?: string; owner?: string; id?: string; value?: PodRecord} | undefined;
      if (table !== 'memory' || memory?.kind !== PODS || !memory.owner?.startsWith('cri/')) continue;
      moved = true;
      if (written) pods.set(memory.id!, memory.value!);
      else pods.delete(memory.id!);
      for (const {id, startedAt, finishedAt, exitCode} of memory.value!.containers) ran.set(id, {startedAt, finishedAt, exitCode} as Ran);
    }
    if (moved) checkNodes(pods);
    const reports = (step.notes as readonly {kind: string; user?: string; resource?: string; code?: number}[]).some(
      n => n.kind === 'request' && n.user?.startsWith('system:node:') && n.resource === 'pods/status' && n.code === 200,
    );
    if (!reports) continue;
    for (const {table, new: written} of step.writes) {
      const pod = (written as {value?: Pod} | undefined)?.value;
      if (table !== 'etcd' || pod?.kind !== 'Pod') continue;
      for (const status of pod.status?.containerStatuses ?? []) claims += checkClaim(status, ran, step.at);
    }
  }
  return claims;
}

function checkClaim({name, state, lastState}: ContainerStatus & {containerID?: string}, ran: ReadonlyMap<string, Ran>, at: number): number {
  const of = (id: string | undefined): Ran => {
    const found = ran.get((id ?? '').replace(/^[a-z-]+:\/\//, ''));
    expect(found, `${name}: the runtime never had ${id}`).toBeDefined();
    return found!;
  };
  let claims = 0;
  for (const ended of [state?.terminated, lastState?.terminated]) {
    if (!ended?.containerID) continue;
    const {finishedAt, exitCode} = of(ended.containerID);
    expect(exitCode).toBe(ended.exitCode);
    expect(second(finishedAt!)).toBe(timeOf(ended.finishedAt!));
    claims++;
  }
  if (state?.running) {
    expect(timeOf(state.running.startedAt!)).toBeLessThanOrEqual(at);
    claims++;
  }
  return claims;
}

describe('stopping and starting any program at any moment', () => {
  const undisturbed = shape(play([]));

  test('the world is at rest when nothing is disturbed', () => {
    expect(undisturbed).toMatchObject({nodes: ['True', 'True'], ready: 3, endpoints: [true, true, true]});
  });

  test('leads to the same rest, and every status written was true', () => {
    fc.assert(
      fc.property(fc.array(disturbance, {minLength: 1, maxLength: 5}), disturbances => {
        const cluster = play(disturbances);
        expect(shape(cluster)).toEqual(undisturbed);
        expect(checkHistory(cluster)).toBeGreaterThan(0);
      }),
      {numRuns: 8, seed: 6, endOnFailure: false},
    );
  }, 120_000);

  test('a container that is said to run has not ended long before', () => {
    const cluster = play([]);
    const ended = new Map<string, number>();
    for (const step of cluster.machine.journal.steps) {
      for (const {table, new: written} of step.writes) {
        const memory = written as {kind?: string; value?: PodRecord} | undefined;
        if (table === 'memory' && memory?.kind === PODS)
          for (const {id, finishedAt} of memory.value!.containers) if (finishedAt !== undefined) ended.set(id, finishedAt);
        const pod = (written as {value?: Pod} | undefined)?.value;
        if (table !== 'etcd' || pod?.kind !== 'Pod') continue;
        for (const {state, containerID} of pod.status?.containerStatuses ?? []) {
          const end = state?.running && ended.get(containerID!.replace(/^[a-z-]+:\/\//, ''));
          if (end !== undefined) expect(step.at - end).toBeLessThan(LAG_MS);
        }
      }
    }
  });
});
