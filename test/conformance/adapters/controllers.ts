import {EPOCH, timeOf} from '../../../src/engine/api/clock.ts';
import {removeCondition} from '../../../src/engine/api/conditions.ts';
import type {Pod, ReplicaSet} from '../../../src/engine/api/types.ts';
import {withCondition} from '../../../src/engine/controllers/common/conditions.ts';
import {compareActivePods, compareActivePodsWithRanks} from '../../../src/engine/controllers/common/deletion-ranking.ts';
import {goOn, slowStart} from '../../../src/engine/controllers/common/slow-start.ts';
import {maxSurge, maxUnavailable, minAvailable, resolveFenceposts} from '../../../src/engine/controllers/deployment/fenceposts.ts';
import {replicasOf} from '../../../src/engine/controllers/deployment/replica-sets.ts';
import {replicasAnnotationsNeedUpdate} from '../../../src/engine/controllers/deployment/revisions.ts';
import {
  cleanupUnhealthyReplicas,
  newReplicaSetSize,
  reconcileNewReplicaSet,
  reconcileOldReplicaSets,
  replicaSetFraction,
  type Scaling,
  scaleDownOldReplicaSets,
} from '../../../src/engine/controllers/deployment/scaling.ts';
import {deploymentComplete, deploymentProgressing, deploymentTimedOut} from '../../../src/engine/controllers/deployment/status.ts';
import {finishedTime, newBackoffRecord, remainingBackoff, remainingBackoffPerIndex} from '../../../src/engine/controllers/job/backoff.ts';
import type {Adapters} from '../harness.ts';

type Given = Record<string, any>;

/** The sizes of the old replica sets after a plan, summed up, and whether it changed any. */
function outcome(sets: ReplicaSet[], plan: Scaling[]) {
  const after = (rs: ReplicaSet) => plan.findLast(step => step.name === rs.metadata.name)?.replicas ?? replicasOf(rs);
  return {scaled: plan.length > 0, oldReplicas: sets.reduce((total, rs) => total + after(rs), 0)};
}

const sized = (replicas: number): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {name: `of-${replicas}`},
  spec: {replicas, selector: {}},
});

/** By the name of upstream's function. */
const rollout: Record<string, (given: Given) => unknown> = {
  ResolveFenceposts({maxSurge, maxUnavailable, desired}) {
    try {
      return {...resolveFenceposts(maxSurge, maxUnavailable, desired), error: false};
    } catch {
      return {surge: 0, unavailable: 0, error: true};
    }
  },
  MaxSurge: ({deployment}) => ({maxSurge: maxSurge(deployment)}),
  MaxUnavailable: ({deployment}) => ({maxUnavailable: maxUnavailable(deployment)}),
  MinAvailable: ({deployment}) => ({minAvailable: minAvailable(deployment)}),
  NewRSNewReplicas: ({deployment, allReplicaSetsReplicas, newReplicaSetReplicas}) => ({
    newReplicas: newReplicaSetSize(deployment, allReplicaSetsReplicas.map(sized), sized(newReplicaSetReplicas)),
  }),
  DeploymentComplete: ({deployment}) => ({complete: deploymentComplete(deployment, deployment.status)}),
  DeploymentProgressing: ({deployment, newStatus}) => ({progressing: deploymentProgressing(deployment, newStatus)}),
  DeploymentTimedOut: ({deployment, now}) => ({timedOut: deploymentTimedOut(deployment, deployment.status, timeOf(now))}),
  getReplicaSetFraction: ({deployment, replicaSet}) => ({fraction: replicaSetFraction(deployment, replicaSet)}),
  ReplicasAnnotationsNeedUpdate: ({replicaSet, desiredReplicas, maxReplicas}) => ({
    needUpdate: replicasAnnotationsNeedUpdate(replicaSet, desiredReplicas, maxReplicas),
  }),
  SetDeploymentCondition: ({conditions, condition}) => ({conditions: withCondition(conditions, condition)}),
  RemoveDeploymentCondition: ({conditions, type}) => ({conditions: removeCondition(conditions, type)}),
  reconcileNewReplicaSet({deployment, newReplicaSet, oldReplicaSets}) {
    try {
      const step = reconcileNewReplicaSet(deployment, [...oldReplicaSets, newReplicaSet], newReplicaSet);
      return {scaled: step !== undefined, newReplicas: step?.replicas ?? replicasOf(newReplicaSet), error: false};
    } catch {
      return {scaled: false, error: true};
    }
  },
  reconcileOldReplicaSets: ({deployment, newReplicaSet, oldReplicaSets}) =>
    outcome(oldReplicaSets, reconcileOldReplicaSets(deployment, [...oldReplicaSets, newReplicaSet], oldReplicaSets, newReplicaSet)),
  cleanupUnhealthyReplicas({oldReplicaSets, maxCleanupCount}) {
    const before = oldReplicaSets.reduce((total: number, rs: ReplicaSet) => total + replicasOf(rs), 0);
    return {cleanedUp: before - outcome(oldReplicaSets, cleanupUnhealthyReplicas(oldReplicaSets, maxCleanupCount)).oldReplicas};
  },
  scaleDownOldReplicaSetsForRollingUpdate: ({deployment, oldReplicaSets}) =>
    outcome(oldReplicaSets, scaleDownOldReplicaSets(deployment, oldReplicaSets, oldReplicaSets)),
};

const direction = (sign: number): string => (sign < 0 ? 'a-before-b' : sign > 0 ? 'b-before-a' : 'equal');
const iso = (ms: number | undefined): string | null => (ms === undefined || Number.isNaN(ms) ? null : new Date(EPOCH + ms).toISOString());
const times = (texts: string[]): number[] => texts.map(timeOf);

export const adapters: Adapters = {
  rollout: {answer: ({given}) => rollout[given.function]!(given)},
  rankDelete: {
    answer({given}) {
      if (given.pods) return {order: ([...given.pods] as Pod[]).sort(compareActivePods).map(pod => pod.metadata.name)};
      return {compare: direction(compareActivePodsWithRanks(timeOf(given.now), given)(given.a, given.b))};
    },
  },
  slowStart: {
    answer({given}) {
      let left = given.callsThatSucceed;
      const {successes, calls, error} = goOn(slowStart(given.count, given.initialBatchSize), Number.POSITIVE_INFINITY, () => {
        if (left-- <= 0) throw new Error('limit reached');
      });
      return {successes, calls, error: error !== undefined};
    },
  },
  jobBackoffRecord: {
    answer({given}) {
      const stored =
        given.storedFailuresAfterLastSuccess === undefined ? undefined : {failuresAfterLastSuccess: given.storedFailuresAfterLastSuccess};
      const record = newBackoffRecord(stored, times(given.newSucceededPodsFinishedAt), times(given.newFailedPodsFinishedAt));
      return {
        failuresAfterLastSuccess: record.failuresAfterLastSuccess,
        ...(record.lastFailureTime !== undefined && {lastFailureTime: iso(record.lastFailureTime)}),
      };
    },
    // A last failure that the case leaves out is none.
    differs: (expected, answer) =>
      expected.failuresAfterLastSuccess === answer.failuresAfterLastSuccess && expected.lastFailureTime === answer.lastFailureTime
        ? undefined
        : `expected ${JSON.stringify(expected)}, got ${JSON.stringify(answer)}`,
  },
  jobPodFinishedTime: {answer: ({given}) => ({finishedAt: iso(finishedTime(given.pod))})},
  jobBackoff: {
    answer: ({given}) => ({
      remainingSeconds:
        remainingBackoff(
          {
            failuresAfterLastSuccess: given.failuresAfterLastSuccess,
            lastFailureTime: given.lastFailureTime && timeOf(given.lastFailureTime),
          },
          timeOf(given.currentTime),
          given.defaultBackoffSeconds * 1000,
          given.maxBackoffSeconds * 1000,
        ) / 1000,
    }),
  },
  jobBackoffPerIndex: {
    answer: ({given}) => ({
      remainingSeconds:
        remainingBackoffPerIndex(
          given.lastFailedPod,
          timeOf(given.currentTime),
          given.defaultBackoffSeconds * 1000,
          given.maxBackoffSeconds * 1000,
        ) / 1000,
    }),
  },
};
