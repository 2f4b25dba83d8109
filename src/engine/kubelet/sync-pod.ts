/**
 * One turn of a pod worker. The real SyncPod blocks while sandboxes are made, images pulled and hooks run; here it stops at each such call, keeps where it
 * was (`step`, `sync`) and goes on when the time has passed.
 * upstream: pkg/kubelet/kubelet.go SyncPod, pkg/kubelet/kuberuntime/kuberuntime_manager.go SyncPod
 */

import {timeOf} from '../api/clock.ts';
import {CriError} from '../api/cri.ts';
import {containerStatusOf, isPodPhaseTerminal} from '../api/pods.ts';
import {ApiError, type KubeObject, type Pod} from '../api/types.ts';
import {podCgroupPath} from './cm/cgroups.ts';
import type {RuntimePodStatus} from './container/types.ts';
import {linuxResources} from './container-config.ts';
import {pruneDeadContainers} from './gc.ts';
import {advanceKills, beginKill, killableNow} from './kill-container.ts';
import {computePodActions} from './kuberuntime/compute-pod-actions.ts';
import type {PodActions} from './kuberuntime/pod-actions.ts';
import {addPod, probeResults, updatePodStatus} from './prober/manager.ts';
import {readRuntimeStatus, runtimeContainerId} from './runtime-status.ts';
import {hostsFile, sandboxConfig} from './sandbox-config.ts';
import {afterPostStart, CRASH_LOOP_BACK_OFF, containerOf, resumePull, type StartOutcome, startContainer} from './start-container.ts';
import {generateApiPodStatus} from './status/api-pod-status.ts';
import {setPodStatus} from './status/status-manager.ts';
import {type Kubelet, type Planned, type PodWorker, type Sync, subjectOf} from './types.ts';
import {podDirectories, podDirectory} from './volumes/paths.ts';
import {scheduleRefresh} from './volumes/refresh.ts';
import {MOUNT_TIMEOUT_MS, mountBackoffMs, mountTimedOut, mountVolumes} from './volumes/volume-manager.ts';
import {retryAt, tryAgain, wakeAt} from './workers.ts';

const REPORT_MS = 1000;

const DEADLINE_EXCEEDED = 'DeadlineExceeded';
const DEADLINE_MESSAGE = 'Pod was active on the node longer than the specified deadline';

/** The runtime's view of the pod; its addresses are remembered beyond the sandbox. */
export function observe(kubelet: Kubelet, worker: PodWorker): {status: RuntimePodStatus; worker: PodWorker} {
  const status = readRuntimeStatus(kubelet.cri!, worker.uid, worker.ips);
  return {status, worker: status.ips === worker.ips || status.ips[0] === worker.ips[0] ? worker : {...worker, ips: status.ips}};
}

/** Computes the status and hands it to the status manager. */
export function reportStatus(kubelet: Kubelet, pod: Pod, worker: PodWorker, status: RuntimePodStatus, podIsTerminal: boolean): PodWorker {
  const evict = worker.evicted ?? activeDeadline(kubelet, pod, worker);
  const next = generateApiPodStatus({
    pod,
    runtime: status,
    previous: worker.status,
    podIsTerminal,
    hostIp: kubelet.host.address,
    waitingReason: name => worker.waiting[name],
    ...(evict && {evict}),
    probed: statuses => updatePodStatus(kubelet, pod, statuses),
    time: ms => kubelet.ctx.time(ms),
  });
  return setPodStatus(kubelet, worker, pod, next);
}

/** upstream: pkg/kubelet/active_deadline.go */
function activeDeadline({now}: Kubelet, pod: Pod, worker: PodWorker): {reason: string; message: string} | undefined {
  const seconds = pod.spec?.activeDeadlineSeconds;
  const startTime = worker.status?.startTime ?? pod.status?.startTime;
  if (seconds === undefined || !startTime || now - timeOf(startTime) < seconds * 1000) return undefined;
  return {reason: DEADLINE_EXCEEDED, message: DEADLINE_MESSAGE};
}

/** One turn. The worker it returns may have moved on to its end (`terminating`). */
export function syncPod(kubelet: Kubelet, pod: Pod, before: PodWorker): PodWorker {
  const {now, ctx} = kubelet;
  if (before.step && before.step.until > now) {
    wakeAt(ctx, before, before.step.until);
    // Whatever it was woken for comes after what it is in the middle of.
    return before.step.kind === 'volumes' ? before : {...before, pending: true};
  }
  const {status, worker} = observe(kubelet, before);
  return worker.step ? resume(kubelet, pod, worker, status) : begin(kubelet, pod, worker, status);
}

function begin(kubelet: Kubelet, pod: Pod, start: PodWorker, status: RuntimePodStatus): PodWorker {
  const {ctx, now, cri} = kubelet;
  // 1. The status, as it is before anything is done. A pod that is over is only cleaned up.
  let worker = reportStatus(kubelet, pod, start, status, false);
  const {phase} = worker.status!;
  if (isPodPhaseTerminal(phase))
    return {...worker, state: 'terminating', termination: {since: now, grace: endGrace(pod), reason: 'finished'}};

  pruneDeadContainers(kubelet, status);
  worker = resizeInPlace(kubelet, pod, worker, status);

  // 2. The network. Pods on the node's own do not wait for it.
  const {networkNotReady} = cri!.status();
  if (networkNotReady && !pod.spec?.hostNetwork) {
    ctx.events.event(
      pod,
      'Warning',
      'NetworkNotReady',
      `network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: ${networkNotReady}`,
    );
    tryAgain(ctx, worker, {transient: true});
    return worker;
  }

  // 3. The cgroup and the directories.
  if (!worker.cgroup) {
    worker = {...worker, cgroup: podCgroupPath(pod)};
    if (ctx.tx.noting) {
      ctx.trace('Cgroup', subjectOf(worker), worker.cgroup!);
      ctx.trace('Directories', subjectOf(worker), podDirectories(pod).join(', '));
    }
  }
  return volumes(kubelet, pod, worker, {since: now, tries: 0});
}

/** A spec that has changed may want other resources for containers that run: they get them without a restart. upstream: doPodResizeAction */
function resizeInPlace(kubelet: Kubelet, pod: Pod, worker: PodWorker, status: RuntimePodStatus): PodWorker {
  const {generation} = pod.metadata;
  if (generation === worker.generation) return worker;
  if (worker.generation !== undefined)
    for (const container of pod.spec!.containers) {
      const current = status.containerStatuses.find(c => c.name === container.name);
      if (current?.state === 'running')
        kubelet.cri!.updateContainerResources(runtimeContainerId(current.id), linuxResources(kubelet, pod, container));
    }
  return {...worker, generation};
}

/** Seconds of an end that nobody asked for by a deletion. */
const endGrace = (pod: Pod): number => pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;

function volumes(kubelet: Kubelet, pod: Pod, worker: PodWorker, {since, tries}: {since: number; tries: number}): PodWorker {
  const {ctx, now, cri} = kubelet;
  const {mounted, missing} = mountVolumes(kubelet, cri!, pod, worker);
  const after = mounted.length === worker.mounted.length ? worker : {...worker, mounted};
  if (ctx.tx.noting && mounted.length > worker.mounted.length) ctx.trace('Volumes', subjectOf(worker), `mounted ${mounted.join(', ')}`);
  if (missing.length > 0) {
    if (now - since >= MOUNT_TIMEOUT_MS) {
      mountTimedOut(kubelet, pod, missing);
      tryAgain(ctx, after);
      return {...after, step: undefined, sync: undefined};
    }
    const until = Math.min(now + mountBackoffMs(tries), since + MOUNT_TIMEOUT_MS);
    retryAt(ctx, after, until);
    return {...after, step: {kind: 'volumes', until, since, tries: tries + 1}};
  }
  if (after !== worker) scheduleRefresh(ctx, pod);
  return decide(kubelet, pod, {...after, step: undefined});
}

/** Probes, then what there is to do. */
function decide(kubelet: Kubelet, pod: Pod, worker: PodWorker): PodWorker {
  const {ctx} = kubelet;
  addPod(kubelet, pod);
  const {status} = observe(kubelet, worker);
  const actions = computePodActions(pod, status, probeResults(kubelet, pod));
  if (ctx.tx.noting) ctx.trace('SyncPod', subjectOf(worker), describe(pod, actions));
  if (actions.createSandbox && actions.sandboxId)
    ctx.events.event(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
  const plan: Planned[] = [
    ...actions.ephemeralContainersToStart.map(i => ({type: 'ephemeral' as const, name: pod.spec!.ephemeralContainers![i]!.name})),
    ...actions.initContainersToStart.map(i => ({type: 'init' as const, name: pod.spec!.initContainers![i]!.name})),
    ...actions.containersToStart.map(i => ({type: 'app' as const, name: pod.spec!.containers[i]!.name})),
  ];
  const sync: Sync = {
    plan,
    ...(actions.killPod && {killPod: true}),
    ...(actions.createSandbox && {createSandbox: actions.attempt}),
    ...(actions.containersToReset.length > 0 && {reset: actions.containersToReset}),
  };
  let next: PodWorker = {...worker, sync};
  for (const {id, name, message, reason} of actions.containersToKill) next = beginKill(kubelet, pod, next, {id, name, message, reason});
  return proceed(kubelet, pod, next);
}

function describe(pod: Pod, actions: PodActions): string {
  const names = (indexes: readonly number[], list: readonly {name: string}[] = []) => indexes.map(i => list[i]!.name).join(', ');
  const parts = [
    actions.killPod && (actions.sandboxId || !actions.createSandbox) && 'kill the pod',
    actions.createSandbox && `create sandbox (attempt ${actions.attempt})`,
    actions.containersToKill.length > 0 && `kill ${actions.containersToKill.map(c => c.name).join(', ')}`,
    actions.initContainersToStart.length > 0 && `start init ${names(actions.initContainersToStart, pod.spec?.initContainers)}`,
    actions.containersToStart.length > 0 && `start ${names(actions.containersToStart, pod.spec?.containers)}`,
    actions.ephemeralContainersToStart.length > 0 &&
      `start ephemeral ${names(actions.ephemeralContainersToStart, pod.spec?.ephemeralContainers)}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join('; ') : 'nothing to do';
}

/** Goes on with a sync: kills first, then the sandbox, then one container after the other. */
function proceed(kubelet: Kubelet, pod: Pod, start: PodWorker): PodWorker {
  const {ctx, now, cri} = kubelet;
  let {status, worker} = observe(kubelet, start);
  const sync = worker.sync!;

  // 1. Kills; for a whole pod in their order.
  if (sync.killPod)
    for (const {id, name} of killableNow(pod, status)) worker = beginKill(kubelet, pod, worker, {id, name, message: '', reason: ''});
  const kills = advanceKills(kubelet, worker, status);
  ({status, worker} = observe(kubelet, kills.worker));
  if (kills.next !== undefined) return blocked(kubelet, {...worker, step: {kind: 'kill', until: kills.next}});
  if (sync.killPod && killableNow(pod, status).length > 0) return proceed(kubelet, pod, worker);

  // 2. What remains of the old sandbox, and of containers that all start again.
  if (sync.killPod) {
    for (const {id, state} of status.sandboxStatuses)
      if (state === 'SANDBOX_READY' || sync.createSandbox !== undefined) cri!.stopPodSandbox(id);
    if (sync.createSandbox === undefined) return finishSync(kubelet, worker);
    for (const c of status.containerStatuses)
      if (pod.spec?.initContainers?.some(i => i.name === c.name)) cri!.removeContainer(runtimeContainerId(c.id));
  }
  if (sync.reset) {
    for (const id of sync.reset) cri!.removeContainer(runtimeContainerId(id));
    return finishSync(kubelet, worker);
  }

  // 3. The sandbox.
  if (sync.createSandbox !== undefined) {
    try {
      const {tookMs} = cri!.runPodSandbox(sandboxConfig(kubelet, pod, sync.createSandbox), runtimeHandler(kubelet, pod));
      ({status, worker} = observe(kubelet, worker));
      if (!pod.spec?.hostNetwork) cri!.writeHostDirectory(podDirectory(pod), {'etc-hosts': hostsFile(pod, worker.ips)});
      return blocked(kubelet, {...worker, sync: {plan: sync.plan}, step: {kind: 'sandbox', until: now + tookMs}});
    } catch (error) {
      if (!(error instanceof CriError || error instanceof ApiError)) throw error;
      ctx.events.event(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${error.message}`);
      tryAgain(ctx, worker);
      return {...worker, sync: undefined, step: undefined};
    }
  }

  // 4. Containers, in order.
  return startNext(kubelet, pod, worker, status);
}

/** upstream: pkg/kubelet/runtimeclass/runtimeclass_manager.go */
function runtimeHandler({ctx}: Kubelet, pod: Pod): string {
  const name = pod.spec?.runtimeClassName;
  if (!name) return '';
  return (ctx.client.get<KubeObject>('runtimeclasses', '', name)['handler'] as string | undefined) ?? '';
}

function startNext(kubelet: Kubelet, pod: Pod, worker: PodWorker, status: RuntimePodStatus): PodWorker {
  const [next] = worker.sync!.plan;
  if (!next) return finishSync(kubelet, worker);
  const sandboxId = status.sandboxStatuses[0]?.id;
  if (!sandboxId) return finishSync(kubelet, worker);
  return settle(kubelet, pod, next, startContainer({kubelet, pod, worker, status, container: containerOf(pod, next), sandboxId}));
}

/** What a start came to. A failed init container ends the sync; a failed sidecar or app container does not. */
function settle(kubelet: Kubelet, pod: Pod, planned: Planned, outcome: StartOutcome): PodWorker {
  const {worker} = outcome;
  const sync = worker.sync!;
  if (outcome.kind === 'busy') return blocked(kubelet, {...worker, step: outcome.step});
  const rest: Sync = {...sync, plan: sync.plan.slice(1)};
  if (outcome.kind === 'done') return proceed(kubelet, pod, {...worker, sync: rest, step: undefined});
  const ends = [sync.failed?.backoffEnd, outcome.backoffEnd].filter(end => end !== undefined);
  const failed: Sync = {...rest, failed: ends.length ? {backoffEnd: Math.min(...ends)} : {}};
  const ordinaryInit = planned.type === 'init' && containerOf(pod, planned).restartPolicy !== 'Always';
  return proceed(kubelet, pod, {...worker, sync: ordinaryInit ? {...failed, plan: []} : failed, step: undefined});
}

/** The worker is in a call that takes time. */
function blocked({ctx}: Kubelet, worker: PodWorker): PodWorker {
  wakeAt(ctx, worker, worker.step!.until);
  return worker;
}

/** All done that can be done now. Errors are tried again later; changes will be seen by the next relist. */
function finishSync({ctx, now}: Kubelet, worker: PodWorker): PodWorker {
  if (worker.sync?.failed) tryAgain(ctx, worker, worker.sync.failed);
  if (worker.pending) wakeAt(ctx, worker, now);
  else if (hasNews(worker)) wakeAt(ctx, worker, now + REPORT_MS);
  return {...worker, sync: undefined, step: undefined, pending: undefined};
}

/** A container has fallen into CrashLoopBackOff, and the status does not say so yet. */
const hasNews = ({waiting, status}: PodWorker): boolean =>
  Object.entries(waiting).some(([name, {reason}]) => {
    const reported = containerStatusOf(status, name);
    return reason === CRASH_LOOP_BACK_OFF && reported?.state?.waiting?.reason !== CRASH_LOOP_BACK_OFF;
  });

/** A step is over. */
function resume(kubelet: Kubelet, pod: Pod, worker: PodWorker, status: RuntimePodStatus): PodWorker {
  const step = worker.step!;
  const [planned] = worker.sync?.plan ?? [];
  const free: PodWorker = {...worker, step: undefined};
  switch (step.kind) {
    case 'volumes':
      return volumes(kubelet, pod, free, step);
    case 'sandbox':
    case 'kill':
      return proceed(kubelet, pod, free);
    case 'start':
      return settle(kubelet, pod, planned!, {kind: 'done', worker: free});
    default: {
      const start = {
        kubelet,
        pod,
        worker: free,
        status,
        container: containerOf(pod, planned!),
        sandboxId: status.sandboxStatuses[0]?.id ?? '',
      };
      return settle(kubelet, pod, planned!, step.kind === 'postStart' ? afterPostStart(start, step) : resumePull(start, step));
    }
  }
}
