/**
 * When the change that a slice is written for happened: kube-proxy measures from there how long the network took to follow.
 * upstream: staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go
 */

import {podCondition} from '../../api/pods.ts';
import type {Pod, Service} from '../../api/types.ts';
import type {Memory} from '../../client/types.ts';
import {forgetAll} from '../common/memory.ts';

export const LAST_CHANGE_TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';
const KIND = 'trigger-times';

/** Trigger times seen at the last sync: the service's creation, and of each pod the time its readiness changed. */
interface Seen {
  readonly service: string;
  readonly count: number;
  readonly pods: Readonly<Record<string, string>>;
}

const podTime = (pod: Pod): string | undefined => podCondition(pod, 'Ready')?.lastTransitionTime;

/** The earliest change since the last call for this service, or undefined when nothing changed that has a time. */
export function triggerTime(memory: Memory, key: string, service: Service, pods: readonly Pod[]): string | undefined {
  const seen = memory.get<Seen>(KIND, key);
  const created = service.metadata.creationTimestamp ?? '';
  const times = pods.flatMap((pod): [string, string][] => (podTime(pod) ? [[pod.metadata.name!, podTime(pod)!]] : []));
  const changed = times.filter(([name, time]) => seen?.pods[name] !== time);
  if (changed.length > 0 || !seen || seen.service !== created || seen.count !== pods.length)
    memory.put<Seen>(KIND, key, {service: created, count: pods.length, pods: Object.fromEntries(times)});
  if (!seen) return created || undefined;
  return [...changed.map(([, time]) => time), ...(seen.service === created ? [] : [created])].sort()[0];
}

/** How many pods the service had at the last sync. */
export const podsAtLastSync = (memory: Memory, key: string): number => memory.get<Seen>(KIND, key)?.count ?? 0;

export const forgetTriggerTimes = (memory: Memory, key: string): void => memory.delete(KIND, key);

/** The program has just started: it knows of no change before. */
export const forgetAllTriggerTimes = (memory: Memory): void => forgetAll(memory, KIND);
