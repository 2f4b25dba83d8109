import {timeOf} from '../engine/api/clock.ts';
import {byKind, parseApiVersion} from '../engine/api/kinds.ts';
import type {KubeEvent} from '../engine/api/types.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {EventFacts} from './facts/facts.ts';
import {objectsOf} from './objects.ts';

/** How many events are shown. */
const shown = 60;

/** Kubernetes events, newest first. */
export function eventFacts(machine: Machine): EventFacts[] {
  return objectsOf(machine, 'events')
    .toSorted((one, other) => Number(other.metadata.resourceVersion) - Number(one.metadata.resourceVersion))
    .slice(0, shown)
    .map(factsOf);
}

function factsOf(event: KubeEvent): EventFacts {
  const {kind = '', name = '', namespace = '', apiVersion = 'v1'} = event.involvedObject;
  const {group, version} = parseApiVersion(apiVersion);
  const resource = byKind(group, version, kind)?.resource;
  const time = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  return {
    atMs: timeOf(time) || 0,
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    object: `${kind.toLowerCase()}/${name}`,
    message: event.message ?? '',
    count: event.series?.count ?? event.count ?? 1,
    source: event.reportingComponent || event.source?.component || '',
    self: {kind: 'object', resource: 'events', namespace: event.metadata.namespace ?? '', name: event.metadata.name ?? ''},
    ...(resource !== undefined && {ref: {kind: 'object', resource, namespace, name} as const}),
  };
}
