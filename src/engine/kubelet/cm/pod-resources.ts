/** A pod's requests and limits as a whole. upstream: staging/src/k8s.io/component-helpers/resource/helpers.go */
import type {Container, Pod} from '../../api/types.ts';
import {isRestartableInitContainer} from '../container/restart-policy.ts';
import {quantityMilli} from '../quantity.ts';

export type ResourceList = Readonly<Record<string, string>>;

export interface ResourceRequirements {
  requests?: ResourceList;
  limits?: ResourceList;
}

/** Thousandths by resource name. */
export type Amounts = Record<string, number>;

const podLevel = (pod: Pod): ResourceRequirements | undefined => (pod.spec as {resources?: ResourceRequirements} | undefined)?.resources;

/** Resources a pod may name as a whole. */
const isPodLevelResource = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

const hasPodLevel = (list: ResourceList | undefined): boolean => Object.keys(list ?? {}).some(isPodLevelResource);

export const isPodLevelRequestsSet = (pod: Pod): boolean => hasPodLevel(podLevel(pod)?.requests);

export const isPodLevelResourcesSet = (pod: Pod): boolean => isPodLevelRequestsSet(pod) || hasPodLevel(podLevel(pod)?.limits);

const amounts = (list: ResourceList | undefined): Amounts =>
  Object.fromEntries(Object.entries(list ?? {}).map(([name, quantity]) => [name, quantityMilli(quantity)]));

const add = (into: Amounts, list: Amounts): void => {
  for (const [name, value] of Object.entries(list)) into[name] = (into[name] ?? 0) + value;
};

const max = (into: Amounts, list: Amounts): void => {
  for (const [name, value] of Object.entries(list)) into[name] = Math.max(into[name] ?? 0, value);
};

/** Regular containers and sidecars together, or the largest moment of initialization, if that is more. */
export function aggregateContainers(pod: Pod, which: 'requests' | 'limits'): Amounts {
  const of = (container: Container) => amounts(container.resources?.[which] as ResourceList | undefined);
  const total: Amounts = {};
  const sidecars: Amounts = {};
  const peak: Amounts = {};
  for (const container of pod.spec?.containers ?? []) add(total, of(container));
  for (const container of pod.spec?.initContainers ?? []) {
    const own = of(container);
    if (isRestartableInitContainer(container)) {
      add(total, own);
      add(sidecars, own);
      max(peak, sidecars);
    } else {
      const moment = {...sidecars};
      add(moment, own);
      max(peak, moment);
    }
  }
  max(total, peak);
  return total;
}

function podTotal(pod: Pod, which: 'requests' | 'limits'): Amounts {
  const total = aggregateContainers(pod, which);
  for (const [name, value] of Object.entries(amounts(podLevel(pod)?.[which]))) if (isPodLevelResource(name)) total[name] = value;
  const overhead = amounts(pod.spec?.overhead as ResourceList | undefined);
  for (const [name, value] of Object.entries(overhead)) if (which === 'requests' || total[name]) total[name] = (total[name] ?? 0) + value;
  return total;
}

/** What the scheduler reserves and the kubelet admits by, in thousandths. */
export const podRequests = (pod: Pod): Amounts => podTotal(pod, 'requests');

/** Limits of the whole pod, in thousandths; overhead is added to those that exist. */
export const podLimits = (pod: Pod): Amounts => podTotal(pod, 'limits');
