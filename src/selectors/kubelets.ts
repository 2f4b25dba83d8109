import {byResource} from '../engine/api/kinds.ts';
import type {Node, Pod, Stored} from '../engine/api/types.ts';
import {storagePrefix} from '../engine/apiserver/resources.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import {TIMER, type TraceNote} from '../engine/client/context.ts';
import {readMemory} from '../engine/client/memory.ts';
import {PROCESSES, type Process} from '../engine/client/processes.ts';
import type {Memory} from '../engine/client/types.ts';
import {MIRROR_ANNOTATION} from '../engine/kubelet/config/static-pods.ts';
import type {NodeMemory} from '../engine/kubelet/nodestatus/node-status.ts';
import {type ProbeEntry, probeTimer} from '../engine/kubelet/prober/manager.ts';
import {STALLED} from '../engine/kubelet/status/status-manager.ts';
import {CONTROLS, KUBELET, NODE, type PodWorker, PROBES, WORKERS} from '../engine/kubelet/types.ts';
import {DUE} from '../engine/machine/due-events.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {DueEvent} from '../engine/machine/types.ts';
import {runtimeOwner} from '../engine/runtime/node.ts';
import {PODS, type PodRecord} from '../engine/runtime/types.ts';
import type {KubeletFacts, KubeletsFacts, ProbeFacts} from './facts/kubelet.ts';
import {NOTHING_MORE} from './facts/scheduler.ts';
import type {Heard, Notes} from './notes.ts';
import {foremost, grouped, objectsOf, podsByNode, refOf} from './objects.ts';
import {podState} from './pods.ts';
import {type Account, balanceOf, chosen} from './reading.ts';
import {spanText} from './time-text.ts';

/** How many steps of its loop are remembered of each node. */
const remembered = 30;

const NODES = storagePrefix(byResource('nodes')!);

const isReady = (node: Node): boolean =>
  node.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false;

const countsAsReady = (kv: KeyValue | undefined): number => (kv?.key.startsWith(NODES) && isReady(kv.value as Node) ? 1 : 0);
const readyNodes: Account<number> = {
  table: KV,
  begin: () => 0,
  put: (count, _slot, old, now) => count + countsAsReady(now as KeyValue | undefined) - countsAsReady(old as KeyValue | undefined),
};

/** The nodes whose kubelets did something last: is it ready, what should run there and what does, what its kubelet did. */
export function kubeletsFacts(machine: Machine, notes: Notes): KubeletsFacts {
  const told = grouped(
    notes.traces.filter(({note}) => !note.component.startsWith('kube-flannel')),
    ({note}) => note.instance,
  );
  const lastSteps = new Map([...told].map(([node, heard]) => [node, heard.at(-1)!.step.at]));
  const pods = podsByNode(machine);
  const timers = probeTimers(machine);
  return {
    all: objectsOf(machine, 'nodes').length,
    ready: balanceOf(machine, readyNodes),
    busiest: foremost(machine, lastSteps).map(node => {
      const {name} = node.metadata;
      return kubeletFacts(machine, node, {told: told.get(name) ?? [], pods: pods.get(name) ?? [], timers});
    }),
  };
}

/** What belongs to one node of what was gathered for all. */
interface OfNode {
  readonly told: readonly Heard<TraceNote>[];
  readonly pods: readonly Stored<Pod>[];
  readonly timers: ProbeTimers;
}

function kubeletFacts(machine: Machine, node: Stored<Node>, {told, pods, timers}: OfNode): KubeletFacts {
  const {name} = node.metadata;
  const owner = `${KUBELET}/${name}`;
  const memory = readMemory(machine, owner);
  const runtime = readMemory(machine, runtimeOwner(name));
  const workers = new Map(memory.list<PodWorker>(WORKERS));
  return {
    node: name,
    ready: isReady(node),
    running: machine.table<Process>(PROCESSES).find('owner', owner)?.running ?? false,
    pods: pods.map(pod => ({
      name: pod.metadata.name,
      desired: desiredOf(pod),
      actual: podState(pod).state,
      ...workerFacts(workerOf(pod, workers), runtime, machine.now),
      ref: refOf(pod),
    })),
    probes: probeFacts(machine, owner, workers, pods, timers),
    stalled: memory.get(CONTROLS, STALLED) !== undefined,
    pressure: Object.keys(memory.get<NodeMemory>(NODE, '')?.pressure ?? {}),
    runtime: node.status?.nodeInfo?.containerRuntimeVersion ?? '',
    steps: told.slice(-remembered).map(({step, note}) => ({atMs: step.at, stage: note.stage, subject: note.subject, detail: note.detail})),
  };
}

/** The worker behind an object: its own, or that of the static pod which it mirrors. */
const workerOf = ({metadata}: Stored<Pod>, workers: ReadonlyMap<string, PodWorker>): PodWorker | undefined =>
  workers.get(metadata.annotations?.[MIRROR_ANNOTATION] ?? metadata.uid);

type WorkerFacts = Pick<KubeletFacts['pods'][number], 'doing' | 'source' | 'tookMs' | 'unsent'>;

/** What the pod is to be: a pod that is over is not wanted to do anything. */
function desiredOf({metadata, status}: Stored<Pod>): string {
  if (metadata.deletionTimestamp !== undefined) return 'gone';
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? NOTHING_MORE : 'Running';
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
const probesDue = chosen<DueEvent>(DUE, event => event.type === TIMER && timerOf(event)?.name === probeTimer);

/** When each probe is due, by its kubelet and its own id. */
type ProbeTimers = ReadonlyMap<string, number>;

const probeTimers = (machine: Machine): ProbeTimers =>
  new Map([...balanceOf(machine, probesDue).values()].map(event => [`${event.to} ${timerOf(event)?.data}`, event.at]));

/** The probes of a node's containers, soonest first. */
function probeFacts(
  machine: Machine,
  owner: string,
  workers: ReadonlyMap<string, PodWorker>,
  pods: readonly Stored<Pod>[],
  timers: ProbeTimers,
): ProbeFacts[] {
  return readMemory(machine, owner)
    .list<ProbeEntry>(PROBES)
    .flatMap(([id, {uid, worker}]): ProbeFacts[] => {
      const spec = (pods.find(p => p.metadata.uid === uid) ?? workers.get(uid)?.pod)?.spec;
      const container = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find(c => c.name === worker.container);
      const probe = container?.[`${worker.type}Probe`];
      if (!probe || !worker.containerId) return [];
      const at = worker.onHold ? undefined : timers.get(`${owner} ${id}`);
      const failing = worker.lastResult === 'Failure';
      return [
        {
          pod: workers.get(uid)?.name ?? '',
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
