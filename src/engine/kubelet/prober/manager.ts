/** The probe workers of a node: which containers are probed, when, and what the results mean for their statuses. upstream: pkg/kubelet/prober/prober_manager.go */

import {timeOf} from '../../api/clock.ts';
import {copyWith} from '../../api/clone.ts';
import {initAndRegularContainers, isRestartableInitContainer} from '../../api/pods.ts';
import type {Container, ContainerStatus, Pod} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import type {ProbeResult, ProbeResults} from '../kuberuntime/pod-actions.ts';
import {type Kubelet, PROBES} from '../types.ts';
import {findWorker, podOf, wake} from '../workers.ts';
import {runProbe} from './probe.ts';
import {doProbe, newProbeWorker, type Probe, type ProbeType, type ProbeWorker, probeDefaults} from './worker.ts';

/** What a kubelet remembers of one probe of one container. */
export interface ProbeEntry {
  readonly uid: string;
  readonly worker: ProbeWorker;
}

const TIMER = 'probe';

/** While a container is this young, its probes are part of its start: worth waiting for. */
const START_UP_MS = 60_000;

const types = ['startup', 'liveness', 'readiness'] as const satisfies readonly ProbeType[];

const probeOf = (container: Container, type: ProbeType): Probe | undefined =>
  type === 'startup' ? container.startupProbe : type === 'liveness' ? container.livenessProbe : container.readinessProbe;

const idOf = (uid: string, container: string, type: ProbeType): string => `${uid}/${container}/${type}`;

/** Containers that may be probed: regular ones and sidecars. */
const probed = (pod: Pod): Container[] => [...(pod.spec?.initContainers ?? []).filter(isRestartableInitContainer), ...pod.spec!.containers];

const hasProbes = (container: Container): boolean => types.some(type => probeOf(container, type));

const entryOf = (ctx: ComponentContext, uid: string, container: string, type: ProbeType): ProbeEntry | undefined =>
  ctx.memory.get<ProbeEntry>(PROBES, idOf(uid, container, type));

/** Sets up the workers of a pod's probes; they have nothing to do before a container runs. */
export function addPod({ctx}: Kubelet, pod: Pod): void {
  const uid = pod.metadata.uid!;
  for (const container of probed(pod))
    for (const type of types)
      if (probeOf(container, type) && !entryOf(ctx, uid, container.name, type))
        ctx.memory.put<ProbeEntry>(PROBES, idOf(uid, container.name, type), {uid, worker: newProbeWorker(type, container.name)});
}

function removeWorkers(ctx: ComponentContext, pod: Pod, which: readonly ProbeType[]): void {
  for (const container of probed(pod))
    for (const type of which) {
      const id = idOf(pod.metadata.uid!, container.name, type);
      if (!probeOf(container, type)) continue;
      ctx.cancel(TIMER, id);
      ctx.memory.delete(PROBES, id);
    }
}

/** A pod that is being ended is neither restarted nor started; readiness goes on. */
export const stopLivenessAndStartup = ({ctx}: Kubelet, pod: Pod): void => removeWorkers(ctx, pod, ['startup', 'liveness']);

export const removePod = ({ctx}: Kubelet, pod: Pod): void => removeWorkers(ctx, pod, types);

const resultFor = (entry: ProbeEntry | undefined, containerId: string | undefined): ProbeResult | undefined =>
  entry && containerId && entry.worker.containerId === containerId ? entry.worker.result : undefined;

/** The results of a pod's probes by container ID, for computePodActions. */
export function probeResults({ctx}: Kubelet, pod: Pod): ProbeResults {
  const uid = pod.metadata.uid!;
  const containers = probed(pod).filter(hasProbes);
  const find = (type: ProbeType) => (id: string) => {
    for (const container of containers) {
      const result = resultFor(entryOf(ctx, uid, container.name, type), id);
      if (result) return result;
    }
    return undefined;
  };
  return containers.length > 0
    ? {liveness: find('liveness'), startup: find('startup')}
    : {liveness: () => undefined, startup: () => undefined};
}

export interface ProbedStatuses {
  containers: ContainerStatus[];
  inits: ContainerStatus[];
}

/** Sets `started` and `ready` from the probes' results. upstream: UpdatePodStatus */
export function updatePodStatus({ctx, now}: Kubelet, pod: Pod, {containers, inits}: ProbedStatuses): ProbedStatuses {
  const uid = pod.metadata.uid!;
  const specs = new Map(initAndRegularContainers(pod.spec).map(c => [c.name, c]));

  const judge = (status: ContainerStatus): ContainerStatus => {
    const spec = specs.get(status.name);
    if (!status.state?.running || !spec) return copyWith(status, {started: false, ready: false});
    const startup = entryOf(ctx, uid, status.name, 'startup');
    const started = spec.startupProbe && startup ? resultFor(startup, status.containerID) === 'Success' : true;
    const readiness = entryOf(ctx, uid, status.name, 'readiness');
    const ready = started && (spec.readinessProbe && readiness ? resultFor(readiness, status.containerID) === 'Success' : true);
    if (hasProbes(spec)) schedule(ctx, uid, spec, now);
    return copyWith(status, {started, ready});
  };

  return {
    containers: containers.map(judge),
    inits: inits.map(status => {
      const spec = specs.get(status.name);
      if (spec && isRestartableInitContainer(spec)) return judge(status);
      return copyWith(status, {started: false, ready: status.state?.terminated?.exitCode === 0});
    }),
  };
}

/** The first probe of a container that has begun to run is made at once; the period counts from there. */
function schedule(ctx: ComponentContext, uid: string, container: Container, now: number): void {
  for (const type of types) {
    const id = idOf(uid, container.name, type);
    if (!probeOf(container, type) || !ctx.memory.get(PROBES, id) || ctx.dueAt(TIMER, id) !== undefined) continue;
    after(ctx, id, 0, now);
  }
}

const after = (ctx: ComponentContext, id: string, ms: number, startedAt: number): void =>
  ctx.after(ms, TIMER, id, {key: id, ...(ctx.now + ms - startedAt > START_UP_MS && {periodic: true})});

/** One tick of one probe. */
export function tick(kubelet: Kubelet, id: string): void {
  const {ctx, now} = kubelet;
  const entry = ctx.memory.get<ProbeEntry>(PROBES, id);
  const worker = entry && findWorker(ctx, entry.uid);
  const pod = worker && podOf(kubelet, worker);
  if (!entry || !worker || !pod) return;
  const container = probed(pod).find(c => c.name === entry.worker.container);
  const probe = container && probeOf(container, entry.worker.type);
  if (!container || !probe) return;

  const before = entry.worker;
  const {worker: next, goOn} = doProbe(before, {
    probe,
    status: worker.status,
    restartPolicy: pod.spec?.restartPolicy,
    deletionTimestamp: pod.metadata.deletionTimestamp,
    now,
    parseTime: timeOf,
    run: () => runProbe(kubelet, pod, worker, container, before.type, probe),
  });
  if (next !== before) ctx.memory.put<ProbeEntry>(PROBES, id, {...entry, worker: next});
  if (next.result !== before.result || next.containerId !== before.containerId) {
    if (ctx.tx.noting && next.result !== before.result)
      ctx.trace('Probe', `pod/${worker.namespace}/${worker.name}`, `${before.type} of ${container.name}: ${next.result}`);
    wake(ctx, worker);
  }
  if (!goOn) return;
  const started = worker.status?.containerStatuses?.find(c => c.name === container.name)?.state?.running?.startedAt;
  after(ctx, id, (probe.periodSeconds ?? probeDefaults.periodSeconds) * 1000, started === undefined ? worker.seenAt : timeOf(started));
}

export const probeTimer = TIMER;
