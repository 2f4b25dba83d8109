/**
 * What a pod asks for as a whole: containers together, or the largest init step, with sidecars, pod-level resources and overhead.
 * upstream: staging/src/k8s.io/component-helpers/resource/helpers.go
 */
import {containerStatusOf, isRestartableInitContainer} from './pods.ts';
import {add, cmp, isZero, parseQuantity, printQuantity, type Quantity} from './quantity.ts';
import type {Container, ContainerStatus, Pod} from './types.ts';

/** As it stands in manifests: name to quantity text. */
export type ResourceList = Readonly<Record<string, string>>;
/** The same, parsed. */
export type Quantities = Record<string, Quantity>;

export interface PodResourcesOptions {
  /** Also looks at what the kubelet has allotted and applied (in-place resize). */
  useStatusResources?: boolean;
  excludeOverhead?: boolean;
  skipPodLevelResources?: boolean;
  /** Stand in for requests that a container leaves out. */
  nonMissingContainerRequests?: ResourceList;
}

type PodLike = Pick<Pod, 'spec' | 'status'>;

/** The quantities of a list; undefined is an empty one. Throws QuantityError. */
export const parseResourceList = (list: ResourceList | undefined): Quantities => {
  const result: Quantities = {};
  for (const name in list) result[name] = parseQuantity(list[name]!);
  return result;
};

/** The list of quantities, each in its canonical form. */
export const printResourceList = (list: Quantities): Record<string, string> =>
  Object.fromEntries(Object.entries(list).map(([name, q]) => [name, printQuantity(q)]));

/** Adds `more` to `into`. */
export function addResourceList(into: Quantities, more: Quantities): void {
  for (const name in more) into[name] = into[name] ? add(into[name], more[name]!) : more[name]!;
}

/** Raises `into` to `other` where that is greater. */
function maxResourceList(into: Quantities, other: Quantities): void {
  for (const name in other) if (!into[name] || cmp(other[name]!, into[name]) > 0) into[name] = other[name]!;
}

/** cpu, memory and huge pages may be asked for by the pod as a whole. */
export const isSupportedPodLevelResource = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

type PodResources = {requests?: ResourceList; limits?: ResourceList} | undefined;
const podResources = (pod: PodLike): PodResources => (pod.spec as {resources?: PodResources} | undefined)?.resources;

const anySupported = (list: ResourceList | undefined): boolean => list !== undefined && Object.keys(list).some(isSupportedPodLevelResource);

/** Whether the pod as a whole asks for anything. */
export const isPodLevelResourcesSet = (pod: PodLike): boolean =>
  anySupported(podResources(pod)?.requests) || anySupported(podResources(pod)?.limits);
/** Whether the pod as a whole requests anything. */
export const isPodLevelRequestsSet = (pod: PodLike): boolean => anySupported(podResources(pod)?.requests);

const isResizeInfeasible = (pod: PodLike): boolean =>
  pod.status?.conditions?.find(c => c.type === 'PodResizePending')?.reason === 'Infeasible';

type Pick2 = 'requests' | 'limits';

/** What one container counts for; with `useStatusResources` the largest of wanted, allotted and applied. */
function containerResources(pod: PodLike, container: Container, which: Pick2, options: PodResourcesOptions): Quantities {
  const spec = parseResourceList(container.resources?.[which]);
  if (!options.useStatusResources) return spec;
  const status = containerStatusOf(pod.status, container.name) as
    | (ContainerStatus & {resources?: PodResources; allocatedResources?: ResourceList})
    | undefined;
  if (!status?.resources) return spec;
  const result: Quantities = isResizeInfeasible(pod) ? {} : spec;
  maxResourceList(result, parseResourceList(status.resources[which]));
  if (which === 'requests') maxResourceList(result, parseResourceList(status.allocatedResources));
  return result;
}

/** Containers and sidecars together, at least what the hungriest init step needs beside the sidecars started before it. */
function aggregate(pod: PodLike, which: Pick2, options: PodResourcesOptions): Quantities {
  const of = (container: Container): Quantities => {
    const found = containerResources(pod, container, which, options);
    const missing = which === 'requests' ? options.nonMissingContainerRequests : undefined;
    for (const name in missing) found[name] ??= parseQuantity(missing[name]!);
    return found;
  };
  const result: Quantities = {};
  for (const container of pod.spec?.containers ?? []) addResourceList(result, of(container));
  const initContainers = pod.spec?.initContainers;
  if (!initContainers?.length) return result;
  const sidecars: Quantities = {};
  const init: Quantities = {};
  for (const container of initContainers) {
    const own = of(container);
    if (isRestartableInitContainer(container as {restartPolicy?: string})) {
      addResourceList(result, own);
      addResourceList(sidecars, own);
      maxResourceList(init, sidecars);
    } else {
      addResourceList(own, sidecars);
      maxResourceList(init, own);
    }
  }
  maxResourceList(result, init);
  return result;
}

function applyPodLevel(result: Quantities, list: ResourceList | undefined): void {
  for (const name in list) if (isSupportedPodLevelResource(name)) result[name] = parseQuantity(list[name]!);
}

/** The pod's requests, overhead included. */
export function podRequests(pod: PodLike, options: PodResourcesOptions = {}): Quantities {
  const requests = aggregate(pod, 'requests', options);
  if (!options.skipPodLevelResources && isPodLevelRequestsSet(pod)) applyPodLevel(requests, podResources(pod)?.requests);
  if (!options.excludeOverhead && pod.spec?.overhead) addResourceList(requests, parseResourceList(pod.spec.overhead));
  return requests;
}

/** The pod's limits; overhead is added only to those that are set. */
export function podLimits(pod: PodLike, options: PodResourcesOptions = {}): Quantities {
  const limits = aggregate(pod, 'limits', options);
  if (!options.skipPodLevelResources && isPodLevelResourcesSet(pod)) applyPodLevel(limits, podResources(pod)?.limits);
  if (!options.excludeOverhead) {
    const overhead = parseResourceList(pod.spec?.overhead);
    for (const name in overhead) if (limits[name] && !isZero(limits[name])) limits[name] = add(limits[name], overhead[name]!);
  }
  return limits;
}
