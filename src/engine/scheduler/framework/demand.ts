/** What a pod asks for, worked out once for all pods that ask for the same: they share the objects, too. */
import type {ResourceList} from '../../api/pod-resources.ts';
import type {Container, Pod} from '../../api/types.ts';
import {realRequests, resourceOf, scoringRequests} from './resource.ts';
import type {PodInfo} from './types.ts';

/** The part of a PodInfo that follows from requests. */
export type Demand = Pick<PodInfo, 'requests' | 'nonZero'>;

const KEPT = 1024;
const known = new Map<string, Demand>();

function textOf(list: ResourceList | undefined): string {
  let text = '[';
  for (const name in list) text += `${name}=${list[name]};`;
  return text;
}

/** Equal for pods whose specs ask for the same amounts. */
export function requestsKey({spec}: Pick<Pod, 'spec'>): string {
  let key = '';
  for (const c of spec?.containers ?? []) key += textOf(c.resources?.requests as ResourceList | undefined);
  for (const c of (spec?.initContainers ?? []) as readonly (Container & {restartPolicy?: string})[]) {
    key += `${c.restartPolicy ?? ''}(${textOf(c.resources?.requests as ResourceList | undefined)}`;
  }
  const ofPod = (spec as {resources?: {requests?: ResourceList}} | undefined)?.resources?.requests;
  if (ofPod) key += `pod${textOf(ofPod)}`;
  return spec?.overhead ? `${key}overhead${textOf(spec.overhead as ResourceList)}` : key;
}

function compute(pod: Pod): Demand {
  const real = realRequests(pod);
  const scoring = scoringRequests(pod, real);
  return {requests: resourceOf(real), nonZero: {milliCPU: scoring['cpu'] ?? 0, memory: scoring['memory'] ?? 0}};
}

/** Where the kubelet has reported on the pod or its containers, what it has allotted counts too, and the pod stands for itself. */
export function demandOf(pod: Pod): Demand {
  const {containerStatuses, initContainerStatuses, resources} = (pod.status ?? {}) as NonNullable<Pod['status']> & {resources?: object};
  if (containerStatuses || initContainerStatuses || resources) return compute(pod);
  const key = requestsKey(pod);
  const same = known.get(key);
  if (same) return same;
  if (known.size >= KEPT) known.clear();
  const made = compute(pod);
  known.set(key, made);
  return made;
}
