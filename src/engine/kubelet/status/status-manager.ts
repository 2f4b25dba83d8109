/** Keeps each pod's status and brings it to the API server, later than it was made. upstream: pkg/kubelet/status/status_manager.go */

import {copyWith, equalJson} from '../../api/clone.ts';
import {byText} from '../../api/order.ts';
import {isPodPhaseTerminal} from '../../api/pods.ts';
import {ApiError, type core, type Json, type Pod, type PodStatus, type Stored} from '../../api/types.ts';
import {MIRROR_POD_ANNOTATION} from '../../api/well-known.ts';
import type {ComponentContext} from '../../client/types.ts';
import {CONTROLS, type Kubelet, type PodWorker, subjectOf} from '../types.ts';
import {findWorker, saveWorker} from '../workers.ts';
import {kubeletConditions} from './conditions.ts';

const TIMER = 'status';

/** From SetPodStatus to the request. */
const SYNC_MS = 3;

/** How often all that is reported is looked through: until then a failed update is not tried again, and what somebody else wrote stands. upstream: syncPeriod */
const PERIOD_MS = 10_000;

export const STALLED = 'status-manager-stalled';

type Condition = NonNullable<PodStatus['conditions']>[number];

type Fields = Readonly<Record<string, Json | undefined>>;

/** The server writes some of what says nothing, and drops some. */
function saysNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  for (const key in value) if (!saysNothing((value as Fields)[key])) return false;
  return true;
}

/** Conditions are a set: in order of their types. */
const inOrder = (list: readonly Json[]): readonly Json[] =>
  list.every(item => (item as Fields | null)?.['type'])
    ? [...list].sort((a, b) => byText(String((a as Fields)['type']), String((b as Fields)['type'])))
    : list;

/** Whether two fields of a status say the same. */
function saysSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (saysNothing(a) || saysNothing(b)) return saysNothing(a) && saysNothing(b);
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    const [x, y] = [inOrder(a), inOrder(b)];
    return x.every((item, i) => saysSame(item, y[i]));
  }
  if (typeof a !== 'object' || typeof b !== 'object' || Array.isArray(a) || Array.isArray(b)) return false;
  const [x, y] = [a as Fields, b as Fields];
  for (const key in x) if (!saysSame(x[key], y[key])) return false;
  for (const key in y) if (x[key] === undefined && !saysNothing(y[key])) return false;
  return true;
}

/** Conditions with the time of their last change, and the generation that was looked at. */
function withTimes(conditions: readonly Condition[], old: readonly Condition[], pod: Pod, now: string): Condition[] {
  return conditions.map(condition => {
    const before = old.find(c => c.type === condition.type);
    const lastTransitionTime = before && before.status === condition.status ? (before.lastTransitionTime ?? now) : now;
    if (!kubeletConditions.includes(condition.type)) return copyWith(condition, {lastTransitionTime});
    return copyWith(condition, {
      lastProbeTime: null,
      lastTransitionTime,
      ...(pod.metadata.generation && {observedGeneration: pod.metadata.generation}),
    }) as unknown as Condition;
  });
}

/** Takes a new status. The worker comes back with it; the API server hears of it soon. */
export function setPodStatus({ctx}: Kubelet, worker: PodWorker, pod: Pod, status: PodStatus): PodWorker {
  const old = worker.status ?? pod.status ?? {};
  const next: PodStatus = copyWith(status, {
    ...(pod.metadata.generation && {observedGeneration: pod.metadata.generation}),
    startTime: old.startTime ?? ctx.time(),
    conditions: withTimes(status.conditions ?? [], old.conditions ?? [], pod, ctx.time()),
  });
  if (worker.status && equalJson(worker.status, next)) return worker;
  schedule(ctx, worker.uid);
  return {...worker, status: next, statusVersion: worker.statusVersion + 1};
}

const schedule = (ctx: ComponentContext, uid: string): void => ctx.after(SYNC_MS, TIMER, uid, {key: uid});

/** The containers of a pod are gone for good: its status is final, and an object that was waiting for that may go. */
export const terminatePod = (kubelet: Kubelet, worker: PodWorker): PodWorker => {
  schedule(kubelet.ctx, worker.uid);
  return {...worker, statusVersion: worker.statusVersion + 1};
};

/** What the API server is to hold: foreign conditions stay, and no end is reported while something may still run. upstream: mergePodStatus */
function merged(old: PodStatus, next: PodStatus, mayRun: boolean): PodStatus {
  const foreign = (old.conditions ?? []).filter(c => !kubeletConditions.includes(c.type) && !next.conditions?.some(n => n.type === c.type));
  const own = (next.conditions ?? []).filter(
    c => kubeletConditions.includes(c.type) || c.type === 'DisruptionTarget' || old.conditions?.some(o => o.type === c.type),
  );
  const status: PodStatus = copyWith(next, {conditions: [...foreign, ...own]});
  if (!isPodPhaseTerminal(next.phase) || isPodPhaseTerminal(old.phase) || !mayRun) return status;
  const {reason: _reason, message: _message, ...held} = status;
  return {...held, phase: old.phase, ...(old.reason && {reason: old.reason}), ...(old.message && {message: old.message})};
}

/** Lists that a patch merges by a key keep what an item no longer says, unless it says null. */
function withNulls(before: readonly core.PodCondition[] | undefined, after: readonly core.PodCondition[]): Json {
  return after.map(condition => {
    const old = before?.find(c => c.type === condition.type);
    const gone = (['reason', 'message'] as const).filter(field => old?.[field] && !condition[field]);
    return {...condition, ...Object.fromEntries(gone.map(field => [field, null]))} as unknown as Json;
  });
}

/** The fields of the status that differ, as a strategic merge patch; undefined: none. */
function patchOf(old: PodStatus, next: PodStatus): Record<string, Json> | undefined {
  const patch: Record<string, Json> = {};
  const before = old as Record<string, Json>;
  const after = next as Record<string, Json>;
  for (const key of Object.keys(after)) if (!saysSame(before[key], after[key])) patch[key] = listPatch(key, before[key], after[key]!);
  if (patch['conditions']) patch['conditions'] = withNulls(old.conditions, next.conditions!);
  for (const key of ['reason', 'message', 'podIP', 'podIPs']) if (before[key] !== undefined && after[key] === undefined) patch[key] = null;
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** The lists of a status that a strategic merge joins by a key: what is no longer in them must be taken out by name. */
const MERGE_KEYS: Readonly<Record<string, string>> = {conditions: 'type', podIPs: 'ip', hostIPs: 'ip'};

function listPatch(field: string, before: Json | undefined, after: Json): Json {
  const key = MERGE_KEYS[field];
  if (!key || !Array.isArray(before) || !Array.isArray(after)) return after;
  const nameOf = (item: Json): Json | undefined => (item as Record<string, Json>)[key];
  const gone = before.filter(old => !after.some(item => nameOf(item) === nameOf(old)));
  return [...after, ...gone.map(old => ({$patch: 'delete', [key]: nameOf(old)}))];
}

/** The object that shows the pod's status: itself, or the mirror of a static pod. */
function reportedPod({ctx}: Kubelet, worker: PodWorker): Stored<Pod> | undefined {
  const pod = ctx.lister<Pod>('pods').get(worker.namespace, worker.name);
  const uid = worker.source === 'api' ? pod?.metadata.uid : pod?.metadata.annotations?.[MIRROR_POD_ANNOTATION];
  return uid === worker.uid ? pod : undefined;
}

/** A mirror pod has come to be: it shows what is known of its static pod. */
export const reportTo = (ctx: ComponentContext, staticPodUid: string): void => schedule(ctx, staticPodUid);

/**
 * Somebody else wrote the status (the node controller calls pods of a silent node not ready): what is known here is sent again, in the next round and not
 * at once: the two would answer each other for as long as they disagree. upstream: needsReconcile
 */
export function reconcileStatus(ctx: ComponentContext, worker: PodWorker, pod: Pod): void {
  if (!worker.status || worker.sentVersion < worker.statusVersion) return;
  const gone = worker.state === 'finished';
  if (patchOf(pod.status ?? {}, merged(pod.status ?? {}, worker.status, !gone && mayRun(worker))))
    ctx.after(PERIOD_MS, TIMER, worker.uid, {key: worker.uid});
}

/** Brings one pod's status to the API server; deletes the object when everything of the pod is gone. */
export function syncStatus(kubelet: Kubelet, uid: string): void {
  const {ctx} = kubelet;
  const worker = findWorker(ctx, uid);
  if (!worker?.status || isStalled(ctx)) return;
  const {namespace, name} = worker;
  const pod = reportedPod(kubelet, worker);
  if (!pod) return;
  const gone = worker.state === 'finished';
  try {
    const status = merged(pod.status ?? {}, worker.status, !gone && mayRun(worker));
    const patch = patchOf(pod.status ?? {}, status);
    if (patch) {
      ctx.client.patch('pods', namespace, name, 'strategic', {metadata: {uid: pod.metadata.uid}, status: patch} as Json, {
        subresource: 'status',
      });
      if (ctx.tx.noting) ctx.trace('Status', subjectOf(worker), `phase ${status.phase}: ${Object.keys(patch).join(', ')}`);
    }
    saveWorker(ctx, {...worker, sentVersion: worker.statusVersion});
    if (gone && worker.source === 'api' && pod.metadata.deletionTimestamp) {
      ctx.trace('Status', subjectOf(worker), 'everything of the pod is gone: its object may go too');
      ctx.client.delete('pods', namespace, name, {gracePeriodSeconds: 0, preconditions: {uid}});
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 404) return;
    ctx.trace('Status', subjectOf(worker), `update failed: ${error.message}`);
    ctx.after(PERIOD_MS, TIMER, uid, {key: uid, periodic: true});
  }
}

/** A pod that was admitted and not yet ended may have running containers. */
const mayRun = (worker: PodWorker): boolean => worker.admitted && (worker.state === 'syncing' || worker.state === 'terminating');

const isStalled = (ctx: ComponentContext): boolean => ctx.memory.get(CONTROLS, STALLED) !== undefined;

/** Holds back all status updates of a node, or lets them go. */
export function stallStatusManager(kubelet: Kubelet, stalled: boolean): void {
  const {ctx} = kubelet;
  if (stalled) {
    ctx.memory.put(CONTROLS, STALLED, {since: ctx.now});
    return;
  }
  ctx.memory.delete(CONTROLS, STALLED);
  for (const [, worker] of ctx.memory.list<PodWorker>('worker')) if (worker.statusVersion > worker.sentVersion) schedule(ctx, worker.uid);
}

export const statusTimer = TIMER;
