/** A scheduler's inner loop alone: the columns of many nodes, and decisions that fill them. */
import type {Node, Pod} from '../../src/engine/api/types.ts';
import {frameworkOf} from '../../src/engine/scheduler/config/profile.ts';
import {type Columns, columnsOf} from '../../src/engine/scheduler/fast/columns.ts';
import {schedulePodFast} from '../../src/engine/scheduler/fast/schedule.ts';
import {nodeInfo, podInfo, withPod} from '../../src/engine/scheduler/framework/node-info.ts';
import {newCycle} from '../../src/engine/scheduler/framework/runtime.ts';
import {listersOf} from '../../src/engine/scheduler/framework/snapshot.ts';
import type {Snapshot} from '../../src/engine/scheduler/framework/types.ts';
import {createNodeTable} from '../../src/engine/scheduler/state/node-table.ts';

const NONE: Snapshot['nominated'] = new Map();

const nodeOf = (i: number): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {name: `n${i}`, labels: {'kubernetes.io/hostname': `n${i}`, 'topology.kubernetes.io/zone': `z${i % 3}`}},
    spec: {},
    status: {allocatable: {cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '500Gi'}, images: []},
  }) as unknown as Node;

export interface Scheduling {
  readonly columns: () => Columns;
  /** Chooses a node for the pod and puts it there; the node's index. `percentageOfNodesToScore` as in KubeSchedulerConfiguration: 0 = adaptive. */
  decide(pod: Pod, percentageOfNodesToScore: number): number;
}

/** A scheduler over so many empty nodes of three zones. */
export function createScheduling(nodes: number): Scheduling {
  const framework = frameworkOf({});
  const listers = listersOf({});
  const table = createNodeTable(Array.from({length: nodes}, (_, i) => [`n${i}`, {seq: i, info: nodeInfo(nodeOf(i))}] as const));
  let start = 0;
  let draws = 0;
  const random = (): number => (draws++ % 97) / 97;
  return {
    columns: () => columnsOf(table),
    decide: (pod, percentageOfNodesToScore) => {
      const cycle = newCycle({snapshot: table.snapshot(NONE), listers, framework, now: 0, random});
      const outcome = schedulePodFast(cycle, pod, columnsOf(table), {start, percentageOfNodesToScore}, false)!;
      start = outcome.nextStart;
      const i = table.indexOf(outcome.node!)!;
      table.set(outcome.node!, {seq: i, info: withPod(table.nodes[i]!, podInfo(pod))});
      return i;
    },
  };
}
