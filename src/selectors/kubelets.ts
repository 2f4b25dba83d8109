import {isConditionTrue} from '../engine/api/conditions.ts';
import {byResource} from '../engine/api/kinds.ts';
import {byText} from '../engine/api/order.ts';
import {initAndRegularContainers, isPodTerminal} from '../engine/api/pods.ts';
import type {Node, Pod, Stored} from '../engine/api/types.ts';
import {MIRROR_POD_ANNOTATION} from '../engine/api/well-known.ts';
import {storagePrefix} from '../engine/apiserver/resources.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import {TIMER, type TraceNote} from '../engine/client/context.ts';
import {readMemory} from '../engine/client/memory.ts';
import {PROCESSES, type Process} from '../engine/client/processes.ts';
import type {Memory} from '../engine/client/types.ts';
import type {NodeMemory} from '../engine/kubelet/nodestatus/node-status.ts';
import {type ProbeEntry, probeTimer} from '../engine/kubelet/prober/manager.ts';
import {STALLED} from '../engine/kubelet/status/status-manager.ts';
import {CONTROLS, KUBELET, NODE, type PodWorker, PROBES, WORKERS} from '../engine/kubelet/types.ts';
import {DUE} from '../engine/machine/due-events.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {DueEvent} from '../engine/machine/types.ts';
import {runtimeOwner} from '../engine/runtime/node.ts';
import {PODS, type PodRecord} from '../engine/runtime/types.ts';
import {CAPS, shared} from './caps.ts';
import type {KubeletFacts, KubeletsFacts, ProbeFacts} from './facts/kubelet.ts';
import {NOTHING_MORE} from './facts/scheduler.ts';
import type {Heard, Notes} from './notes.ts';
import {foremost, objectsOf, refOf} from './objects.ts';
import {onceEach} from './once-each.ts';
import {podState} from './pod-state.ts';
import {type Account, balanceOf, gathered} from './reading.ts';
import type {Ref} from './styled.ts';
import {spanText} from './time-text.ts';

const NODES = storagePrefix(byResource('nodes')!);

const isReady = (node: Node): boolean => isConditionTrue(node.status?.conditions, 'Ready');

const countsAsReady = (kv: KeyValue | undefined): number => (kv?.key.startsWith(NODES) && isReady(kv.value as Node) ? 1 : 0);
const readyNodes: Account<number> = {
  table: KV,
  begin: () => 0,
  put: (count, _slot, old, now) => count + countsAsReady(now as KeyValue | undefined) - countsAsReady(old as KeyValue | undefined),
  copy: count => count,
};

/** The nodes whose kubelets did something last: is it ready, what should run there and what does, what its kubelet did. Those looked at come before the others. */
export function kubeletsFacts(machine: Machine, notes: Notes, selected: Ref | undefined): KubeletsFacts {
  const room: Room = {pods: shared(CAPS.podsOfNodes), probes: shared(CAPS.probesOfNodes), steps: shared(CAPS.stepsOfNodes)};
  return {
    all: objectsOf(machine, 'nodes').length,
    ready: balanceOf(machine, readyNodes),
    busiest: busiest(machine, notes, selected).map(node => kubeletFacts(machine, node, toldOn(notes, node.metadata.name), room)),
  };
}

/** What was told on a node, newest last; its network's own agent has nothing to do with the kubelet. */
const toldOn = ({traces}: Notes, node: string): readonly Heard<TraceNote>[] =>
  (traces.get(node) ?? []).filter(({note}) => !note.component.startsWith('kube-flannel'));

/** The nodes on which something happened last, the youngest first, then the others. */
function busiest(machine: Machine, notes: Notes, selected: Ref | undefined): readonly Stored<Node>[] {
  const nodes = foremost(machine, [...notes.traces.keys()].reverse(), selected);
  const last = new Map(nodes.map(({metadata: {name}}) => [name, toldOn(notes, name).at(-1)?.step.at ?? -1]));
  return nodes.toSorted(
    ({metadata: one}, {metadata: other}) => last.get(other.name)! - last.get(one.name)! || byText(one.name, other.name),
  );
}

/** What all nodes share of the screen. */
interface Room {
  readonly pods: (wanted: number) => number;
  readonly probes: (wanted: number) => number;
  readonly steps: (wanted: number) => number;
}

function kubeletFacts(machine: Machine, node: Stored<Node>, told: readonly Heard<TraceNote>[], room: Room): KubeletFacts {
  const {name} = node.metadata;
  const owner = `${KUBELET}/${name}`;
  const memory = readMemory(machine, owner);
  const runtime = readMemory(machine, runtimeOwner(name));
  const workerOf = (uid: string): PodWorker | undefined => memory.get<PodWorker>(WORKERS, uid);
  const pods = machine
    .table<KeyValue<Stored<Pod>>>(KV)
    .all('node', name)
    .sort((one, other) => byText(one.key, other.key))
    .map(({value}) => value);
  const probes = memory.list<ProbeEntry>(PROBES);
  const probesTold = room.probes(probes.length);
  return {
    node: name,
    ready: isReady(node),
    running: machine.table<Process>(PROCESSES).find('owner', owner)?.running ?? false,
    pods: unwellFirst(pods, room.pods(pods.length)).map(pod => ({
      name: pod.metadata.name,
      desired: desiredOf(pod),
      actual: podState(pod).state,
      ...workerFacts(workerOf(keyOfWorker(pod)), runtime, machine.now),
      ref: refOf(pod),
    })),
    allPods: pods.length,
    probes: probeFacts(machine, owner, probes.slice(0, probesTold), pods, workerOf),
    leftOutProbes: probes.length - probesTold,
    stalled: memory.get(CONTROLS, STALLED) !== undefined,
    pressure: Object.keys(memory.get<NodeMemory>(NODE, '')?.pressure ?? {}),
    runtime: node.status?.nodeInfo?.containerRuntimeVersion ?? '',
    steps: told.slice(told.length - room.steps(told.length)).map(stepFacts),
  };
}

const stepFacts = onceEach(({step, note: {stage, subject, detail}}: Heard<TraceNote>) => ({atMs: step.at, stage, subject, detail}));

/** So many pods at most, in their order: those that are not well before the others. */
function unwellFirst(pods: readonly Stored<Pod>[], most: number): readonly Stored<Pod>[] {
  if (pods.length <= most) return pods;
  const unwell = new Set(pods.filter(pod => !podState(pod).healthy).slice(0, most));
  const others = new Set(pods.filter(pod => !unwell.has(pod)).slice(0, most - unwell.size));
  return pods.filter(pod => unwell.has(pod) || others.has(pod));
}

/** Which worker is behind an object: its own, or that of the static pod which it mirrors. */
const keyOfWorker = ({metadata}: Stored<Pod>): string => metadata.annotations?.[MIRROR_POD_ANNOTATION] ?? metadata.uid;

type WorkerFacts = Pick<KubeletFacts['pods'][number], 'doing' | 'source' | 'tookMs' | 'unsent'>;

/** What the pod is to be: a pod that is over is not wanted to do anything. */
function desiredOf(pod: Stored<Pod>): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'gone';
  return isPodTerminal(pod) ? NOTHING_MORE : 'Running';
}

function workerFacts(worker: PodWorker | undefined, runtime: Pick<Memory, 'get'>, now: number): WorkerFacts {
  // First starts, to the millisecond; older instances may have been removed.
  const made = worker && runtime.get<PodRecord>(PODS, worker.uid)?.containers.filter(c => c.config.metadata.attempt === 0);
  const starts = (worker?.status?.containerStatuses ?? []).map(
    status => made?.find(c => c.config.metadata.name === status.name)?.startedAt,
  );
  const last = starts.every(start => start !== undefined) ? Math.max(...starts) : undefined;
  return {
    doing: doing(worker, now),
    source: worker?.source ?? 'api',
    unsent: worker ? worker.statusVersion - worker.sentVersion : 0,
    ...(worker && last !== undefined && starts.length > 0 && last >= worker.seenAt && {tookMs: last - worker.seenAt}),
  };
}

const timerOf = ({data}: DueEvent): {name?: string; data?: unknown} | undefined => data as {name?: string; data?: unknown} | undefined;

/** When each probe is due, by its kubelet and its own id. */
const probesDue = gathered<DueEvent>(DUE, event =>
  event.type === TIMER && timerOf(event)?.name === probeTimer ? `${event.to} ${timerOf(event)?.data}` : undefined,
);

/** Probes of a node's containers, soonest first. */
function probeFacts(
  machine: Machine,
  owner: string,
  probes: readonly (readonly [id: string, entry: ProbeEntry])[],
  pods: readonly Stored<Pod>[],
  workerOf: (uid: string) => PodWorker | undefined,
): ProbeFacts[] {
  const timers = balanceOf(machine, probesDue);
  return probes
    .flatMap(([id, {uid, worker}]): ProbeFacts[] => {
      const spec = (pods.find(p => p.metadata.uid === uid) ?? workerOf(uid)?.pod)?.spec;
      const container = initAndRegularContainers(spec).find(c => c.name === worker.container);
      const probe = container?.[`${worker.type}Probe`];
      if (!probe || !worker.containerId) return [];
      const [due] = timers.get(`${owner} ${id}`)?.values() ?? [];
      const at = worker.onHold ? undefined : due?.at;
      const failing = worker.lastResult === 'Failure';
      return [
        {
          pod: workerOf(uid)?.name ?? '',
          container: worker.container,
          type: worker.type,
          result: worker.result ?? 'Unknown',
          run: worker.resultRun,
          threshold: (failing ? probe.failureThreshold : probe.successThreshold) ?? (failing ? 3 : 1),
          periodMs: (probe.periodSeconds ?? 10) * 1000,
          ...(at !== undefined && {inMs: Math.max(0, at - machine.now)}),
        },
      ];
    })
    .sort((a, b) => (a.inMs ?? Number.POSITIVE_INFINITY) - (b.inMs ?? Number.POSITIVE_INFINITY));
}

/** What a pod's worker is in the middle of, in words, with the time it has still to go. */
function doing(worker: PodWorker | undefined, now: number): string {
  const step = worker?.step;
  if (!step) return '';
  const left = step.until > now ? `, ${spanText(step.until - now)} left` : '';
  switch (step.kind) {
    case 'sandbox':
      return `makes the sandbox${left}`;
    case 'volumes':
      return `waits for volumes${left}`;
    case 'queued':
      return `waits for its turn to pull ${step.image}`;
    case 'pull':
      return `pulls ${step.image}${left}`;
    case 'start':
      return `starts ${step.container}${left}`;
    case 'postStart':
      return `runs the postStart hook of ${step.container}${left}`;
    case 'kill':
      return `stops containers${left}`;
  }
}
