/** Amounts a pod asks for and a node has. upstream: pkg/scheduler/framework/types.go Resource */
import {copyWith} from '../../api/clone.ts';
import {isPodLevelRequestsSet, parseResourceList, podRequests, type Quantities, type ResourceList} from '../../api/pod-resources.ts';
import type {Pod} from '../../api/types.ts';
import type {Resource} from './types.ts';

/** What a container without requests counts as when nodes are scored. upstream: pkg/scheduler/util/pod_resources.go */
const DEFAULT_REQUESTS = {cpu: '100m', memory: '200Mi'} as const;

/** Amounts by resource name, in the scheduler's units: milli-CPU, bytes, whole units. */
export type Amounts = Record<string, number>;

const amountsOf = (list: Quantities): Amounts =>
  Object.fromEntries(Object.entries(list).map(([name, q]) => [name, name === 'cpu' ? q.milli : q.value]));

/** What the pod asks for, overhead and sidecars included; after an in-place resize the larger of old and new. */
export const realRequests = (pod: Pod): Amounts => amountsOf(podRequests(pod, {useStatusResources: true}));

/** The same with 100m and 200Mi for each container that asks for none. */
export const nonZeroRequests = (pod: Pod): Amounts =>
  amountsOf(podRequests(pod, {useStatusResources: true, nonMissingContainerRequests: DEFAULT_REQUESTS}));

/** What a placed pod counts for in scores: pod-level requests that are set leave nothing missing. */
export function scoringRequests(pod: Pod, real: Amounts): Amounts {
  const podLevel = isPodLevelRequestsSet(pod);
  const missing: Record<string, string> = {};
  for (const [name, fallback] of Object.entries(DEFAULT_REQUESTS)) if (!podLevel || real[name] === undefined) missing[name] = fallback;
  return amountsOf(podRequests(pod, {useStatusResources: true, nonMissingContainerRequests: missing}));
}

export function resourceOf({cpu = 0, memory = 0, 'ephemeral-storage': ephemeralStorage = 0, pods: _pods, ...scalar}: Amounts): Resource {
  return {milliCPU: cpu, memory, ephemeralStorage, scalar};
}

/** A node's list of amounts, its pods apart. */
export function allocatableOf(list: ResourceList | undefined): Resource & {readonly pods: number} {
  const amounts = amountsOf(parseResourceList(list));
  return copyWith(resourceOf(amounts), {pods: amounts['pods'] ?? 0});
}

/** a + sign * b; a scalar resource that comes to nothing is left out. */
export function sum(a: Resource, b: Resource, sign: 1 | -1): Resource {
  let {scalar} = a;
  for (const name in b.scalar) {
    const {[name]: before = 0, ...others} = scalar;
    const left = before + sign * b.scalar[name]!;
    scalar = left === 0 ? others : {...scalar, [name]: left};
  }
  return {
    milliCPU: a.milliCPU + sign * b.milliCPU,
    memory: a.memory + sign * b.memory,
    ephemeralStorage: a.ephemeralStorage + sign * b.ephemeralStorage,
    scalar,
  };
}

/** The amount under a resource's API name. */
export function amount(resource: Resource, name: string): number {
  switch (name) {
    case 'cpu':
      return resource.milliCPU;
    case 'memory':
      return resource.memory;
    case 'ephemeral-storage':
      return resource.ephemeralStorage;
    default:
      return resource.scalar[name] ?? 0;
  }
}

/** Neither cpu, memory nor ephemeral-storage: an extended resource, huge pages or attachable volumes. */
export const isScalar = (name: string): boolean => name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage';

/** upstream: pkg/apis/core/v1/helper IsExtendedResourceName */
export const isExtendedResource = (name: string): boolean =>
  name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
