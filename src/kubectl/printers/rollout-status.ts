/** What `kubectl rollout status` says of a workload. upstream: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go */
import type {apps, KubeObject} from '../../engine/api/types.ts';

export interface RolloutStatus {
  message: string;
  done: boolean;
}

const ROLLING_UPDATE_ONLY = 'rollout status is only available for RollingUpdate strategy type';

const observed = (object: {metadata?: {generation?: number}; status?: {observedGeneration?: number}}): boolean =>
  (object.metadata?.generation ?? 0) <= (object.status?.observedGeneration ?? 0);

function deployment(d: apps.Deployment): RolloutStatus {
  const name = d.metadata?.name ?? '';
  if (!observed(d)) return {message: 'Waiting for deployment spec update to be observed...\n', done: false};
  const {updatedReplicas = 0, replicas = 0, availableReplicas = 0, conditions = []} = d.status ?? {};
  if (conditions.find(c => c.type === 'Progressing')?.reason === 'ProgressDeadlineExceeded')
    throw new Error(`deployment "${name}" exceeded its progress deadline`);
  const waiting = (text: string): RolloutStatus => ({
    message: `Waiting for deployment "${name}" rollout to finish: ${text}\n`,
    done: false,
  });
  const wanted = d.spec?.replicas;
  if (wanted !== undefined && updatedReplicas < wanted)
    return waiting(`${updatedReplicas} out of ${wanted} new replicas have been updated...`);
  if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old replicas are pending termination...`);
  if (availableReplicas < updatedReplicas) return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available...`);
  return {message: `deployment "${name}" successfully rolled out\n`, done: true};
}

function daemonSet(ds: apps.DaemonSet): RolloutStatus {
  const name = ds.metadata?.name ?? '';
  if (ds.spec?.updateStrategy?.type !== 'RollingUpdate') throw new Error(ROLLING_UPDATE_ONLY);
  if (!observed(ds)) return {message: 'Waiting for daemon set spec update to be observed...\n', done: false};
  const {updatedNumberScheduled = 0, desiredNumberScheduled = 0, numberAvailable = 0} = ds.status ?? {};
  const waiting = (text: string): RolloutStatus => ({
    message: `Waiting for daemon set "${name}" rollout to finish: ${text}\n`,
    done: false,
  });
  if (updatedNumberScheduled < desiredNumberScheduled)
    return waiting(`${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`);
  if (numberAvailable < desiredNumberScheduled)
    return waiting(`${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`);
  return {message: `daemon set "${name}" successfully rolled out\n`, done: true};
}

function statefulSet(sts: apps.StatefulSet): RolloutStatus {
  if (sts.spec?.updateStrategy?.type !== 'RollingUpdate') throw new Error(ROLLING_UPDATE_ONLY);
  const {observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0} = sts.status ?? {};
  const {currentRevision = '', updateRevision = ''} = sts.status ?? {};
  if (observedGeneration === 0 || !observed(sts)) return {message: 'Waiting for statefulset spec update to be observed...\n', done: false};
  const wanted = sts.spec.replicas;
  if (wanted !== undefined && readyReplicas < wanted)
    return {message: `Waiting for ${wanted - readyReplicas} pods to be ready...\n`, done: false};
  const {rollingUpdate} = sts.spec.updateStrategy;
  if (rollingUpdate) {
    const {partition} = rollingUpdate;
    if (wanted !== undefined && partition !== undefined && updatedReplicas < wanted - partition)
      return {
        message: `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted - partition} new pods have been updated...\n`,
        done: false,
      };
    if (partition) return {message: `partitioned roll out complete: ${updatedReplicas} new pods have been updated...\n`, done: true};
  }
  if (updateRevision !== currentRevision)
    return {
      message: `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...\n`,
      done: false,
    };
  return {message: `statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...\n`, done: true};
}

const VIEWERS: Readonly<Record<string, (object: never) => RolloutStatus>> = {
  Deployment: deployment,
  DaemonSet: daemonSet,
  StatefulSet: statefulSet,
};

/** The line for the state an object is in, and whether the rollout is over. Throws Error when it can never be. */
export function rolloutStatus(object: KubeObject): RolloutStatus {
  const viewer = VIEWERS[object.kind];
  if (!viewer) {
    const [group] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : [];
    throw new Error(`no status viewer has been implemented for ${object.kind}${group ? `.${group}` : ''}`);
  }
  return viewer(object as never);
}
