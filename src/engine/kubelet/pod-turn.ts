/** What a turn of a pod worker does: what its configuration wants now, and the sync that its state calls for. upstream: pkg/kubelet/pod_workers.go podWorkerLoop, kubelet.go HandlePodAdditions */

import {timeOf} from '../api/clock.ts';
import {isPodTerminal} from '../api/pods.ts';
import type {Node, Pod, Stored} from '../api/types.ts';
import {admit} from './admission/admit.ts';
import {blockPod, isSoft} from './admission/soft.ts';
import {allocateCpus} from './cm/cpu-manager.ts';
import {ensureMirrorPod, isMirrorPod, removeMirrorPod} from './config/static-pods.ts';
import {watchLimits} from './eviction/manager.ts';
import {nodeMemory} from './nodestatus/node-status.ts';
import {removePod} from './prober/manager.ts';
import {terminatePod} from './status/status-manager.ts';
import {syncPod} from './sync-pod.ts';
import {rejectPod, requestTermination, syncTerminatedPod, syncTerminatingPod} from './terminate-pod.ts';
import {type Kubelet, type PodWorker, subjectOf, WORKERS} from './types.ts';
import {findWorker, listWorkers, newWorker, parseWorkerKey, podOf, retryAt, saveWorker, wakeAtDeadline} from './workers.ts';

/** How long after a pod's sync the next one comes of itself. upstream: syncFrequency */
const SYNC_FREQUENCY_MS = 60_000;

/** Until the runtime's socket is tried again. */
const RUNTIME_RETRY_MS = 5000;

/** One turn of the worker with this key. */
export function podTurn(kubelet: Kubelet, key: string): void {
  const {ctx, now} = kubelet;
  const {namespace, name, uid} = parseWorkerKey(key);
  const known = findWorker(ctx, uid);
  const stored = known && known.source !== 'api' ? undefined : ctx.lister<Pod>('pods').get(namespace, name);
  const current = stored?.metadata.uid === uid ? stored : undefined;
  if (!known && (!current || isMirrorPod(current))) return;
  if (!kubelet.cri) {
    retryAt(ctx, {namespace, name, uid}, now + RUNTIME_RETRY_MS);
    return;
  }
  const worker = known ?? newWorker(current!, 'api', now);
  if (worker.state === 'finished') {
    finishedTurn(kubelet, worker, current);
    return;
  }

  // 1. Does anybody want it to end?
  const pod = current ?? podOf(kubelet, worker);
  if (!pod) {
    // Nothing is known of it any more: the runtime's remains are cleaned up below.
    discard(kubelet, worker);
    return;
  }
  const next = wanted(kubelet, pod, current, worker);

  // 2. First sight: may it run here?
  const admitted = next.admitted || next.state !== 'syncing' ? next : firstSight(kubelet, pod, next);

  // 3. The sync of its state.
  saveWorker(ctx, sync(kubelet, pod, admitted));
}

function wanted(kubelet: Kubelet, pod: Stored<Pod>, current: Stored<Pod> | undefined, worker: PodWorker): PodWorker {
  const {deletionTimestamp, deletionGracePeriodSeconds} = pod.metadata;
  if (deletionTimestamp)
    return requestTermination(kubelet, worker, {grace: Math.max(1, deletionGracePeriodSeconds ?? 1), reason: 'deleted'});
  if (worker.source === 'api' && !current) return requestTermination(kubelet, worker, {grace: 1, reason: 'removed'});
  return worker;
}

function firstSight(kubelet: Kubelet, pod: Stored<Pod>, worker: PodWorker): PodWorker {
  const {ctx, node} = kubelet;
  // Seen again after a restart of the kubelet: what is over is not admitted anew.
  if (isPodTerminal(pod)) return requestTermination(kubelet, {...worker, admitted: true}, {grace: 1, reason: 'finished'});
  const own = ctx.lister<Node>('nodes').get('', node);
  // Whose containers have all ended takes up nothing any more. upstream: kubelet_pods.go filterOutInactivePods
  const others = listWorkers(ctx)
    .filter(w => w.uid !== worker.uid && w.admitted && (w.state === 'syncing' || w.state === 'terminating'))
    .flatMap(w => podOf(kubelet, w) ?? []);
  const rejection =
    (own && admit({pod, node: own, others, pressure: Object.keys(nodeMemory(ctx)?.pressure ?? {})})) ?? allocateCpus(kubelet, pod);
  if (rejection) return (isSoft(kubelet, rejection) ? blockPod : rejectPod)(kubelet, pod, worker, rejection);
  if (ctx.tx.noting) ctx.trace('Admission', subjectOf(worker), `admitted on ${node}`);
  watchLimits(kubelet, pod);
  const deadline = pod.spec?.activeDeadlineSeconds;
  // A little later, for start times are whole seconds.
  if (deadline !== undefined)
    wakeAtDeadline(ctx, worker, (pod.status?.startTime ? timeOf(pod.status.startTime) : ctx.now) + deadline * 1000 + 1000);
  return {...worker, admitted: true};
}

function sync(kubelet: Kubelet, pod: Stored<Pod>, worker: PodWorker): PodWorker {
  let next = worker;
  if (next.source !== 'api' && next.state === 'syncing' && !ensureMirrorPod(kubelet, next))
    retryAt(kubelet.ctx, next, kubelet.now + SYNC_FREQUENCY_MS);
  if (next.state === 'syncing') next = syncPod(kubelet, pod, next);
  if (next.state === 'terminating') return syncTerminatingPod(kubelet, pod, next);
  if (next.state === 'terminated') next = syncTerminatedPod(kubelet, pod, next);
  if (next.state === 'finished' && next.source !== 'api') removeMirrorPod(kubelet, next);
  return next;
}

/** Everything of the pod has ended: wait for its object to go, then forget it. */
function finishedTurn(kubelet: Kubelet, worker: PodWorker, current: Stored<Pod> | undefined): void {
  if (!current) discard(kubelet, worker);
  else if (current.metadata.deletionTimestamp) saveWorker(kubelet.ctx, terminatePod(kubelet, worker));
}

/** Removes what the runtime still has of a pod, and the worker. upstream: HandlePodCleanups */
function discard(kubelet: Kubelet, worker: PodWorker): void {
  const {ctx, cri} = kubelet;
  const remains = cri?.podStatus(worker.uid);
  for (const {id} of remains?.sandboxes ?? []) cri!.removePodSandbox(id);
  for (const {id} of cri?.podStatus(worker.uid)?.containers ?? []) cri!.removeContainer(id);
  if (worker.pod) removePod(kubelet, worker.pod);
  ctx.memory.delete(WORKERS, worker.uid);
}
