/**
 * What a pod asks for as a whole: containers together, or the largest init step, with sidecars, pod-level resources and overhead.
 * upstream: staging/src/k8s.io/component-helpers/resource/helpers.go
 */
import {containerStatusOf, isRestartableInitContainer} from './pods.ts';
import {add, cmp, isZero, parseQuantity, printQuantity, type Quantity} from './quantity.ts';
import type {Container, Pod} from './types.ts';

/** As it stands in manifests: name to quantity text. */
export type ResourceList = Readonly<Record<string, string>>;
/** The same, parsed. */
export type Quantities = Record<string, Quantity>;

export interface PodResourcesOptions {
  /** Also looks at what the kubelet has allotted and applied (in-place resize, of containers and of the pod as a whole). */
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

interface Reported {
  readonly resources?: PodResources;
  readonly allocatedResources?: ResourceList;
}

/** What a container, or the pod as a whole, counts for; with `useStatusResources` the largest of wanted, allotted and applied. */
function inForce(
  pod: PodLike,
  wanted: PodResources,
  reported: Reported | undefined,
  which: Pick2,
  {useStatusResources}: PodResourcesOptions,
): Quantities {
  const spec = parseResourceList(wanted?.[which]);
  if (!useStatusResources || !reported?.resources) return spec;
  const result: Quantities = isResizeInfeasible(pod) ? {} : spec;
  maxResourceList(result, parseResourceList(reported.resources[which]));
  if (which === 'requests') maxResourceList(result, parseResourceList(reported.allocatedResources));
  return result;
}

/** Containers and sidecars together, at least what the hungriest init step needs beside the sidecars started before it. */
function aggregate(pod: PodLike, which: Pick2, options: PodResourcesOptions): Quantities {
  const of = (container: Container): Quantities => {
    const status = containerStatusOf(pod.status, container.name) as Reported | undefined;
    const found = inForce(pod, container.resources as PodResources, status, which, options);
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

function applyPodLevel(result: Quantities, pod: PodLike, which: Pick2, options: PodResourcesOptions): void {
  const ofPod = inForce(pod, podResources(pod), pod.status as Reported | undefined, which, options);
  for (const name in ofPod) if (isSupportedPodLevelResource(name)) result[name] = ofPod[name]!;
}

/** The pod's requests, overhead included. */
export function podRequests(pod: PodLike, options: PodResourcesOptions = {}): Quantities {
  const requests = aggregate(pod, 'requests', options);
  if (!options.skipPodLevelResources && isPodLevelRequestsSet(pod)) applyPodLevel(requests, pod, 'requests', options);
  if (!options.excludeOverhead && pod.spec?.overhead) addResourceList(requests, parseResourceList(pod.spec.overhead));
  return requests;
}

/** The pod's limits; overhead is added only to those that are set. */
export function podLimits(pod: PodLike, options: PodResourcesOptions = {}): Quantities {
  const limits = aggregate(pod, 'limits', options);
  if (!options.skipPodLevelResources && isPodLevelResourcesSet(pod)) applyPodLevel(limits, pod, 'limits', options);
  if (!options.excludeOverhead) {
    const overhead = parseResourceList(pod.spec?.overhead);
    for (const name in overhead) if (limits[name] && !isZero(limits[name])) limits[name] = add(limits[name], overhead[name]!);
  }
  return limits;
}
