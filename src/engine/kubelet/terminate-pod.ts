/** The end of a pod: containers in their order, the sandbox, volumes, the cgroup, the last status. upstream: pkg/kubelet/kubelet.go SyncTerminatingPod, SyncTerminatedPod */
import type {Pod} from '../api/types.ts';
import {advanceKills, beginKill, killableNow} from './kill-container.ts';
import {removePod, stopLivenessAndStartup} from './prober/manager.ts';
import {setPodStatus, terminatePod} from './status/status-manager.ts';
import {observe, reportStatus} from './sync-pod.ts';
import {type Kubelet, type PodWorker, subjectOf, type Termination} from './types.ts';
import {forgetTokens} from './volumes/token-manager.ts';
import {unmountVolumes} from './volumes/volume-manager.ts';
import {wakeAt} from './workers.ts';

/** From the last container's end to the sandbox's, and on to the end of the pod. */
const CLEAN_UP_MS = 100;

/** Turns a worker towards its end; a shorter grace than the one it had replaces it. */
export function requestTermination({now}: Kubelet, worker: PodWorker, termination: Omit<Termination, 'since'>): PodWorker {
  if (worker.state === 'terminated' || worker.state === 'finished') return worker;
  const current = worker.termination;
  if (current && current.grace <= termination.grace) return worker;
  return {
    ...worker,
    state: 'terminating',
    termination: {...termination, since: current?.since ?? now},
    step: undefined,
    sync: undefined,
    ...(current && {kills: {}}),
  };
}

/** One turn of a pod that is being ended. */
export function syncTerminatingPod(kubelet: Kubelet, pod: Pod, start: PodWorker): PodWorker {
  const {cri, ctx, now} = kubelet;
  const termination = start.termination!;
  let {status, worker} = observe(kubelet, start);

  // 1. The status, still running; liveness and startup probes stop, readiness goes on.
  worker = reportStatus(kubelet, pod, worker, status, false);
  stopLivenessAndStartup(kubelet, pod);

  // 2. Containers: regular ones together, then the sidecars from the last to the first. What waiting costs is taken from their grace.
  for (let turn = 0; turn < 20; turn++) {
    const spent = Math.floor((now - termination.since) / 1000);
    const grace = termination.grace === 0 ? 0 : Math.max(termination.grace - spent, 1);
    for (const {id, name} of killableNow(pod, status)) worker = beginKill(kubelet, pod, worker, {id, name, message: '', reason: '', grace});
    const kills = advanceKills(kubelet, worker, status);
    ({status, worker} = observe(kubelet, kills.worker));
    if (kills.next !== undefined) {
      wakeAt(ctx, worker, kills.next);
      return worker;
    }
    if (killableNow(pod, status).length === 0) break;
  }

  // 3. The sandbox, and with it the pod's address.
  for (const {id, state} of status.sandboxStatuses) if (state === 'SANDBOX_READY') cri!.stopPodSandbox(id);
  removePod(kubelet, pod);

  // 4. The final status.
  ({status, worker} = observe(kubelet, worker));
  worker = reportStatus(kubelet, pod, worker, status, true);
  if (ctx.tx.noting) ctx.trace('SyncTerminatingPod', subjectOf(worker), 'all containers have ended');
  wakeAt(ctx, worker, now + CLEAN_UP_MS);
  return {...worker, state: 'terminated', kills: {}, step: undefined, sync: undefined};
}

/** The last turn: what the pod had on the node is taken away. Its dead containers stay for their logs until the object is gone. */
export function syncTerminatedPod(kubelet: Kubelet, pod: Pod, start: PodWorker): PodWorker {
  const {ctx, cri} = kubelet;
  const {status, worker} = observe(kubelet, start);
  const reported = reportStatus(kubelet, pod, worker, status, true);
  unmountVolumes(cri!, pod, reported);
  forgetTokens(ctx, pod);
  if (ctx.tx.noting)
    ctx.trace(
      'SyncTerminatedPod',
      subjectOf(worker),
      `unmounted ${worker.mounted.length} ${worker.mounted.length === 1 ? 'volume' : 'volumes'}, removed ${worker.cgroup ?? 'no cgroup'}`,
    );
  return terminatePod(kubelet, {...reported, state: 'finished', mounted: [], cgroup: undefined});
}

/** A pod that the node refuses: no container ever starts. upstream: rejectPod */
export function rejectPod(kubelet: Kubelet, pod: Pod, worker: PodWorker, {reason, message}: {reason: string; message: string}): PodWorker {
  kubelet.ctx.events.event(pod, 'Warning', reason, message);
  const {qosClass, conditions} = pod.status ?? {};
  const rejected = setPodStatus(kubelet, worker, pod, {
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    ...(conditions && {conditions}),
    ...(qosClass && {qosClass}),
  });
  if (kubelet.ctx.tx.noting) kubelet.ctx.trace('Admission', subjectOf(worker), `rejected: ${reason}: ${message}`);
  return {...rejected, state: 'finished'};
}
