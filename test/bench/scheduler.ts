/** The scheduling cycle alone, over the columns of 5,000 nodes, against one read pass over those columns. */
import type {Pod} from '../../src/engine/api/types.ts';
import type {Columns} from '../../src/engine/scheduler/fast/columns.ts';
import {cpuTime, median, report} from './measure.ts';
import {createScheduling} from './scheduling.ts';

const NODES = 5000;
const TEMPLATES = 20;
const PODS = 2000;
const ROUNDS = 25;

const podOf = (i: number): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: `p${i}`, namespace: 'default', uid: `p${i}`, labels: {app: `a${i % TEMPLATES}`}},
    spec: {containers: [{name: 'c', image: 'nginx', resources: {requests: {cpu: `${10 + (i % TEMPLATES)}m`, memory: '64Mi'}}}]},
  }) as unknown as Pod;

/** Reads every number that a cycle may need, once. */
function readPass({allocatable, requested, scored, podsAllowed, pods}: Columns): number {
  let sum = 0;
  for (let i = 0; i < pods.length; i++) {
    sum += allocatable.cpu[i]! + allocatable.memory[i]! + allocatable['ephemeral-storage'][i]!;
    sum += requested.cpu[i]! + requested.memory[i]! + requested['ephemeral-storage'][i]!;
    sum += scored.cpu[i]! + scored.memory[i]! + podsAllowed[i]! + pods[i]!;
  }
  return sum;
}

/** Prints microseconds a decision, nodes sampled and all, beside one read pass. */
export function benchScheduler(): void {
  const {columns, decide} = createScheduling(NODES);
  const pods = Array.from({length: PODS}, (_, i) => podOf(i));
  const all = (percentage: number, count: number) => (): void => {
    for (let i = 0; i < count; i++) decide(pods[i]!, percentage);
  };
  let read = 0;
  const passes = (): void => {
    for (let i = 0; i < 200; i++) read += readPass(columns());
  };
  all(0, PODS)();
  all(100, 200)();
  passes();
  const times: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < ROUNDS; i++) {
    times[0].push((cpuTime(passes) * 1000) / 200);
    times[1].push((cpuTime(all(0, 500)) * 1000) / 500);
    times[2].push((cpuTime(all(100, 100)) * 1000) / 100);
  }
  const [pass, sampled, every] = times.map(median) as [number, number, number];
  const line = (us: number): string => `${(us / pass).toFixed(2)} (${us.toFixed(1)} us)`;
  report(`yardstick: read pass over the columns of ${NODES} nodes`, `${pass.toFixed(1)} us`, read > 0 ? '' : 'nothing read');
  report('scheduling decision, sampled / read pass', line(sampled), '<= 0.5');
  report('scheduling decision, all nodes / read pass', line(every), '<= 4');
}
