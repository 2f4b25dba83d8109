/** upstream: pkg/registry/core/pod/storage/eviction.go */

import {timeText} from '../../api/clock.ts';
import {cloneJson} from '../../api/clone.ts';
import {type Condition, findCondition, NO_TIME, setCondition} from '../../api/conditions.ts';
import {matches, selectorFrom} from '../../api/labels.ts';
import {isPodReady} from '../../api/pods.ts';
import * as status from '../../api/status.ts';
import type {ApiError, KubeObject, Pod, PodDisruptionBudget} from '../../api/types.ts';
import {admitSubresource} from '../admit.ts';
import {parseBody} from '../body.ts';
import {collection} from '../collections.ts';
import {mustRead, type StoredObject, storeUpdate} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {resourceNamed} from '../resources.ts';
import {answer} from '../verbs/answer.ts';
import {type DeleteOptions, mustBeMeant, removeObject} from '../verbs/delete.ts';

type Budget = PodDisruptionBudget & StoredObject;

const EVICTED = 'EvictionByEvictionAPI';
/** A budget that waits for more pods than this to go has a controller that does not keep up. */
const MAX_DISRUPTED_PODS = 2000;

/** Deletes a pod unless a PodDisruptionBudget needs it. Throws ApiError 403, 409, 429, 500. */
export function evict(walk: Walk): ApiResponse {
  const {tx, info, kind} = walk;
  const body = admitSubresource(walk, (parseBody(walk, 'Eviction') ?? {metadata: {}}) as KubeObject & {deleteOptions?: DeleteOptions});
  if ((body.metadata?.name ?? '') !== info.name) throw status.badRequest('name in URL does not match name in Eviction object');
  const pod = mustRead(tx, kind, info.namespace, info.name) as Pod & StoredObject;
  const dryRun = parameter(walk.request, 'dryRun') !== '' || Boolean(body.deleteOptions?.dryRun?.length);
  const free =
    pod.status?.phase === 'Succeeded' ||
    pod.status?.phase === 'Failed' ||
    pod.status?.phase === 'Pending' ||
    Boolean(pod.metadata.deletionTimestamp);
  if (!free) askBudget(walk, pod, dryRun);
  const current = mustRead(tx, kind, info.namespace, info.name) as Pod & StoredObject;
  const options = {...body.deleteOptions, ...(dryRun && {dryRun: ['All']})};
  mustBeMeant(kind, current, options);
  const marked = dryRun ? current : disruptionTarget(walk, current);
  removeObject({...walk, info: {...info, subresource: ''}}, marked, meaning(options, marked));
  return answer(walk, 201, {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201});
}

/** The mark on the pod makes a new version of it: that is the one now meant. */
const meaning = (options: DeleteOptions, {metadata}: StoredObject): DeleteOptions =>
  options.preconditions?.resourceVersion
    ? {...options, preconditions: {...options.preconditions, resourceVersion: metadata.resourceVersion}}
    : options;

/** Takes one disruption from the budget that covers the pod. Throws ApiError 403, 429, 500. */
function askBudget(walk: Walk, pod: Pod & StoredObject, dryRun: boolean): void {
  const {tx, info} = walk;
  const budgets = collection<Budget>(tx, `/registry/poddisruptionbudgets/${info.namespace}/`).filter(
    b => b.spec?.selector && matches(selectorFrom(b.spec.selector), pod.metadata.labels),
  );
  if (budgets.length > 1)
    throw status.plainError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  const [budget] = budgets;
  if (!budget || isUnhealthyAnyway(pod, budget)) return;
  const refusal = refusalOf(budget);
  if (refusal) throw refusal;
  if (!dryRun) storeUpdate(walk, resourceNamed(tx, 'poddisruptionbudgets'), disrupted(budget, pod, timeText(tx.now)), budget, false);
}

/** A pod that is not ready does not count for the budget; it may go while enough others are. */
function isUnhealthyAnyway(pod: Pod, {spec, status: now}: PodDisruptionBudget): boolean {
  if (isPodReady(pod)) return false;
  const desired = now?.desiredHealthy ?? 0;
  return spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (desired > 0 && (now?.currentHealthy ?? 0) >= desired);
}

/** Why the budget allows no disruption now: 403, 429; undefined where it does. */
export function refusalOf({metadata: {name, generation = 0}, status: now}: PodDisruptionBudget): ApiError | undefined {
  const allowed = now?.disruptionsAllowed ?? 0;
  const forbidden = (why: string): ApiError => status.forbidden({group: 'policy', resource: 'poddisruptionbudget'}, name!, why);
  if ((now?.observedGeneration ?? 0) < generation) return status.evictionBlockedByProcessing(name!);
  if (allowed < 0) return forbidden('pdb disruptions allowed is negative');
  if (Object.keys(now?.disruptedPods ?? {}).length > MAX_DISRUPTED_PODS)
    return forbidden('DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  return allowed === 0 ? status.evictionBlockedByBudget(name!, whyNone(now)) : undefined;
}

/** What a budget that allows nothing has to say. Its counts are not to be trusted where they could not be worked out. */
function whyNone(now: PodDisruptionBudget['status']): string {
  const [desired, current] = [now?.desiredHealthy ?? 0, now?.currentHealthy ?? 0];
  const condition = findCondition(now?.conditions, 'DisruptionAllowed');
  const message = condition?.status === 'False' ? condition.message : '';
  if (message && condition?.reason === 'SyncFailed') return `does not allow evicting pods currently because it failed sync: ${message}`;
  if (current <= desired) return `needs ${desired} healthy pods and has ${current} currently`;
  return message ? `does not allow evicting pods currently (${condition?.reason}): ${message}` : 'does not allow evicting pods currently';
}

/** The budget with one disruption less, and the pod entered among those that are about to go. */
function disrupted(budget: Budget, pod: StoredObject, now: string): Budget {
  const before = budget.status!;
  const disruptionsAllowed = before.disruptionsAllowed - 1;
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'InsufficientPods',
    message: '',
    observedGeneration: before.observedGeneration ?? 0,
  };
  const after = {
    ...before,
    disruptionsAllowed,
    ...(disruptionsAllowed === 0 && {conditions: setCondition<Condition>(before.conditions, condition, now)}),
    disruptedPods: {...before.disruptedPods, [pod.metadata.name]: now},
  };
  return {...budget, status: after} as Budget;
}

function disruptionTarget(walk: Walk, pod: Pod & StoredObject): StoredObject {
  const after = cloneJson(pod) as Pod & StoredObject;
  const condition = {type: 'DisruptionTarget', status: 'True', reason: EVICTED, message: 'Eviction API: evicting', lastProbeTime: NO_TIME};
  after.status = {...after.status, conditions: setCondition(after.status?.conditions, condition, timeText(walk.tx.now))};
  return storeUpdate(walk, walk.kind, after, pod, false);
}
