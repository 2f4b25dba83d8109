/** How many replicas a metric asks for. Pure. upstream: pkg/controller/podautoscaler/{replica_calculator,horizontal}.go */

import {parseQuantity, printQuantity, scaledValue} from '../../api/quantity.ts';
import type {autoscaling, KubeObject, Pod} from '../../api/types.ts';
import {SCALE_UP} from '../../apiserver/defaulting/workloads.ts';
import {asQuantity, milli, requestsOf, usageOf} from './metrics.ts';

/** --horizontal-pod-autoscaler-tolerance: within a tenth of its target a metric asks for nothing. */
const TOLERANCE = 0.1;

/** How far usage may be above or below the target without anything being done. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

/** As the autoscaler's own rules say, else the controller's. */
export function tolerancesOf(spec: autoscaling.HorizontalPodAutoscalerSpec): Tolerances {
  const of = (rules: autoscaling.HPAScalingRules | undefined): number => {
    const {tolerance} = (rules ?? {}) as {tolerance?: string};
    return tolerance === undefined ? TOLERANCE : Number(scaledValue(parseQuantity(tolerance), -9)) / 1e9;
  };
  return {up: of(spec.behavior?.scaleUp), down: of(spec.behavior?.scaleDown)};
}

export interface Proposal {
  replicas: number;
  /** e.g. `cpu resource utilization (percentage of request)` */
  name: string;
  current: autoscaling.MetricStatus;
}

/** Throws an Error with the reason why nothing can be said. */
export function propose(
  metric: autoscaling.MetricSpec,
  target: KubeObject,
  pods: readonly Pod[],
  current: number,
  tolerances: Tolerances,
): Proposal {
  if (metric.type !== 'Resource' || !metric.resource) throw new Error(`unknown metric source type "${metric.type}"`);
  const {name, target: wanted} = metric.resource;
  const usage = usageOf(target, pods, name);
  if (!usage) throw new Error(`unable to get metrics for resource ${name}: no metrics returned from resource metrics API`);
  const rescaled = (ratio: number): number =>
    1 - tolerances.down <= ratio && ratio <= 1 + tolerances.up ? current : Math.ceil(ratio * usage.pods);
  const perPod = Math.trunc(usage.total / usage.pods);
  const average = {averageValue: printQuantity(asQuantity(perPod))};
  if (wanted.averageUtilization !== undefined) {
    const requests = requestsOf(pods, name);
    if (!requests) throw new Error(`missing request for ${name} in container of Pod`);
    const utilization = Math.floor((usage.total * 100) / requests);
    return {
      replicas: rescaled(utilization / wanted.averageUtilization),
      name: `${name} resource utilization (percentage of request)`,
      current: {type: 'Resource', resource: {name, current: {averageUtilization: utilization, ...average}}},
    };
  }
  return {
    replicas: rescaled(perPod / milli(parseQuantity(String(wanted.averageValue)))),
    name: `${name} resource`,
    current: {type: 'Resource', resource: {name, current: average}},
  };
}

export interface Change {
  /** Virtual milliseconds. */
  at: number;
  /** Replicas added (or removed). */
  by: number;
}

const DEFAULT_DOWN: autoscaling.HPAScalingRules = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{type: 'Percent', value: 100, periodSeconds: 15}],
};

/** The rules of an autoscaler in one direction, with what is left out filled in. */
export const rulesOf = (spec: autoscaling.HorizontalPodAutoscalerSpec, direction: 'up' | 'down'): autoscaling.HPAScalingRules =>
  direction === 'up' ? {...SCALE_UP, ...spec.behavior?.scaleUp} : {...DEFAULT_DOWN, ...spec.behavior?.scaleDown};

/** How far the rules let the number go from `current`, given what has changed lately. */
export function limitOf(
  {policies = [], selectPolicy}: autoscaling.HPAScalingRules,
  direction: 'up' | 'down',
  current: number,
  changes: readonly Change[],
  now: number,
): number {
  if (selectPolicy === 'Disabled') return current;
  const sign = direction === 'up' ? 1 : -1;
  const limits = policies.map(({type, value, periodSeconds}) => {
    const lately = changes.filter(({at}) => at > now - periodSeconds * 1000).reduce((total, {by}) => total + by, 0);
    const start = current - lately;
    if (type === 'Pods') return start + sign * value;
    return direction === 'up' ? Math.ceil(start * (1 + value / 100)) : Math.floor(start * (1 - value / 100));
  });
  const furthest = (direction === 'up') === (selectPolicy !== 'Min') ? Math.max(...limits) : Math.min(...limits);
  return direction === 'up' ? Math.max(furthest, current) : Math.max(0, Math.min(furthest, current));
}
