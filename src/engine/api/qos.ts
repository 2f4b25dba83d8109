/** Quality of service of a pod. upstream: pkg/apis/core/v1/helper/qos/qos.go */
import {isPodLevelResourcesSet} from './pod-resources.ts';
import {add, cmp, parseQuantity, type Quantity, sign} from './quantity.ts';
import type {Pod} from './types.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COMPUTE = ['cpu', 'memory'];
type Totals = Map<string, Quantity>;
type List = Readonly<Record<string, string>> | undefined;

/** Adds cpu and memory that are more than nothing; returns how many there were. */
function sum(totals: Totals, list: List): number {
  let found = 0;
  for (const name of COMPUTE) {
    if (list?.[name] === undefined) continue;
    const quantity = parseQuantity(list[name]);
    if (sign(quantity) <= 0) continue;
    found++;
    const before = totals.get(name);
    totals.set(name, before ? add(before, quantity) : quantity);
  }
  return found;
}

/** The class that requests and limits give, whatever the status says. */
export function computePodQos(pod: Pick<Pod, 'spec' | 'status'>): QosClass {
  const requests: Totals = new Map();
  const limits: Totals = new Map();
  const own = (pod.spec as {resources?: {requests?: List; limits?: List}} | undefined)?.resources;
  const lists = isPodLevelResourcesSet(pod)
    ? [own]
    : [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(
        c => c.resources as {requests?: List; limits?: List} | undefined,
      );
  let guaranteed = true;
  for (const list of lists) {
    sum(requests, list?.requests);
    if (sum(limits, list?.limits) < COMPUTE.length) guaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  for (const [name, request] of requests) {
    const limit = limits.get(name);
    if (!limit || cmp(limit, request) !== 0) guaranteed = false;
  }
  return guaranteed && requests.size === limits.size ? 'Guaranteed' : 'Burstable';
}

/** The class in the status, which never changes; computed where there is none yet. */
export const getPodQos = (pod: Pick<Pod, 'spec' | 'status'>): QosClass =>
  (pod.status?.qosClass as QosClass | undefined) || computePodQos(pod);
