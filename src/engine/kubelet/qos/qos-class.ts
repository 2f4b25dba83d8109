/** upstream: pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS */
import {addResourceList, isPodLevelResourcesSet, parseResourceList, type Quantities, type ResourceList} from '../../api/pod-resources.ts';
import {cmp, sign} from '../../api/quantity.ts';
import type {Pod} from '../../api/types.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

interface Requirements {
  requests?: ResourceList;
  limits?: ResourceList;
}

const computeResources = ['cpu', 'memory'] as const;

/** Only cpu and memory count, and only above zero. */
const counted = (list: ResourceList | undefined): Quantities => {
  const parsed = parseResourceList(list);
  return Object.fromEntries(computeResources.flatMap(name => (parsed[name] && sign(parsed[name]) > 0 ? [[name, parsed[name]]] : [])));
};

/** The class a pod's resources put it in, whatever its status says. */
export function computePodQos(pod: Pod): QosClass {
  const spec = pod.spec!;
  const requests: Quantities = {};
  const limits: Quantities = {};
  let guaranteed = true;
  const holders = isPodLevelResourcesSet(pod)
    ? [{resources: (spec as {resources?: Requirements}).resources}]
    : [...spec.containers, ...(spec.initContainers ?? [])];
  for (const {resources} of holders) {
    addResourceList(requests, counted(resources?.requests));
    const limited = counted(resources?.limits);
    addResourceList(limits, limited);
    if (computeResources.some(name => !limited[name])) guaranteed = false;
  }
  const names = Object.keys(requests);
  if (names.length === 0 && Object.keys(limits).length === 0) return 'BestEffort';
  const equal = names.every(name => limits[name] && cmp(limits[name], requests[name]!) === 0);
  return guaranteed && equal && names.length === Object.keys(limits).length ? 'Guaranteed' : 'Burstable';
}

/** The class in the status where the API server has set it, else computed. */
export const podQosClass = (pod: Pod): QosClass => (pod.status?.qosClass as QosClass | undefined) ?? computePodQos(pod);
