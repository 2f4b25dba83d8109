/** Watches what the node has left, and evicts pods before the kernel kills them. upstream: pkg/kubelet/eviction/eviction_manager.go */

import type {ContainerStats, Cri} from '../../api/cri.ts';
import {canonical, newQuantity, quantityValue, tryParseQuantity} from '../../api/quantity.ts';
import type {Container, Pod} from '../../api/types.ts';
import {isCritical} from '../admission/admit.ts';
import {deleteUnusedContainers, deleteUnusedImages} from '../gc.ts';
import {nodeMemory, saveNodeMemory} from '../nodestatus/node-status.ts';
import {requestTermination} from '../terminate-pod.ts';
import {type Kubelet, NODE, type PodWorker, subjectOf} from '../types.ts';
import {volumePath} from '../volumes/paths.ts';
import {listWorkers, podOf, saveWorker, wake} from '../workers.ts';
import {type Observation, observations} from './observations.ts';
import {type PodUsage, rankingFor, rankPods} from './rank.ts';
import {byEvictionPriority, hardThresholds, signalMeanings, type Threshold} from './thresholds.ts';

/** upstream: evictionPressureTransitionPeriod */
const PRESSURE_TRANSITION_MS = 300_000;

const EVICTED = 'Evicted';

const WATCHING = 'watching-pressure';

const limitOf = ({value}: Threshold, {capacity}: Observation): number =>
  'quantity' in value ? value.quantity : (capacity * value.percentage) / 100;

/** How closely a node is looked at: for a while after something started there; for good once its use has been seen to grow. */
interface Watching {
  readonly used: number;
  readonly until: number;
  readonly growing?: true;
}

/** How long after a start a node's use is compared, and from what share of its memory on it is always looked at. */
const SAMPLING_MS = 60_000;
const BUSY_SHARE = 0.25;
const NOISE = 2 ** 20;

const usedNow = (cri: Cri): number =>
  cri.listContainerStats().reduce((sum, s) => sum + s.memoryWorkingSetBytes + s.rootFsUsedBytes + s.logUsedBytes, 0);

/** Something on the node has changed: its use is compared for a while. */
export function sampleUsage({ctx, cri, now}: Kubelet): void {
  const watching = ctx.memory.get<Watching>(NODE, WATCHING);
  if (cri && !watching?.growing) ctx.memory.put<Watching>(NODE, WATCHING, {used: usedNow(cri), until: now + SAMPLING_MS});
}

/** A pod has limits that only the kubelet watches over. */
export function watchLimits({ctx, now}: Kubelet, pod: Pod): void {
  const limited =
    pod.spec?.volumes?.some(v => v.emptyDir?.sizeLimit) || pod.spec?.containers.some(c => c.resources?.limits?.['ephemeral-storage']);
  if (limited) ctx.memory.put<Watching>(NODE, WATCHING, {used: 0, until: now, growing: true});
}

/** Whether the node has to be looked at now. */
function isWatched({ctx, cri, host, now}: Kubelet): boolean {
  const watching = ctx.memory.get<Watching>(NODE, WATCHING);
  if (host.load || host.kubelet?.evictionHard) return true;
  if (!watching || watching.growing) return watching !== undefined;
  if (now > watching.until) return false;
  const used = usedNow(cri!);
  const memory = tryParseQuantity(host.capacity['memory'])?.value ?? 0;
  if (used <= watching.used + NOISE && used <= memory * BUSY_SHARE) return false;
  ctx.memory.put<Watching>(NODE, WATCHING, {...watching, growing: true});
  return true;
}

/** Every ten seconds. */
export function monitorPressure(kubelet: Kubelet): void {
  const {ctx, cri, now} = kubelet;
  const memory = nodeMemory(ctx);
  if (!cri || !memory) return;
  if (!isWatched(kubelet) && Object.keys(memory.pressure).length === 0) return;
  evictOverLimits(kubelet);
  const thresholds = hardThresholds(kubelet.host.kubelet?.evictionHard);
  const seen = observations(kubelet);
  const met = thresholdsMet(thresholds, seen);

  // 1. Conditions: on at once, off when the signal has been quiet for five minutes.
  const pressure: Record<string, number> = {};
  for (const [condition, last] of Object.entries(memory.pressure)) if (now - last < PRESSURE_TRANSITION_MS) pressure[condition] = last;
  for (const {signal} of met) pressure[signalMeanings[signal].condition] = now;
  if (JSON.stringify(pressure) !== JSON.stringify(memory.pressure)) saveNodeMemory(ctx, {...memory, pressure});

  // 2. The most urgent signal.
  const [threshold] = byEvictionPriority(met);
  if (!threshold) return;
  const {resource} = signalMeanings[threshold.signal];
  ctx.events.event(
    {apiVersion: 'v1', kind: 'Node', metadata: {name: kubelet.node, uid: kubelet.node}},
    'Warning',
    'EvictionThresholdMet',
    `Attempting to reclaim ${resource}`,
  );
  // 3. What nobody uses goes first; if that is enough, no pod has to.
  if (resource === 'ephemeral-storage') {
    deleteUnusedContainers(kubelet);
    deleteUnusedImages(kubelet);
    if (thresholdsMet([threshold], observations(kubelet)).length === 0) return;
  }
  // 4. One pod a round.
  evictOne(kubelet, threshold, seen[threshold.signal]!, resource);
}

const thresholdsMet = (thresholds: readonly Threshold[], seen: ReturnType<typeof observations>): Threshold[] =>
  thresholds.filter(t => seen[t.signal] && seen[t.signal]!.available < limitOf(t, seen[t.signal]!));

function usages({cri}: Kubelet): Map<string, PodUsage> {
  const usage = new Map<string, PodUsage>();
  for (const s of cri!.listContainerStats()) {
    const sum = usage.get(s.podUid) ?? {memoryWorkingSet: 0, rootFsUsed: 0, logsUsed: 0, processCount: 0};
    usage.set(s.podUid, {
      memoryWorkingSet: sum.memoryWorkingSet! + s.memoryWorkingSetBytes,
      rootFsUsed: sum.rootFsUsed! + s.rootFsUsedBytes,
      logsUsed: sum.logsUsed! + s.logUsedBytes,
      processCount: sum.processCount! + s.processes,
    });
  }
  return usage;
}

function evictOne(kubelet: Kubelet, threshold: Threshold, observation: Observation, resource: string): void {
  const {ctx} = kubelet;
  const usage = usages(kubelet);
  const workers = new Map<string, PodWorker>();
  const pods: Pod[] = [];
  for (const worker of listWorkers(ctx)) {
    const pod = podOf(kubelet, worker);
    if (!pod || worker.state !== 'syncing' || !worker.admitted || isCritical(pod)) continue;
    workers.set(worker.uid, worker);
    pods.push(pod);
  }
  const [victim] = rankPods(pods, rankingFor[resource] ?? ['priority'], pod => usage.get(pod.metadata.uid!));
  if (!victim) return;
  evict(kubelet, victim, workers.get(victim.metadata.uid!)!, evictionMessage(kubelet, victim, threshold, observation, resource));
}

/** Ends a pod for good, and says why. */
function evict(kubelet: Kubelet, pod: Pod, worker: PodWorker, message: string): void {
  const {ctx} = kubelet;
  ctx.events.event(pod, 'Warning', EVICTED, message);
  ctx.trace('Eviction', subjectOf(worker), message);
  const status = {
    ...worker.status,
    conditions: [
      ...(worker.status?.conditions ?? []).filter(c => c.type !== 'DisruptionTarget'),
      {type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message, lastTransitionTime: ctx.time()},
    ],
  };
  wake(
    ctx,
    saveWorker(ctx, requestTermination(kubelet, {...worker, status, evicted: {reason: EVICTED, message}}, {grace: 1, reason: 'evicted'})),
  );
}

/** Pods that fill more of the node's disk than they may: their emptyDirs, their containers, the pod as a whole. upstream: localStorageEviction */
function evictOverLimits(kubelet: Kubelet): void {
  const {ctx} = kubelet;
  const stats = kubelet.cri!.listContainerStats();
  for (const worker of listWorkers(ctx)) {
    const pod = podOf(kubelet, worker);
    if (!pod || worker.state !== 'syncing' || !worker.admitted || isCritical(pod)) continue;
    const message = overLimit(
      kubelet,
      pod,
      stats.filter(s => s.podUid === worker.uid),
    );
    if (message) evict(kubelet, pod, worker, message);
  }
}

function overLimit({cri}: Kubelet, pod: Pod, stats: readonly ContainerStats[]): string | undefined {
  const limitOf = (container: Container) => container.resources?.limits?.['ephemeral-storage'];
  let volumes = 0;
  for (const volume of pod.spec?.volumes ?? []) {
    if (!volume.emptyDir) continue;
    const used = Object.values(cri!.readHostDirectory(volumePath(pod, volume)) ?? {}).reduce((sum, text) => sum + text.length, 0);
    volumes += used;
    const limit = volume.emptyDir.sizeLimit;
    if (limit && used > quantityValue(limit)) return `Usage of EmptyDir volume "${volume.name}" exceeds the limit "${limit}". `;
  }
  const used = (name: string) => stats.filter(s => s.name === name).reduce((sum, s) => sum + s.rootFsUsedBytes + s.logUsedBytes, 0);
  const containers = pod.spec?.containers ?? [];
  const limits = containers.map(limitOf);
  const total = limits.reduce((sum, limit) => sum + (limit ? quantityValue(limit) : 0), 0);
  const all = containers.reduce((sum, c) => sum + used(c.name), volumes);
  if (total > 0 && limits.every(Boolean) && all > total)
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${binary(total)}. `;
  const over = containers.find(c => limitOf(c) && used(c.name) > quantityValue(limitOf(c)!));
  return over && `Container ${over.name} exceeded its local ephemeral storage limit "${limitOf(over)}". `;
}

const binary = (bytes: number): string => canonical(newQuantity(Math.round(bytes), 'BinarySI'));

/** upstream: helpers.go evictionMessage, with its trailing blanks. */
function evictionMessage({cri}: Kubelet, pod: Pod, threshold: Threshold, observation: Observation, resource: string): string {
  const parts = [
    `The node was low on resource: ${resource}. `,
    `Threshold quantity: ${amount(limitOf(threshold, observation), resource)}, available: ${resource === 'pids' ? observation.available : kibi(observation.available)}. `,
  ];
  for (const s of cri!.listContainerStats()) {
    if (s.podUid !== pod.metadata.uid || resource === 'pids') continue;
    const used = resource === 'memory' ? s.memoryWorkingSetBytes : s.rootFsUsedBytes + s.logUsedBytes;
    const request = pod.spec?.containers.find(c => c.name === s.name)?.resources?.requests?.[resource];
    if (used > (request ? quantityValue(request) : 0))
      parts.push(`Container ${s.name} was using ${kibi(used)}, request is ${request ?? '0'}, has larger consumption of ${resource}. `);
  }
  return parts.join('');
}

/** Processes are counted, bytes are written with their binary prefix. */
const amount = (value: number, resource: string): string => (resource === 'pids' ? String(Math.floor(value)) : binary(value));

const kibi = (bytes: number): string => `${Math.floor(bytes / 1024)}Ki`;
