/** upstream: pkg/registry/core/pod/storage/eviction.go */

import {timeText} from '../../api/clock.ts';
import {cloneJson} from '../../api/clone.ts';
import {findCondition, NO_TIME, setCondition} from '../../api/conditions.ts';
import {matches, selectorFrom} from '../../api/labels.ts';
import {isPodReady} from '../../api/pods.ts';
import * as status from '../../api/status.ts';
import type {KubeObject, Pod, policy} from '../../api/types.ts';
import {admitSubresource} from '../admit.ts';
import {parseBody} from '../body.ts';
import {collection} from '../collections.ts';
import {mustRead, type StoredObject, storeUpdate} from '../registry.ts';
import {type ApiResponse, parameter, type Walk} from '../request.ts';
import {resourceNamed} from '../resources.ts';
import {answer} from '../verbs/answer.ts';
import {type DeleteOptions, removeObject} from '../verbs/delete.ts';

type Budget = policy.PodDisruptionBudget & StoredObject;

const EVICTED = 'EvictionByEvictionAPI';

/** Deletes a pod unless a PodDisruptionBudget needs it. Throws ApiError 429, 500. */
export function evict(walk: Walk): ApiResponse {
  const {tx, info, kind} = walk;
  const body = admitSubresource(walk, (parseBody(walk) ?? {metadata: {}}) as KubeObject & {deleteOptions?: DeleteOptions});
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
  const marked = dryRun ? current : disruptionTarget(walk, current);
  removeObject({...walk, info: {...info, subresource: ''}}, marked, {...body.deleteOptions, ...(dryRun && {dryRun: ['All']})});
  return answer(walk, 201, {kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201});
}

/** Takes one disruption from the budget that covers the pod. No budget covers a pod without labels. */
function askBudget(walk: Walk, pod: Pod & StoredObject, dryRun: boolean): void {
  const {tx, info} = walk;
  if (Object.keys(pod.metadata.labels ?? {}).length === 0) return;
  const budgets = collection<Budget>(tx, `/registry/poddisruptionbudgets/${info.namespace}/`).filter(
    b => b.spec?.selector && matches(selectorFrom(b.spec.selector), pod.metadata.labels),
  );
  if (budgets.length > 1)
    throw status.plainError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  const [budget] = budgets;
  if (!budget) return;
  const now = budget.status;
  if (
    !isPodReady(pod) &&
    (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
      ((now?.currentHealthy ?? 0) >= (now?.desiredHealthy ?? 0) && (now?.desiredHealthy ?? 0) > 0))
  )
    return;
  const {name} = budget.metadata;
  if ((now?.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) throw status.evictionBlockedByProcessing(name);
  if ((now?.disruptionsAllowed ?? 0) <= 0) {
    const allowed = findCondition(now?.conditions, 'DisruptionAllowed');
    if (allowed?.status === 'False' && allowed.reason === 'SyncFailed')
      throw status.evictionBlockedByFailedSync(name, allowed.message ?? '');
    throw status.evictionBlockedByBudget(name, now?.desiredHealthy ?? 0, now?.currentHealthy ?? 0);
  }
  if (dryRun) return;
  const after = cloneJson(budget) as Budget;
  const changed = after.status as {disruptionsAllowed: number; disruptedPods?: Record<string, string>};
  changed.disruptionsAllowed--;
  (changed.disruptedPods ??= {})[pod.metadata.name] = timeText(tx.now);
  storeUpdate(walk, resourceNamed(tx, 'poddisruptionbudgets'), after, budget, false);
}

function disruptionTarget(walk: Walk, pod: Pod & StoredObject): StoredObject {
  const after = cloneJson(pod) as Pod & StoredObject;
  const condition = {type: 'DisruptionTarget', status: 'True', reason: EVICTED, message: 'Eviction API: evicting', lastProbeTime: NO_TIME};
  after.status = {...after.status, conditions: setCondition(after.status?.conditions, condition, timeText(walk.tx.now))};
  return storeUpdate(walk, walk.kind, after, pod, false);
}
