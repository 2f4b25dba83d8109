/**
 * Pods from the request to Running, on clusters of several sizes, with everything on: gates, watches, kubelets, events, the journal by which all of it can be
 * undone and the notes by which it can be explained.
 */
import type {Pod} from '../../src/engine/api/types.ts';
import {type Cluster, createCluster} from '../../src/engine/index.ts';
import type {MachineEvent} from '../../src/engine/machine/types.ts';
import {cpuTime, heapUsed, median, report} from './measure.ts';
import {roundTripUs} from './yardsticks.ts';

const PATIENCE_MS = 600_000;
const BATCH = 20;
const PARTS = 8;

function createPods(cluster: Cluster, from: number, count: number): void {
  for (let i = from; i < from + count; i++) {
    cluster.request({
      method: 'POST',
      path: '/api/v1/namespaces/default/pods',
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name: `web-${i}`, labels: {app: 'web'}},
        spec: {containers: [{name: 'web', image: 'registry.k8s.io/pause:3.10.1', resources: {requests: {cpu: '10m', memory: '16Mi'}}}]},
      },
    });
  }
}

const running = (cluster: Cluster): number =>
  (cluster.request({method: 'GET', path: '/api/v1/pods'}).body as {items: Pod[]}).items.filter(p => p.status?.phase === 'Running').length;

/** Creates pods, twenty every ten virtual milliseconds, and waits until all run. */
function run(cluster: Cluster, from: number, pods: number): void {
  for (let done = 0; done < pods; done += BATCH) {
    createPods(cluster, from + done, Math.min(BATCH, pods - done));
    cluster.advance(10);
  }
  for (const limit = cluster.now + PATIENCE_MS; running(cluster) < from + pods && cluster.now < limit; ) cluster.advance(1000);
}

/** Who handles an event: the owner of a queue, a watch or a timer, without its node; what comes from outside has no owner. */
export const handlerOf = ({type, to}: MachineEvent): string => {
  const program = to?.split('/')[0] || 'the request that creates it';
  return type === 'deliver' ? `${program} hearing of it` : program;
};

/** Microseconds of each handler of events, while `work` runs. */
function timed(cluster: Cluster, work: () => void): Map<string, number> {
  const times = new Map<string, number>();
  let last = performance.now();
  const stop = cluster.machine.subscribe(() => {
    const now = performance.now();
    const handler = handlerOf(cluster.machine.journal.steps.at(-1)!.event);
    times.set(handler, (times.get(handler) ?? 0) + (now - last) * 1000);
    last = performance.now();
  });
  work();
  stop();
  return times;
}

/** What a pod costs by who works for it: the prototype that the bound comes from made twelve writes of a pod, without gates, events, watches and kubelets. */
export function benchParts(nodes: number, pods: number): void {
  const cluster = createCluster({nodes});
  run(cluster, 0, pods);
  const trip = roundTripUs();
  const parts = [...timed(cluster, () => run(cluster, pods, pods))].sort(([, a], [, b]) => b - a);
  for (const [who, us] of parts.slice(0, PARTS))
    report(`  of it, ${who}`, `${(us / pods).toFixed(0)} us = ${(us / pods / trip).toFixed(0)} trips`, '');
}

/** What a pod causes, as the journal tells. */
interface Work {
  readonly steps: number;
  readonly writes: number;
  readonly requests: number;
}

function workOf(cluster: Cluster, from: number, pods: number): Work {
  const steps = cluster.machine.journal.steps.slice(from - cluster.machine.journal.first);
  const sum = (of: (step: (typeof steps)[number]) => number): number => steps.reduce((n, step) => n + of(step), 0) / pods;
  return {
    steps: steps.length / pods,
    writes: sum(step => step.writes.length),
    requests: sum(step => step.notes.filter(note => note.kind === 'request').length),
  };
}

export interface PipelineRun {
  /** Microseconds a pod, warm. */
  readonly us: number;
  /** Bytes of the cluster with its nodes alone. */
  readonly empty: number;
  /** Bytes that a pod adds. */
  readonly aPod: number;
  /** Writes of all the pods, as far as they are recorded. */
  readonly writes: number;
  readonly pods: number;
}

/** One size, after a first batch of the same that warms up; prints the rate and what a pod costs in JSON round trips. */
export function benchPipeline(nodes: number, pods: number, options: {record?: boolean} = {}): PipelineRun {
  let cluster!: Cluster;
  const boot = cpuTime(() => {
    cluster = createCluster({nodes, ...options});
  });
  const empty = heapUsed();
  const warmUp = Math.ceil(pods / 2);
  run(cluster, 0, warmUp);
  const start = cluster.history.position;
  const before = roundTripUs();
  const us = (cpuTime(() => run(cluster, warmUp, pods)) * 1000) / pods;
  const trip = (before + roundTripUs()) / 2;
  const {steps, writes, requests} = workOf(cluster, start, pods);
  const recorded =
    options.record === false
      ? 'no journal, no notes'
      : `${steps.toFixed(0)} steps, ${requests.toFixed(0)} requests, ${writes.toFixed(0)} writes`;
  report(
    `pipeline, ${nodes} nodes, ${pods} pods (${recorded} a pod)`,
    `${Math.round(1e6 / us)} pods/s, ${us.toFixed(0)} us = ${(us / trip).toFixed(0)} trips`,
    `<= 25 trips; set up in ${boot.toFixed(0)} ms`,
  );
  const made = warmUp + pods;
  return {us, empty, aPod: (heapUsed() - empty) / made, writes: writes * made, pods: made};
}

/** One pod after the other on a small cluster that has just been set up: from the request to Running. */
export function benchFirstPod(): void {
  const cluster = createCluster({nodes: 10});
  const times = Array.from({length: 21}, (_, i) => cpuTime(() => run(cluster, i, 1)));
  report('one pod end to end, 10 nodes: the first / the median', `${times[0]!.toFixed(1)} / ${median(times).toFixed(1)} ms`, '<= 5 ms');
}

const MANY = 150_000;
const GIB = 2 ** 30;

/** What the pods of a run hold, and what the bound's number of them would; `bare`: the same without a journal. */
export function reportMemory(nodes: number, run: PipelineRun, bare: PipelineRun): void {
  const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
  report(
    `memory, ${nodes} nodes, ${run.pods} pods, full history`,
    `${((run.empty + run.aPod * run.pods) / 2 ** 20).toFixed(0)} MiB, ${kib(run.aPod)} a pod`,
    `<= 1.1 GiB with ${MANY} pods: they would take ${((run.empty + run.aPod * MANY) / GIB).toFixed(1)} GiB, ${((bare.empty + bare.aPod * MANY) / GIB).toFixed(1)} without history`,
  );
  report('history, a write, notes included', `${(((run.aPod - bare.aPod) * run.pods) / run.writes).toFixed(0)} B`, '<= 600 B');
}
