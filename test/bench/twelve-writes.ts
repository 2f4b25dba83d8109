/**
 * What the bounds of the whole pipeline were set for: a pod of twelve writes, scheduled by the columns, on this machine with its journal. Without requests and their gates, without
 * watches, controllers, kubelets, runtimes and networks: what those cost is the rest of the pipeline (see pipeline.ts).
 */
import type {Pod} from '../../src/engine/api/types.ts';
import {createMachine} from '../../src/engine/machine/machine.ts';
import type {Entity, Tx} from '../../src/engine/machine/types.ts';
import {cpuTime, heapUsed, median, report} from './measure.ts';
import {createScheduling} from './scheduling.ts';
import {roundTripUs, smallPod} from './yardsticks.ts';

const TICK = 20;
const EVENTS = 65_536;
const GIB = 2 ** 30;

/** What a write needs to be done with. */
type Store = Pick<Tx, 'insert' | 'put' | 'update'> & {revision(): void};

type SmallPod = Pod & {status: {conditions: object[]; podIP?: string}};
const pendingPod = (i: number): SmallPod => {
  const pod = smallPod(i) as SmallPod;
  const {nodeName: _, ...spec} = pod.spec!;
  return {...pod, spec};
};

interface Counter {
  used: number;
}

/** The stages of a pod's birth, each an event of its own; a stage gives the slot of the pod. */
function stagesOf(nodes: number) {
  const {decide} = createScheduling(nodes);
  let written = 0;
  let events = 0;
  const count = (store: Store): void => {
    written++;
    store.revision();
  };
  const change = <T extends Entity>(store: Store, table: string, slot: number, recipe: (draft: T) => void): void => {
    store.update(table, slot, recipe);
    count(store);
  };
  const tell = (store: Store, name: string, reason: string): void => {
    store.put('events', events++ % EVENTS, {
      kind: 'Event',
      involvedObject: {kind: 'Pod', namespace: 'default', name},
      reason,
      type: 'Normal',
      count: 1,
    });
    count(store);
  };
  const nameOf = (i: number): string => `web-${i}`;
  return {
    writes: () => written,
    begin(store: Store): void {
      for (let i = 0; i < nodes; i++) store.insert('nodes', {kind: 'Node', metadata: {name: `n${i}`}, allocated: {used: 0}});
      store.insert('quotas', {used: 0});
      store.insert('replicasets', {used: 0});
    },
    stages: [
      (store: Store, i: number) => {
        store.insert('pods', pendingPod(i));
        count(store);
        change<Counter>(store, 'quotas', 0, quota => void quota.used++);
        if (i % TICK === 0) change<Counter>(store, 'replicasets', 0, set => void (set.used += TICK));
      },
      (store: Store, i: number) => {
        const node = decide(pendingPod(i), 0);
        change<SmallPod>(store, 'pods', i, pod => {
          pod.spec!.nodeName = `n${node}`;
          pod.status.conditions = [{type: 'PodScheduled', status: 'True'}];
        });
        change<{allocated: Counter}>(store, 'nodes', node, ({allocated}) => void allocated.used++);
        tell(store, nameOf(i), 'Scheduled');
      },
      (store: Store, i: number) => {
        change<SmallPod>(store, 'pods', i, pod => void pod.status.conditions.push({type: 'ContainersReady', status: 'False'}));
        change<SmallPod>(store, 'pods', i, pod => void (pod.status.podIP = `10.244.${i >> 8}.${i & 255}`));
        tell(store, nameOf(i), 'Pulled');
        tell(store, nameOf(i), 'Created');
      },
      (store: Store, i: number) => {
        change<SmallPod>(store, 'pods', i, pod => {
          pod.status.phase = 'Running';
          pod.status.conditions[1] = {type: 'ContainersReady', status: 'True'};
        });
        tell(store, nameOf(i), 'Started');
        store.put('endpoints', i, {addresses: [`10.244.${i >> 8}.${i & 255}`], conditions: {ready: true}});
        count(store);
      },
    ],
  };
}

/** Twenty pods a tick, one stage of them after the other. */
function each(pods: number, work: (stage: number, pod: number) => void): void {
  for (let from = 0; from < pods; from += TICK)
    for (let stage = 0; stage < 4; stage++) for (let i = from; i < from + TICK; i++) work(stage, i);
}

/** The same writes in place, nothing kept: microseconds a pod. */
function mutable(nodes: number, pods: number): number {
  const tables = new Map<string, Entity[]>();
  const of = (table: string): Entity[] => tables.get(table) ?? tables.set(table, []).get(table)!;
  let revision = 0;
  const store: Store = {
    insert: (table, entity) => of(table).push(entity) - 1,
    put: (table, slot, entity) => void (of(table)[slot] = entity),
    update: <T extends Entity>(table: string, slot: number, recipe: (draft: T) => void): T => {
      const entity = of(table)[slot] as T;
      recipe(entity);
      return entity;
    },
    revision: () => void revision++,
  };
  const {begin, stages} = stagesOf(nodes);
  begin(store);
  return (cpuTime(() => each(pods, (stage, i) => stages[stage]!(store, i))) * 1000) / pods;
}

interface Run {
  readonly us: number;
  readonly writes: number;
  /** Bytes of everything there is afterwards. */
  readonly bytes: number;
}

/** Each stage of a pod as a step of a machine's journal. */
function recorded(nodes: number, pods: number): Run {
  const before = heapUsed();
  const {begin, stages, writes} = stagesOf(nodes);
  const storeOf = (tx: Tx): Store => ({
    insert: tx.insert,
    put: tx.put,
    update: tx.update,
    revision: () => tx.setRoot({revision: tx.root.revision + 1}),
  });
  const machine = createMachine({
    seed: 1,
    indexes: [{table: 'pods', name: 'name', type: 'unique', keys: ((pod: Pod) => pod.metadata!.name) as never}],
    handlers: {
      begin: tx => begin(storeOf(tx)),
      ...Object.fromEntries(
        stages.map((stage, n) => [`stage ${n}`, (tx: Tx, {data}: {data?: unknown}) => stage(storeOf(tx), data as number)]),
      ),
    },
  });
  machine.dispatch({type: 'begin'});
  const us = (cpuTime(() => each(pods, (stage, i) => machine.dispatch({type: `stage ${stage}`, data: i}))) * 1000) / pods;
  const run = {us, writes: writes() / pods, bytes: heapUsed() - before};
  machine.seek(machine.journal.position);
  return run;
}

/** Prints what such a pod costs at 1,000 and 5,000 nodes, medians of interleaved runs, and what many of them hold. */
export function benchTwelveWrites(): void {
  const PODS = 20_000;
  recorded(1000, 4000);
  mutable(1000, 4000);
  const sizes = [1000, 5000].map(nodes => ({nodes, kept: [] as number[], inPlace: [] as number[], trips: [] as number[], writes: 0}));
  for (let round = 0; round < 5; round++)
    for (const size of sizes) {
      const {us, writes} = recorded(size.nodes, PODS);
      size.kept.push(us);
      size.inPlace.push(mutable(size.nodes, PODS));
      size.trips.push(roundTripUs(3));
      size.writes = writes;
    }
  for (const {nodes, kept, inPlace, trips, writes} of sizes) {
    const us = median(kept);
    report(
      `a pod of ${writes.toFixed(1)} writes, ${nodes} nodes`,
      `${us.toFixed(0)} us = ${(us / median(trips)).toFixed(1)} trips`,
      '<= 25 trips',
    );
    report('  the same / written in place, nothing kept', (us / median(inPlace)).toFixed(1), '<= 4');
  }
  const [small, large] = sizes.map(({kept}) => median(kept)) as [number, number];
  report('  rate at 5,000 nodes / rate at 1,000 nodes', (small / large).toFixed(2), '>= 0.85');
  const MANY = 150_000;
  const {bytes} = recorded(5000, MANY);
  report(`  memory, 5000 nodes, ${MANY} such pods, full history`, `${(bytes / GIB).toFixed(2)} GiB`, '<= 1.1 GiB');
}
