/** Watches what the node has left, and evicts pods before the kernel kills them. upstream: pkg/kubelet/eviction/eviction_manager.go */
import {canonical, newQuantity, quantityValue, tryParseQuantity} from '../../api/quantity.ts';
import type {Pod} from '../../api/types.ts';
import {nodeMemory, saveNodeMemory} from '../nodestatus/node-status.ts';
import {requestTermination} from '../terminate-pod.ts';
import {type Kubelet, NODE, type PodWorker, subjectOf} from '../types.ts';
import {listWorkers, podOf, saveWorker, wake} from '../workers.ts';
import {type PodUsage, rankingFor, rankPods} from './rank.ts';
import {byEvictionPriority, defaultHardThresholds, type Signal, signalMeanings, type Threshold} from './thresholds.ts';

/** upstream: evictionPressureTransitionPeriod */
const PRESSURE_TRANSITION_MS = 300_000;

/** What the system and the kubelet themselves use. */
const SYSTEM_MEMORY = 300 * 2 ** 20;
const SYSTEM_DISK_SHARE = 0.2;

export const EVICTED = 'Evicted';

const WATCHING = 'watching-pressure';

interface Observation {
  available: number;
  capacity: number;
}

function observations({cri, host}: Kubelet): Partial<Record<Signal, Observation>> {
  const capacity = (name: string) => tryParseQuantity(host.capacity[name])?.value ?? 0;
  const stats = cri!.listContainerStats();
  const memory = stats.reduce((sum, s) => sum + s.memoryWorkingSetBytes, SYSTEM_MEMORY);
  const disk =
    stats.reduce((sum, s) => sum + s.rootFsUsedBytes + s.logUsedBytes, capacity('ephemeral-storage') * SYSTEM_DISK_SHARE) +
    cri!.imageFsInfo().usedBytes;
  const left = (total: number, used: number): Observation => ({available: Math.max(0, total - used), capacity: total});
  return {
    'memory.available': left(capacity('memory'), memory),
    'nodefs.available': left(capacity('ephemeral-storage'), disk),
  };
}

const limitOf = ({value}: Threshold, {capacity}: Observation): number =>
  'quantity' in value ? value.quantity : (capacity * value.percentage) / 100;

/** After a relist: is there anything on the node that could fill it up? Only then is it looked at every ten seconds. */
export function watchesPressure({ctx, cri, host}: Kubelet): void {
  if (!cri) return;
  const memory = tryParseQuantity(host.capacity['memory'])?.value ?? 0;
  const used = cri.listContainerStats().reduce((sum, s) => sum + s.memoryWorkingSetBytes + s.rootFsUsedBytes, 0);
  const watching = used > memory / 4;
  if (watching && !ctx.memory.get(NODE, WATCHING)) ctx.memory.put(NODE, WATCHING, {since: ctx.now});
}

/** Every ten seconds. */
export function monitorPressure(kubelet: Kubelet): void {
  const {ctx, cri, now} = kubelet;
  const memory = nodeMemory(ctx);
  if (!cri || !memory) return;
  if (!ctx.memory.get(NODE, WATCHING) && Object.keys(memory.pressure).length === 0) return;
  const seen = observations(kubelet);
  const met = defaultHardThresholds.filter(t => seen[t.signal] && seen[t.signal]!.available < limitOf(t, seen[t.signal]!));

  // 1. Conditions: on at once, off when the signal has been quiet for five minutes.
  const pressure: Record<string, number> = {};
  for (const [condition, last] of Object.entries(memory.pressure)) if (now - last < PRESSURE_TRANSITION_MS) pressure[condition] = last;
  for (const {signal} of met) pressure[signalMeanings[signal].condition] = now;
  if (JSON.stringify(pressure) !== JSON.stringify(memory.pressure)) saveNodeMemory(ctx, {...memory, pressure});

  // 2. One pod a round, for the most urgent signal.
  const [threshold] = byEvictionPriority(met);
  if (!threshold) return;
  const {resource} = signalMeanings[threshold.signal];
  ctx.events.event(
    {apiVersion: 'v1', kind: 'Node', metadata: {name: kubelet.node, uid: kubelet.node}},
    'Warning',
    'EvictionThresholdMet',
    `Attempting to reclaim ${resource}`,
  );
  evictOne(kubelet, threshold, seen[threshold.signal]!, resource);
}

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
    if (!pod || worker.state !== 'syncing' || !worker.admitted || (pod.spec?.priority ?? 0) >= 2_000_000_000) continue;
    workers.set(worker.uid, worker);
    pods.push(pod);
  }
  const [victim] = rankPods(pods, rankingFor[resource] ?? ['priority'], pod => usage.get(pod.metadata.uid!));
  if (!victim) return;
  const worker = workers.get(victim.metadata.uid!)!;
  const message = evictionMessage(kubelet, victim, threshold, observation, resource);
  ctx.events.event(victim, 'Warning', EVICTED, message);
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

const binary = (bytes: number): string => canonical(newQuantity(Math.round(bytes), 'BinarySI'));

/** upstream: helpers.go evictionMessage, with its trailing blanks. */
function evictionMessage({cri}: Kubelet, pod: Pod, threshold: Threshold, observation: Observation, resource: string): string {
  const parts = [
    `The node was low on resource: ${resource}. `,
    `Threshold quantity: ${binary(limitOf(threshold, observation))}, available: ${kibi(observation.available)}. `,
  ];
  for (const s of cri!.listContainerStats()) {
    if (s.podUid !== pod.metadata.uid) continue;
    const used = resource === 'memory' ? s.memoryWorkingSetBytes : s.rootFsUsedBytes + s.logUsedBytes;
    const request = pod.spec?.containers.find(c => c.name === s.name)?.resources?.requests?.[resource];
    if (used > (request ? quantityValue(request) : 0))
      parts.push(`Container ${s.name} was using ${kibi(used)}, request is ${request ?? '0'}, has larger consumption of ${resource}. `);
  }
  return parts.join('');
}

const kibi = (bytes: number): string => `${Math.floor(bytes / 1024)}Ki`;
