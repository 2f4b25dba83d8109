import {timeOf} from '../engine/api/clock.ts';
import {parseApiVersion} from '../engine/api/group-version.ts';
import {byKind, byResource} from '../engine/api/kinds.ts';
import type {KubeEvent} from '../engine/api/types.ts';
import {storagePrefix} from '../engine/apiserver/resources.ts';
import {type KeyValue, KV} from '../engine/apiserver/storage.ts';
import type {Machine} from '../engine/machine/machine.ts';
import {CAPS} from './caps.ts';
import type {EventFacts} from './facts/facts.ts';
import {onceEach} from './once-each.ts';
import {ranked} from './ranking.ts';
import {balanceOf} from './reading.ts';

const EVENTS = storagePrefix(byResource('events')!);

const lastWritten = ranked<KeyValue<KubeEvent>>(
  KV,
  ({key}) => key.startsWith(EVENTS),
  ({modRevision}) => modRevision,
);

/** The youngest Kubernetes events, newest first. */
export function eventFacts(machine: Machine): EventFacts[] {
  return balanceOf(machine, lastWritten)
    .highest(CAPS.events)
    .map(({value}) => factsOf(value));
}

const factsOf = onceEach((event: KubeEvent): EventFacts => {
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
});
