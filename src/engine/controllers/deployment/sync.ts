/** The replica sets of a deployment, the new one found or made, and the deployment's status. upstream: pkg/controller/deployment/sync.go */

import {timeOf} from '../../api/clock.ts';
import {equalJson} from '../../api/clone.ts';
import {findCondition} from '../../api/conditions.ts';
import {MAX_INT32} from '../../api/int32.ts';
import {controllerOf, newControllerRef} from '../../api/owner.ts';
import {ApiError, type Deployment, type ReplicaSet, type Stored} from '../../api/types.ts';
import {DEPLOYMENT_REVISION_ANNOTATION, POD_TEMPLATE_HASH_LABEL} from '../../api/well-known.ts';
import type {ComponentContext} from '../../client/types.ts';
import {withCondition} from '../common/conditions.ts';
import {isAlreadyExists, isNotFound, messageOf} from '../common/errors.ts';
import {computeHash} from '../common/hash.ts';
import {isNamespaceTerminating} from '../common/pod-control.ts';
import {tell} from '../common/tell.ts';
import {desiredReplicas, maxSurge} from './fenceposts.ts';
import {equalIgnoringHash, findNewReplicaSet, findOldReplicaSets, replicasOf} from './replica-sets.ts';
import {maxRevision, newReplicaSetAnnotations, replicasAnnotationsNeedUpdate, revisionOf, withReplicasAnnotations} from './revisions.ts';
import {newReplicaSetSize, type Scaling} from './scaling.ts';
import {
  calculateRolloutStatus,
  calculateStatus,
  type DeploymentStatus,
  deploymentComplete,
  FOUND_NEW_REPLICA_SET,
  hasProgressDeadline,
  NEW_REPLICA_SET_CREATED,
  newCondition,
  PROGRESS_DEADLINE_EXCEEDED,
  REPLICA_SET_CREATE_ERROR,
} from './status.ts';

const SCALING_REPLICA_SET = 'ScalingReplicaSet';

/** One turn of the loop. The deployment is a copy that steps of the turn change; its resource version stays the cache's, so a second write may conflict. */
export interface Sync {
  readonly ctx: ComponentContext;
  readonly deployment: Stored<Deployment>;
  readonly replicaSets: readonly Stored<ReplicaSet>[];
}

export interface ReplicaSets {
  newSet: Stored<ReplicaSet> | undefined;
  oldSets: Stored<ReplicaSet>[];
}

/** The old ones and the new. */
export const allOf = ({newSet, oldSets}: ReplicaSets): Stored<ReplicaSet>[] => [...oldSets, ...(newSet ? [newSet] : [])];

/** Tells new from old; gives the new one its revision and the deployment the same. With `create`, makes the new one where there is none. */
export function syncRevision(sync: Sync, create: boolean): ReplicaSets {
  const existing = findNewReplicaSet(sync.deployment, sync.replicaSets);
  const oldSets = findOldReplicaSets(sync.replicaSets, existing);
  const revision = maxRevision(oldSets) + 1;
  if (existing) return {newSet: adoptRevision(sync, existing, revision), oldSets};
  return {newSet: create ? createNewReplicaSet(sync, oldSets, revision) : undefined, oldSets};
}

function adoptRevision({ctx, deployment}: Sync, existing: Stored<ReplicaSet>, revision: number): Stored<ReplicaSet> {
  // 1. The replica set's annotations and minReadySeconds follow the deployment's.
  const annotations = newReplicaSetAnnotations(deployment, existing.metadata.annotations, revision);
  const minReadySeconds = deployment.spec!.minReadySeconds;
  if (annotations || (existing.spec!.minReadySeconds ?? 0) !== (minReadySeconds ?? 0)) {
    return ctx.client.update<ReplicaSet>('replicasets', {
      ...existing,
      metadata: {...existing.metadata, annotations: annotations ?? existing.metadata.annotations},
      spec: {...existing.spec!, minReadySeconds},
    });
  }
  // 2. The deployment's revision is its new replica set's.
  let needsUpdate = setDeploymentRevision(deployment, revisionOf(existing));
  // 3. Progress is measured from when the replica set was first seen.
  if (hasProgressDeadline(deployment) && !findCondition(deployment.status?.conditions, 'Progressing')) {
    setCondition(deployment, ctx, 'True', FOUND_NEW_REPLICA_SET, `Found new replica set "${existing.metadata.name}"`);
    needsUpdate = true;
  }
  if (needsUpdate) ctx.client.update('deployments', deployment, {subresource: 'status'});
  return existing;
}

function setDeploymentRevision(deployment: Stored<Deployment>, revision: number): boolean {
  if (deployment.metadata.annotations?.[DEPLOYMENT_REVISION_ANNOTATION] === String(revision)) return false;
  deployment.metadata.annotations = {...deployment.metadata.annotations, [DEPLOYMENT_REVISION_ANNOTATION]: String(revision)};
  return true;
}

function setCondition(deployment: Stored<Deployment>, ctx: ComponentContext, status: string, reason: string, message: string): void {
  const condition = newCondition('Progressing', status, reason, message, ctx.time());
  deployment.status = {...deployment.status, conditions: withCondition(deployment.status?.conditions, condition)};
}

function createNewReplicaSet(sync: Sync, oldSets: Stored<ReplicaSet>[], revision: number): Stored<ReplicaSet> {
  const {ctx, deployment} = sync;
  const draft = newReplicaSet(deployment, oldSets, revision);
  // 1. Create it. One of that name may be there already: in a cache that lags, or as a collision of hashes.
  let created: Stored<ReplicaSet>;
  let isNew = true;
  try {
    created = ctx.client.create<ReplicaSet>('replicasets', draft);
  } catch (error) {
    if (isAlreadyExists(error)) {
      created = resolveCollision(sync, draft, error);
      isNew = false;
    } else {
      if (error instanceof ApiError && !isNamespaceTerminating(error)) reportFailure(sync, draft, error);
      throw error;
    }
  }
  // 2. Tell.
  const name = created.metadata.name;
  tell(ctx, 'act', subjectOf(deployment), () => `created replica set ${name} for revision ${revision}, size ${replicasOf(draft)}`);
  if (isNew && replicasOf(draft) > 0)
    ctx.events.event(deployment, 'Normal', SCALING_REPLICA_SET, `Scaled up replica set ${name} from 0 to ${replicasOf(draft)}`);
  // 3. The deployment takes the revision, and its deadline starts to run.
  let needsUpdate = setDeploymentRevision(deployment, revision);
  if (isNew && hasProgressDeadline(deployment)) {
    setCondition(deployment, ctx, 'True', NEW_REPLICA_SET_CREATED, `Created new replica set "${name}"`);
    needsUpdate = true;
  }
  if (needsUpdate) ctx.client.update('deployments', deployment, {subresource: 'status'});
  return created;
}

/** The replica set for the deployment's present template, told apart from others by the hash of the template in its name, labels and selector. */
function newReplicaSet(deployment: Stored<Deployment>, oldSets: readonly ReplicaSet[], revision: number): ReplicaSet {
  const {name, namespace} = deployment.metadata;
  const {selector, template, minReadySeconds} = deployment.spec!;
  const hash = computeHash(template, deployment.status?.collisionCount);
  const labels = {...template.metadata?.labels, [POD_TEMPLATE_HASH_LABEL]: hash};
  const draft: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: withReplicasAnnotations(newReplicaSetAnnotations(deployment, undefined, revision), deployment),
      ownerReferences: [newControllerRef(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds && {minReadySeconds}),
      selector: {...selector, matchLabels: {...selector.matchLabels, [POD_TEMPLATE_HASH_LABEL]: hash}},
      template: {...template, metadata: {...template.metadata, labels}},
    },
  };
  return {...draft, spec: {...draft.spec!, replicas: newReplicaSetSize(deployment, [...oldSets, draft], draft)}};
}

/** Ours and of this template: found. Another's, or of another template: the next try hashes with a higher collision count. */
function resolveCollision({ctx, deployment}: Sync, draft: ReplicaSet, error: ApiError): Stored<ReplicaSet> {
  const existing = ctx.lister<ReplicaSet>('replicasets').get(draft.metadata.namespace!, draft.metadata.name!);
  if (!existing) throw error;
  const isOurs = controllerOf(existing)?.uid === deployment.metadata.uid;
  if (isOurs && equalIgnoringHash(deployment.spec!.template, existing.spec!.template!)) return existing;
  deployment.status = {...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1};
  ctx.client.update('deployments', deployment, {subresource: 'status'});
  throw error;
}

function reportFailure({ctx, deployment}: Sync, draft: ReplicaSet, error: ApiError): void {
  const message = `Failed to create new replica set "${draft.metadata.name}": ${messageOf(error)}`;
  if (hasProgressDeadline(deployment)) {
    setCondition(deployment, ctx, 'False', REPLICA_SET_CREATE_ERROR, message);
    ignoringRefusal(() => ctx.client.update('deployments', deployment, {subresource: 'status'}));
  }
  ctx.events.event(deployment, 'Warning', REPLICA_SET_CREATE_ERROR, message);
}

/** The reason why we are here is worth more than a failure to write it down. */
function ignoringRefusal(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** Carries a plan out. Returns whether any size changed: sizes that stay may still need their annotations. */
export function carryOut({ctx, deployment}: Sync, sets: readonly Stored<ReplicaSet>[], plan: readonly Scaling[]): boolean {
  const current = new Map(sets.map(rs => [rs.metadata.name, rs]));
  let scaled = false;
  for (const {name, replicas} of plan) {
    const rs = current.get(name)!;
    const before = replicasOf(rs);
    const desired = desiredReplicas(deployment);
    if (before === replicas && !replicasAnnotationsNeedUpdate(rs, desired, desired + maxSurge(deployment))) continue;
    const annotations = withReplicasAnnotations(rs.metadata.annotations, deployment);
    current.set(
      name,
      ctx.client.update<ReplicaSet>('replicasets', {...rs, metadata: {...rs.metadata, annotations}, spec: {...rs.spec!, replicas}}),
    );
    if (before === replicas) continue;
    scaled = true;
    const message = `Scaled ${before < replicas ? 'up' : 'down'} replica set ${name} from ${before} to ${replicas}`;
    tell(ctx, 'act', subjectOf(deployment), () => message);
    ctx.events.event(deployment, 'Normal', SCALING_REPLICA_SET, message);
  }
  return scaled;
}

/** Deletes old, empty replica sets beyond the history limit, lowest revision first. */
export function cleanupDeployment({ctx, deployment}: Sync, oldSets: readonly Stored<ReplicaSet>[]): void {
  const limit = deployment.spec!.revisionHistoryLimit;
  if (limit === undefined || limit === MAX_INT32) return;
  const cleanable = oldSets.filter(rs => !rs.metadata.deletionTimestamp).sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const rs of cleanable.slice(0, Math.max(0, cleanable.length - limit))) {
    const isBehind = (rs.metadata.generation ?? 0) > (rs.status?.observedGeneration ?? 0);
    if ((rs.status?.replicas ?? 0) !== 0 || replicasOf(rs) !== 0 || isBehind) continue;
    try {
      ctx.client.delete('replicasets', rs.metadata.namespace!, rs.metadata.name);
      tell(ctx, 'act', subjectOf(deployment), () => `deleted old replica set ${rs.metadata.name}: history limit ${limit}`);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** Counts only: for a deployment that is paused, being scaled or deleted. */
export function updateStatus(sync: Sync, sets: ReplicaSets): void {
  const {ctx, deployment} = sync;
  writeStatus(sync, calculateStatus(deployment, allOf(sets), sets.newSet, ctx.time()));
}

/** Counts and progress; a rollout that stands still is looked at again when its deadline is over. */
export function updateRolloutStatus(sync: Sync, sets: ReplicaSets): void {
  const {ctx, deployment} = sync;
  const status = calculateRolloutStatus(deployment, allOf(sets), sets.newSet, {time: ctx.time(), now: ctx.now});
  if (!writeStatus(sync, status)) requeueStuckDeployment(sync, status);
}

function writeStatus({ctx, deployment}: Sync, status: DeploymentStatus): boolean {
  if (equalJson(deployment.status ?? {}, status)) return false;
  ctx.client.update('deployments', {...deployment, status}, {subresource: 'status'});
  return true;
}

/**
 * A rollout that once completed never times out (deploymentTimedOut), yet is not complete while a pod is missing: past its deadline it comes back again and
 * again, as upstream's does. Each turn succeeds and forgets its failures, so that what slows it down is the queue's bucket: ten times a second.
 */
function requeueStuckDeployment({ctx, deployment}: Sync, status: DeploymentStatus): void {
  const current = findCondition(deployment.status?.conditions, 'Progressing');
  if (!hasProgressDeadline(deployment) || !current) return;
  if (deploymentComplete(deployment, status) || current.reason === PROGRESS_DEADLINE_EXCEEDED) return;
  const key = `${deployment.metadata.namespace}/${deployment.metadata.name}`;
  const left = timeOf(current.lastUpdateTime) + deployment.spec!.progressDeadlineSeconds! * 1000 - ctx.now;
  if (left < 1000) ctx.queue.addRateLimited(key);
  else ctx.queue.addAfter(key, left + 1000);
}

/** As a trace names it. */
export const subjectOf = (deployment: Deployment): string => `deployment/${deployment.metadata.namespace}/${deployment.metadata.name}`;
