/** A deployment keeps replica sets, one a template, and moves pods from the old to the new. upstream: pkg/controller/deployment/deployment_controller.go */

import {cloneJson} from '../../api/clone.ts';
import {findCondition} from '../../api/conditions.ts';
import {matches, selectorFrom} from '../../api/labels.ts';
import {controllerOf} from '../../api/owner.ts';
import type {Deployment, KubeObject, Pod, ReplicaSet, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {claim} from '../common/claim.ts';
import {withCondition} from '../common/conditions.ts';
import {controller} from '../common/controller.ts';
import {tell} from '../common/tell.ts';
import {desiredReplicas} from './fenceposts.ts';
import {isActive} from './replica-sets.ts';
import {desiredReplicasAnnotation} from './revisions.ts';
import {rollback, rollbackTarget} from './rollback.ts';
import {rolloutRecreate, rolloutRolling, scaleAll} from './rollout.ts';
import {DEPLOYMENT_PAUSED, DEPLOYMENT_RESUMED, hasProgressDeadline, newCondition, PROGRESS_DEADLINE_EXCEEDED} from './status.ts';
import {type Sync, syncRevision, updateStatus} from './sync.ts';

export const deploymentController = controller({
  name: 'deployment-controller',
  watches: [
    {resource: 'deployments', on: (ctx, {object}) => ctx.queue.add(keyOf(object))},
    {resource: 'replicasets', on: onReplicaSet},
    {resource: 'pods', on: onPod},
  ],
  reconcile,
});

function onReplicaSet(ctx: ComponentContext, event: WatchEvent): void {
  const {object, old, type} = event;
  const [ref, oldRef] = [controllerOf(object), old && controllerOf(old)];
  if (old && oldRef && oldRef.uid !== ref?.uid) enqueueOwner(ctx, old);
  if (ref) enqueueOwner(ctx, object);
  else if (type !== 'DELETED')
    for (const deployment of ctx.lister<Deployment>('deployments').list(object.metadata.namespace))
      if (!selectsAll(deployment) && matches(selectorFrom(deployment.spec?.selector), object.metadata.labels))
        ctx.queue.add(keyOf(deployment));
}

function enqueueOwner(ctx: ComponentContext, replicaSet: KubeObject): void {
  const deployment = ownerOf(ctx, replicaSet);
  if (deployment) ctx.queue.add(keyOf(deployment));
}

function ownerOf(ctx: ComponentContext, object: KubeObject): Stored<Deployment> | undefined {
  const ref = controllerOf(object);
  if (ref?.kind !== 'Deployment') return undefined;
  const deployment = ctx.lister<Deployment>('deployments').get(object.metadata.namespace ?? '', ref.name);
  return deployment?.metadata.uid === ref.uid ? deployment : undefined;
}

/** Only Recreate waits for pods: for the last one to be gone. */
function onPod(ctx: ComponentContext, {type, object}: WatchEvent): void {
  if (type !== 'DELETED') return;
  const ref = controllerOf(object);
  if (ref?.kind !== 'ReplicaSet') return;
  const replicaSet = ctx.lister<ReplicaSet>('replicasets').get(object.metadata.namespace ?? '', ref.name);
  const deployment = replicaSet && ownerOf(ctx, replicaSet);
  if (deployment?.spec?.strategy?.type !== 'Recreate') return;
  const sets = ctx.lister<ReplicaSet>('replicasets').by('owner', deployment.metadata.uid);
  if (sets.every(rs => ctx.lister<Pod>('pods').by('owner', rs.metadata.uid).length === 0)) ctx.queue.add(keyOf(deployment));
}

function reconcile(ctx: ComponentContext, key: string): void {
  const [namespace, name] = splitKey(key);
  const stored = ctx.lister<Deployment>('deployments').get(namespace, name);
  if (!stored) return;
  const deployment = cloneJson(stored);
  // 1. A selector that matches everything would adopt everything.
  if (selectsAll(deployment)) {
    refuseToSelectAll(ctx, deployment);
    return;
  }
  // 2. Its replica sets: those it owns, and orphans it may adopt.
  const lister = ctx.lister<ReplicaSet>('replicasets');
  const candidates = [...lister.by('owner', deployment.metadata.uid), ...lister.by('orphan', namespace)];
  const replicaSets = claim(
    ctx,
    {owner: deployment, ownerResource: 'deployments', selector: selectorFrom(deployment.spec!.selector)},
    'replicasets',
    candidates,
  );
  const sync: Sync = {ctx, deployment, replicaSets};
  tell(ctx, 'observe', `deployment/${key}`, () => describe(sync));
  // 3. What this turn is for.
  turnOf(sync)(sync);
}

function turnOf(sync: Sync): (sync: Sync) => void {
  const {deployment} = sync;
  // 1. On its way out: only count.
  if (deployment.metadata.deletionTimestamp) return countOnly;
  // 2. Paused: scale, but do not roll out. The time of a pause does not count against the deadline.
  checkPausedConditions(sync);
  if (deployment.spec!.paused) return scaleAll;
  // 3. An old client asks for a rollback.
  if (rollbackTarget(deployment) !== undefined) return rollback;
  // 4. A change of size is not a rollout.
  if (isScalingEvent(sync)) return scaleAll;
  // 5. Roll out.
  return deployment.spec!.strategy?.type === 'Recreate' ? rolloutRecreate : rolloutRolling;
}

const countOnly = (sync: Sync): void => updateStatus(sync, syncRevision(sync, false));

const describe = ({deployment, replicaSets}: Sync): string =>
  `wants ${desiredReplicas(deployment)}; ${
    replicaSets.map(rs => `${rs.metadata.name} has ${rs.status?.replicas ?? 0} of ${rs.spec?.replicas}`).join(', ') || 'no replica set yet'
  }`;

const selectsAll = (deployment: Deployment): boolean => selectorFrom(deployment.spec?.selector).requirements.length === 0;

function refuseToSelectAll(ctx: ComponentContext, deployment: Stored<Deployment>): void {
  ctx.events.event(deployment, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.');
  if ((deployment.status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)) return;
  deployment.status = {...deployment.status, observedGeneration: deployment.metadata.generation};
  ctx.client.update('deployments', deployment, {subresource: 'status'});
}

function checkPausedConditions({ctx, deployment}: Sync): void {
  if (!hasProgressDeadline(deployment)) return;
  const progressing = findCondition(deployment.status?.conditions, 'Progressing');
  if (progressing?.reason === PROGRESS_DEADLINE_EXCEEDED) return;
  const told = progressing?.reason === DEPLOYMENT_PAUSED;
  const paused = Boolean(deployment.spec!.paused);
  if (paused === told) return;
  const [reason, message] = paused ? [DEPLOYMENT_PAUSED, 'Deployment is paused'] : [DEPLOYMENT_RESUMED, 'Deployment is resumed'];
  const condition = newCondition('Progressing', 'Unknown', reason, message, ctx.time());
  deployment.status = {...deployment.status, conditions: withCondition(deployment.status?.conditions, condition)};
  ctx.client.update('deployments', deployment, {subresource: 'status'});
}

/** An active replica set remembers another size of the deployment than it has now. */
function isScalingEvent(sync: Sync): boolean {
  const {newSet, oldSets} = syncRevision(sync, false);
  return [...oldSets, ...(newSet ? [newSet] : [])].filter(isActive).some(rs => {
    const desired = desiredReplicasAnnotation(rs);
    return desired !== undefined && desired !== desiredReplicas(sync.deployment);
  });
}
