/** As many replicas as the load asks for. upstream: pkg/controller/podautoscaler/horizontal.go */

import {equalJson} from '../../api/clone.ts';
import {setCondition} from '../../api/conditions.ts';
import {parseApiVersion} from '../../api/group-version.ts';
import {byKind} from '../../api/kinds.ts';
import {matches, selectorFrom, selectorFromSet} from '../../api/labels.ts';
import {isPodActive} from '../../api/pods.ts';
import type {autoscaling, Deployment, KubeObject, LabelSelector, Pod, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {controller} from '../common/controller.ts';
import {messageOf} from '../common/errors.ts';
import {tell} from '../common/tell.ts';
import {type Change, limitOf, type Proposal, propose, rulesOf, tolerancesOf} from './replica-calculator.ts';

type HorizontalPodAutoscaler = autoscaling.HorizontalPodAutoscaler & KubeObject;

const SYNC_PERIOD_MS = 15_000;

/** What an autoscaler remembers: what it has thought right lately, and what it has done. */
interface History {
  recommendations: {at: number; replicas: number}[];
  changes: Change[];
}

const HISTORY = 'history';
const scalable = ['deployments', 'replicasets', 'statefulsets', 'replicationcontrollers'];

export const horizontalPodAutoscaler = controller({
  name: 'horizontal-pod-autoscaler',
  watches: [
    {
      resource: 'horizontalpodautoscalers',
      on(ctx, {type, object, old}) {
        const key = keyOf(object);
        if (type === 'DELETED') ctx.memory.delete(HISTORY, key);
        else if (!equalJson(object['spec'], old?.['spec'])) ctx.queue.add(key);
      },
    },
    {resource: 'pods'},
    ...scalable.map(resource => ({resource})),
  ],
  timers: {sync: (ctx, key) => ctx.queue.add(key as string)},
  reconcile,
});

type Condition = autoscaling.HorizontalPodAutoscalerCondition;

interface Sync {
  ctx: ComponentContext;
  key: string;
  autoscaler: Stored<HorizontalPodAutoscaler>;
  conditions: Condition[];
}

const say = (sync: Sync, type: string, status: 'True' | 'False', reason: string, message: string): void => {
  sync.conditions = setCondition(
    sync.conditions,
    {type, status, reason, message} as Condition & {lastTransitionTime: string},
    sync.ctx.time(),
  );
};

function reconcile(ctx: ComponentContext, key: string): void {
  const autoscaler = ctx.lister<HorizontalPodAutoscaler>('horizontalpodautoscalers').get(...splitKey(key));
  if (!autoscaler) return;
  ctx.after(SYNC_PERIOD_MS, 'sync', key, {key, periodic: true});
  const sync: Sync = {ctx, key, autoscaler, conditions: [...(autoscaler.status?.conditions ?? [])]};
  const target = targetOf(sync);
  const status = target ? scale(sync, target) : {currentReplicas: 0, desiredReplicas: 0};
  const next = {...autoscaler.status, observedGeneration: autoscaler.metadata.generation, ...status, conditions: sync.conditions};
  if (!equalJson(autoscaler.status, next))
    ctx.client.update<HorizontalPodAutoscaler>('horizontalpodautoscalers', {...autoscaler, status: next} as HorizontalPodAutoscaler, {
      subresource: 'status',
    });
}

interface Target {
  resource: string;
  object: Stored<Deployment>;
}

function targetOf(sync: Sync): Target | undefined {
  const {ctx, autoscaler} = sync;
  const {apiVersion = '', kind, name} = autoscaler.spec!.scaleTargetRef;
  const resource = byKind(parseApiVersion(apiVersion).group, '', kind)?.resource;
  const object =
    resource && scalable.includes(resource) ? ctx.lister<Deployment>(resource).get(autoscaler.metadata.namespace!, name) : undefined;
  if (object) return {resource: resource!, object};
  const message = `the HPA controller was unable to get the target's current scale: ${resource ?? kind} "${name}" not found`;
  say(sync, 'AbleToScale', 'False', 'FailedGetScale', message);
  ctx.events.event(autoscaler, 'Warning', 'FailedGetScale', `${resource ?? kind} "${name}" not found`);
  return undefined;
}

function scale(sync: Sync, {resource, object}: Target): Partial<autoscaling.HorizontalPodAutoscalerStatus> {
  const {ctx, key, autoscaler} = sync;
  const {minReplicas = 1, maxReplicas} = autoscaler.spec!;
  const current = object.spec!.replicas ?? 1;
  say(sync, 'AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
  // 1. Switched off, out of bounds, or as the metrics say.
  let desired = current;
  let reason = '';
  let currentMetrics: autoscaling.MetricStatus[] | undefined;
  if (current === 0 && minReplicas !== 0) {
    say(sync, 'ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero');
    return {currentReplicas: 0, desiredReplicas: 0};
  }
  if (current > maxReplicas) [desired, reason] = [maxReplicas, 'Current number of replicas above Spec.MaxReplicas'];
  else if (current < minReplicas) [desired, reason] = [minReplicas, 'Current number of replicas below Spec.MinReplicas'];
  else {
    const best = computeReplicas(sync, object, current);
    if (!best) return {currentReplicas: current, desiredReplicas: autoscaler.status?.desiredReplicas ?? 0};
    currentMetrics = best.metrics;
    reason = best.replicas > current ? `${best.name} above target` : 'All metrics below target';
    desired = normalize(sync, current, best.replicas);
  }
  // 2. Do it.
  if (desired !== current) {
    rescale(sync, resource, object, desired, reason);
    const {changes = [], recommendations = []} = ctx.memory.get<History>(HISTORY, key) ?? {};
    ctx.memory.put<History>(HISTORY, key, {recommendations, changes: [...changes.slice(-20), {at: ctx.now, by: desired - current}]});
  }
  return {
    currentReplicas: current,
    desiredReplicas: desired,
    ...(currentMetrics && {currentMetrics}),
    ...(desired !== current && {lastScaleTime: ctx.time()}),
  };
}

/** The metric that asks for most decides. */
function computeReplicas(
  sync: Sync,
  object: Stored<Deployment>,
  current: number,
): (Proposal & {metrics: autoscaling.MetricStatus[]}) | undefined {
  const {ctx, autoscaler} = sync;
  const selector =
    (object.kind as string) === 'ReplicationController'
      ? selectorFromSet(object.spec!.selector as Record<string, string>)
      : selectorFrom(object.spec!.selector as LabelSelector);
  const pods = ctx
    .lister<Pod>('pods')
    .list(object.metadata.namespace)
    .filter(pod => isPodActive(pod) && matches(selector, pod.metadata.labels));
  const proposals: Proposal[] = [];
  let failure: string | undefined;
  for (const metric of autoscaler.spec!.metrics ?? []) {
    try {
      proposals.push(propose(metric, object, pods, current, tolerancesOf(autoscaler.spec!)));
    } catch (error) {
      failure = `failed to get ${metric.resource?.name} ${metric.resource?.target.averageUtilization === undefined ? 'resource metric value' : 'utilization'}: ${messageOf(error)}`;
      ctx.events.event(autoscaler, 'Warning', 'FailedGetResourceMetric', failure);
    }
  }
  const best = proposals.reduce<Proposal | undefined>(
    (most, proposal) => (most && most.replicas >= proposal.replicas ? most : proposal),
    undefined,
  );
  if (!best || (failure && best.replicas < current)) {
    const message = `the HPA was unable to compute the replica count: ${failure}`;
    say(sync, 'ScalingActive', 'False', 'FailedGetResourceMetric', message);
    ctx.events.event(
      autoscaler,
      'Warning',
      'FailedComputeMetricsReplicas',
      `invalid metrics (${autoscaler.spec!.metrics?.length ?? 0} invalid out of ${autoscaler.spec!.metrics?.length ?? 0}), first error is: ${failure}`,
    );
    return undefined;
  }
  say(sync, 'ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${best.name}`);
  tell(ctx, 'observe', `horizontalpodautoscaler/${sync.key}`, () => `${best.name} asks for ${best.replicas}, there are ${current}`);
  return {...best, metrics: proposals.map(proposal => proposal.current)};
}

/** Not down before the highest recommendation of the last minutes has aged; not faster than the rules; not beyond the bounds. */
function normalize(sync: Sync, current: number, recommended: number): number {
  const {ctx, key, autoscaler} = sync;
  const {minReplicas = 1, maxReplicas} = autoscaler.spec!;
  const up = rulesOf(autoscaler.spec!, 'up');
  const down = rulesOf(autoscaler.spec!, 'down');
  const history = ctx.memory.get<History>(HISTORY, key) ?? {recommendations: [], changes: []};
  const longest = Math.max(up.stabilizationWindowSeconds ?? 0, down.stabilizationWindowSeconds ?? 0) * 1000;
  const recommendations = [...history.recommendations.filter(({at}) => at > ctx.now - longest), {at: ctx.now, replicas: recommended}];
  ctx.memory.put<History>(HISTORY, key, {...history, recommendations});
  // 1. Stabilize.
  const within = (seconds = 0) =>
    recommendations.filter(({at}) => at > ctx.now - seconds * 1000 || at === ctx.now).map(({replicas}) => replicas);
  const [floor, ceiling] = [Math.min(...within(up.stabilizationWindowSeconds)), Math.max(...within(down.stabilizationWindowSeconds))];
  const stable = current < floor ? floor : current > ceiling ? ceiling : current;
  if (stable === recommended) say(sync, 'AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size');
  else if (recommended >= current)
    say(
      sync,
      'AbleToScale',
      'True',
      'ScaleUpStabilized',
      'recent recommendations were lower than current one, applying the lowest recent recommendation',
    );
  else
    say(
      sync,
      'AbleToScale',
      'True',
      'ScaleDownStabilized',
      'recent recommendations were higher than current one, applying the highest recent recommendation',
    );
  // 2. Limit.
  const direction = stable > current ? 'up' : 'down';
  const limit = stable === current ? current : limitOf(direction === 'up' ? up : down, direction, current, history.changes, ctx.now);
  const limited = direction === 'up' ? Math.min(stable, limit) : Math.max(stable, limit);
  const bounded = Math.min(maxReplicas, Math.max(minReplicas, limited));
  if (limited > maxReplicas)
    say(sync, 'ScalingLimited', 'True', 'TooManyReplicas', 'the desired replica count is more than the maximum replica count');
  else if (limited < minReplicas)
    say(sync, 'ScalingLimited', 'True', 'TooFewReplicas', 'the desired replica count is less than the minimum replica count');
  else if (limited !== stable && direction === 'up')
    say(sync, 'ScalingLimited', 'True', 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate');
  else if (limited !== stable)
    say(sync, 'ScalingLimited', 'True', 'ScaleDownLimit', 'the desired replica count is decreasing faster than the maximum scale rate');
  else say(sync, 'ScalingLimited', 'False', 'DesiredWithinRange', 'the desired count is within the acceptable range');
  return bounded;
}

function rescale(sync: Sync, resource: string, {metadata}: Stored<Deployment>, replicas: number, reason: string): void {
  const {ctx, key, autoscaler} = sync;
  const {name, namespace} = metadata;
  try {
    const wanted = {apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: {name, namespace}, spec: {replicas}};
    ctx.client.update(resource, wanted, {subresource: 'scale'});
  } catch (error) {
    ctx.events.event(autoscaler, 'Warning', 'FailedRescale', `New size: ${replicas}; reason: ${reason}; error: ${messageOf(error)}`);
    say(sync, 'AbleToScale', 'False', 'FailedUpdateScale', `the HPA controller was unable to update the target scale: ${messageOf(error)}`);
    return;
  }
  say(sync, 'AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${replicas}`);
  ctx.events.event(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
  tell(ctx, 'act', `horizontalpodautoscaler/${key}`, () => `new size ${replicas}: ${reason}`);
}
