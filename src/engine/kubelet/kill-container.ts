/** The end of a container: the event, the preStop hook, SIGTERM, SIGKILL. upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer */

import {CriError} from '../api/cri.ts';
import {allContainers, isRestartableInitContainer} from '../api/pods.ts';
import type {Container, Pod} from '../api/types.ts';
import type {RuntimePodStatus} from './container/types.ts';
import type {KillReason} from './kuberuntime/pod-actions.ts';
import {runHook} from './lifecycle/hooks.ts';
import {runtimeContainerId} from './runtime-status.ts';
import {type Kill, type Kubelet, type PodWorker, subjectOf} from './types.ts';

/** Seconds a container has after its hook, at the least. upstream: minimumGracePeriodInSeconds */
const MINIMUM_GRACE_SECONDS = 2;

/** Where events about a container point. */
export function containerFieldPath(pod: Pod, name: string): string {
  if (pod.spec?.initContainers?.some(c => c.name === name)) return `spec.initContainers{${name}}`;
  if (pod.spec?.ephemeralContainers?.some(c => c.name === name)) return `spec.ephemeralContainers{${name}}`;
  return `spec.containers{${name}}`;
}

/** Seconds between SIGTERM and SIGKILL. upstream: setTerminationGracePeriod */
function gracePeriod(pod: Pod, container: Container | undefined, reason: KillReason): number {
  const {deletionGracePeriodSeconds} = pod.metadata;
  if (deletionGracePeriodSeconds !== undefined) return deletionGracePeriodSeconds;
  const own = pod.spec?.terminationGracePeriodSeconds;
  if (own === undefined) return MINIMUM_GRACE_SECONDS;
  const probe = reason === 'StartupProbe' ? container?.startupProbe : reason === 'LivenessProbe' ? container?.livenessProbe : undefined;
  return probe?.terminationGracePeriodSeconds ?? own;
}

export interface KillRequest {
  id: string;
  name: string;
  /** '' = the usual words. */
  message: string;
  reason: KillReason;
  /** Seconds; stands instead of all others. */
  grace?: number;
}

/** Tells it, and runs the preStop hook. The worker comes back with the kill begun. */
export function beginKill(kubelet: Kubelet, pod: Pod, worker: PodWorker, request: KillRequest): PodWorker {
  if (worker.kills[request.id]) return worker;
  const {ctx, now} = kubelet;
  const container = allContainers(pod.spec).find(c => c.name === request.name);
  const grace = request.grace ?? gracePeriod(pod, container, request.reason);
  const fieldPath = containerFieldPath(pod, request.name);
  ctx.events.event(pod, 'Normal', 'Killing', request.message || `Stopping container ${request.name}`, {fieldPath});

  let hookMs = 0;
  const hook = container?.lifecycle?.preStop;
  if (container && hook && grace > 0) {
    const {tookMs, failure} = runHook(kubelet, worker, container, request.id, hook);
    hookMs = Math.min(tookMs, grace * 1000);
    if (ctx.tx.noting) ctx.trace('PreStop', subjectOf(worker), `${request.name}: ${failure ?? `${hookMs} ms`}`);
    if (failure !== undefined) ctx.events.event(pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', {fieldPath});
  }
  const kill: Kill = {name: request.name, grace, since: now, hookUntil: now + hookMs};
  return {...worker, kills: {...worker.kills, [request.id]: kill}};
}

/**
 * Brings every kill that has begun forward: when its hook is over, SIGTERM with what is left of the grace. Forgets those that are through.
 * `next`: when the next one is due; undefined: none is left.
 */
export function advanceKills(kubelet: Kubelet, worker: PodWorker, status: RuntimePodStatus): {worker: PodWorker; next: number | undefined} {
  const {cri, now} = kubelet;
  const kills: Record<string, Kill> = {};
  let next: number | undefined;
  for (const [id, kill] of Object.entries(worker.kills)) {
    if (status.containerStatuses.find(c => c.id === id)?.state !== 'running') continue;
    let after = kill;
    if (kill.goneAt === undefined && kill.hookUntil <= now) {
      const left = kill.grace - Math.floor((now - kill.since) / 1000);
      const seconds = kill.grace === 0 ? 0 : Math.max(left, MINIMUM_GRACE_SECONDS);
      try {
        after = {...kill, goneAt: cri!.stopContainer(runtimeContainerId(id), seconds).doneAt};
      } catch (error) {
        if (!(error instanceof CriError)) throw error;
        continue;
      }
      if (after.goneAt! <= now) continue;
    }
    kills[id] = after;
    const due = Math.max(after.goneAt ?? after.hookUntil, now + 1);
    next = next === undefined ? due : Math.min(next, due);
  }
  return {worker: {...worker, kills}, next};
}

/** Which running containers may be ended now: sidecars wait for the regular ones, and for the sidecars after them. */
export function killableNow(pod: Pod, status: RuntimePodStatus): {id: string; name: string}[] {
  const running = status.containerStatuses.filter(c => c.state === 'running');
  const sidecars = (pod.spec?.initContainers ?? []).filter(isRestartableInitContainer).map(c => c.name);
  const others = running.filter(c => !sidecars.includes(c.name));
  if (others.length > 0) return others;
  const last = [...sidecars].reverse().find(name => running.some(c => c.name === name));
  return running.filter(c => c.name === last);
}
