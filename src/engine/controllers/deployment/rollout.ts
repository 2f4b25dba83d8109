/** From the old replica sets to the new. upstream: pkg/controller/deployment/{rolling,recreate,sync}.go */

import {isPodTerminal} from '../../api/pods.ts';
import type {Pod} from '../../api/types.ts';
import {tell} from '../common/tell.ts';
import {desiredReplicas} from './fenceposts.ts';
import {actualReplicaCount, isActive, replicasOf} from './replica-sets.ts';
import {reconcileNewReplicaSet, reconcileOldReplicaSets, scale} from './scaling.ts';
import {deploymentComplete} from './status.ts';
import {
  allOf,
  carryOut,
  cleanupDeployment,
  type ReplicaSets,
  type Sync,
  subjectOf,
  syncRevision,
  updateRolloutStatus,
  updateStatus,
} from './sync.ts';

/** One step a turn: up with the new if there is room, else down with the old if enough are available. */
export function rolloutRolling(sync: Sync): void {
  const {ctx, deployment} = sync;
  const sets = syncRevision(sync, true);
  const [all, newSet] = [allOf(sets), sets.newSet!];
  // 1. Scale up, if we can.
  const up = reconcileNewReplicaSet(deployment, all, newSet);
  if (up) tell(ctx, 'difference', subjectOf(deployment), () => `room for ${up.replicas - replicasOf(newSet)} more of the new template`);
  let moved = carryOut(sync, all, up ? [up] : []);
  // 2. Else scale down, if we can.
  if (!moved) {
    const down = reconcileOldReplicaSets(deployment, all, sets.oldSets.filter(isActive), newSet);
    if (down.length > 0) tell(ctx, 'difference', subjectOf(deployment), () => 'old pods can go without too few being available');
    moved = carryOut(sync, all, down);
  }
  // 3. Nothing left to move: tidy up, if it is done.
  if (!moved) cleanupWhenComplete(sync, sets);
  updateRolloutStatus(sync, sets);
}

/** All old pods go before the first new one comes. */
export function rolloutRecreate(sync: Sync): void {
  let sets = syncRevision(sync, false);
  // 1. Scale the old replica sets to nothing, and wait until their pods are gone.
  const down = sets.oldSets.filter(isActive).map(rs => ({name: rs.metadata.name, replicas: 0}));
  if (!carryOut(sync, allOf(sets), down) && !oldPodsRunning(sync, sets)) {
    // 2. Now the new one.
    if (!sets.newSet) sets = syncRevision(sync, true);
    const newSet = sets.newSet!;
    const desired = desiredReplicas(sync.deployment);
    if (replicasOf(newSet) !== desired) carryOut(sync, [newSet], [{name: newSet.metadata.name, replicas: desired}]);
    cleanupWhenComplete(sync, sets);
  }
  updateRolloutStatus(sync, sets);
}

function cleanupWhenComplete(sync: Sync, {oldSets}: ReplicaSets): void {
  if (deploymentComplete(sync.deployment, sync.deployment.status)) cleanupDeployment(sync, oldSets);
}

function oldPodsRunning({ctx, replicaSets}: Sync, {newSet, oldSets}: ReplicaSets): boolean {
  if (actualReplicaCount(oldSets) > 0) return true;
  return replicaSets
    .filter(rs => rs.metadata.uid !== newSet?.metadata.uid)
    .some(rs =>
      ctx
        .lister<Pod>('pods')
        .by('owner', rs.metadata.uid)
        .some(pod => !isPodTerminal(pod)),
    );
}

/** Sizes only: the deployment was scaled, or is paused. */
export function scaleAll(sync: Sync): void {
  const sets = syncRevision(sync, false);
  carryOut(sync, allOf(sets), scale(sync.deployment, sets.newSet, sets.oldSets));
  if (sync.deployment.spec!.paused) cleanupDeployment(sync, sets.oldSets);
  updateStatus(sync, sets);
}
