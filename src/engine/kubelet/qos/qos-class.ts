/** upstream: pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS */
import type {Pod} from '../../api/types.ts';
import {isPodLevelResourcesSet, type ResourceList, type ResourceRequirements} from '../cm/pod-resources.ts';
import {quantityCompare, quantityIsPositive} from '../quantity.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const computeResources = ['cpu', 'memory'] as const;

const positive = (list: ResourceList | undefined): ResourceList =>
  Object.fromEntries(computeResources.flatMap(name => (list?.[name] && quantityIsPositive(list[name]) ? [[name, list[name]]] : [])));

/** Adds b's quantities to a's as lists to compare later. */
type Sums = Record<string, string[]>;

const collect = (sums: Sums, list: ResourceList): void => {
  for (const [name, quantity] of Object.entries(list)) (sums[name] ??= []).push(quantity);
};

/** The class a pod's resources put it in, whatever its status says. */
export function computePodQos(pod: Pod): QosClass {
  const spec = pod.spec!;
  const requests: Sums = {};
  const limits: Sums = {};
  let guaranteed = true;
  const level = (spec as {resources?: ResourceRequirements}).resources;
  const holders = isPodLevelResourcesSet(pod) ? [{resources: level}] : [...spec.containers, ...(spec.initContainers ?? [])];
  for (const {resources} of holders) {
    collect(requests, positive(resources?.requests as ResourceList));
    const limited = positive(resources?.limits as ResourceList);
    collect(limits, limited);
    if (computeResources.some(name => !limited[name])) guaranteed = false;
  }
  const names = Object.keys(requests);
  if (names.length === 0 && Object.keys(limits).length === 0) return 'BestEffort';
  if (guaranteed) for (const name of names) if (!limits[name] || quantityCompare(limits[name], requests[name]!) !== 0) guaranteed = false;
  return guaranteed && names.length === Object.keys(limits).length ? 'Guaranteed' : 'Burstable';
}

/** The class in the status where the API server has set it, else computed. */
export const podQosClass = (pod: Pod): QosClass => (pod.status?.qosClass as QosClass | undefined) ?? computePodQos(pod);
