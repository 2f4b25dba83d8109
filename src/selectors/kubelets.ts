import type {Pod, Stored} from '../engine/api/types.ts';
import {TIMER} from '../engine/client/context.ts';
import {readMemory} from '../engine/client/memory.ts';
import {PROCESSES, type Process} from '../engine/client/processes.ts';
import type {Memory} from '../engine/client/types.ts';
import {MIRROR_ANNOTATION} from '../engine/kubelet/config/static-pods.ts';
import type {NodeMemory} from '../engine/kubelet/nodestatus/node-status.ts';
import {type ProbeEntry, probeTimer} from '../engine/kubelet/prober/manager.ts';
import {STALLED} from '../engine/kubelet/status/status-manager.ts';
import {CONTROLS, KUBELET, NODE, type PodWorker, PROBES, WORKERS} from '../engine/kubelet/types.ts';
import {DUE, type Machine} from '../engine/machine/machine.ts';
import type {DueEvent} from '../engine/machine/types.ts';
import {runtimeOwner} from '../engine/runtime/node.ts';
import {PODS, type PodRecord} from '../engine/runtime/types.ts';
import type {KubeletFacts, ProbeFacts} from './facts/kubelet.ts';
import {NOTHING_MORE} from './facts/scheduler.ts';
import type {Notes} from './notes.ts';
import {objectsOf, refOf} from './objects.ts';
import {podState} from './pods.ts';
import {spanText} from './time-text.ts';

/** How many steps of its loop are remembered of each node. */
const remembered = 30;

/** Every node: is it ready, what should run there and what does, what its kubelet did last. */
export function kubeletFacts(machine: Machine, notes: Notes): KubeletFacts[] {
  const kubelets = new Map(
    machine
      .table<Process>(PROCESSES)
      .all('program', 'kubelet')
      .map(process => [process.instance, process.running]),
  );
  const pods = objectsOf(machine, 'pods');
  return objectsOf(machine, 'nodes').map(node => {
    const {name} = node.metadata;
    const memory = readMemory(machine, `${KUBELET}/${name}`);
    const runtime = readMemory(machine, runtimeOwner(name));
    const workers = new Map(memory.list<PodWorker>(WORKERS));
    const told = notes.traces.filter(({note}) => note.instance === name && !note.component.startsWith('kube-flannel'));
    return {
      node: name,
      ready: node.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false,
      running: kubelets.get(name) ?? false,
      pods: pods
        .filter(pod => pod.spec?.nodeName === name)
        .map(pod => ({
          name: pod.metadata.name,
          desired: desiredOf(pod),
          actual: podState(pod).state,
          ...workerFacts(workerOf(pod, workers), runtime, machine.now),
          ref: refOf(pod),
        })),
      probes: probeFacts(machine, name, workers, pods),
      stalled: memory.get(CONTROLS, STALLED) !== undefined,
      pressure: Object.keys(memory.get<NodeMemory>(NODE, '')?.pressure ?? {}),
      runtime: node.status?.nodeInfo?.containerRuntimeVersion ?? '',
      steps: told
        .slice(-remembered)
        .map(({step, note}) => ({atMs: step.at, stage: note.stage, subject: note.subject, detail: note.detail})),
    };
  });
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

/** The probes of a node's containers, soonest first. */
function probeFacts(machine: Machine, node: string, workers: ReadonlyMap<string, PodWorker>, pods: readonly Stored<Pod>[]): ProbeFacts[] {
  const owner = `${KUBELET}/${node}`;
  const due = new Map<string, number>();
  for (const [, {type, to, at, data}] of machine.table<DueEvent>(DUE).entries()) {
    const timer = data as {name?: string; data?: unknown} | undefined;
    if (type === TIMER && to === owner && timer?.name === probeTimer) due.set(String(timer.data), at);
  }
  return readMemory(machine, owner)
    .list<ProbeEntry>(PROBES)
    .flatMap(([id, {uid, worker}]): ProbeFacts[] => {
      const spec = (pods.find(p => p.metadata.uid === uid) ?? workers.get(uid)?.pod)?.spec;
      const container = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find(c => c.name === worker.container);
      const probe = container?.[`${worker.type}Probe`];
      if (!probe || !worker.containerId) return [];
      const at = worker.onHold ? undefined : due.get(id);
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
