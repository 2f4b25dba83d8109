/** upstream: client-go/tools/record (event.go, events_cache.go). Repeated events are counted up; one source may not flood one object. */

import {EPOCH, microTimeText, timeText} from '../api/clock.ts';
import type {KubeEvent, KubeObject} from '../api/types.ts';
import type {Client, EventRecorder, Memory} from './types.ts';

/** upstream: events_cache.go defaultSpamBurst, defaultSpamQPS */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;

/** upstream: events_cache.go defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds: so many different messages for one reason, and the rest are combined. */
const AGGREGATE_MAX_EVENTS = 10;
const AGGREGATE_INTERVAL_MS = 600_000;
const COMBINED = '(combined from similar events): ';

const CORRELATION = 'event-correlation';

/** What is remembered of one object's events from one source. */
interface Correlation {
  tokens: number;
  at: number;
  seen: Record<string, {name: string; count: number}>;
  /** The different messages of a type and reason lately. */
  groups: Record<string, {messages: string[]; at: number}>;
}

/** The messages of a group with one more among them; a group that has been quiet for long begins anew. */
function groupWith(group: Correlation['groups'][string] | undefined, message: string, now: number): Correlation['groups'][string] {
  const messages = group && now - group.at <= AGGREGATE_INTERVAL_MS ? group.messages : [];
  if (messages.includes(message)) return {messages, at: now};
  return {messages: [...messages, message].slice(0, AGGREGATE_MAX_EVENTS), at: now};
}

const hex = (n: number): string => n.toString(16);

export interface EventSource {
  component: string;
  /** The node, for a component that runs on one. */
  host: string;
  client: Client;
  memory: Memory;
  /** Virtual milliseconds. */
  clock: {readonly now: number};
}

/** A recorder that writes core/v1 Events through the source's own client. An event that is refused is dropped, as upstream drops it. */
export function eventRecorder(source: EventSource): EventRecorder {
  return {
    event(object, type, reason, text, options = {}) {
      const {memory, client} = source;
      const {now} = source.clock;
      const id = object.metadata.uid ?? object.metadata.name ?? '';
      const known = memory.get<Correlation>(CORRELATION, id);
      const tokens = known ? Math.min(SPAM_BURST, known.tokens + (now - known.at) / SPAM_REFILL_MS) : SPAM_BURST;
      if (tokens < 1) return;
      // 1. Many like it: all of them become one.
      const groupKey = [type, reason].join('\n');
      const group = groupWith(known?.groups[groupKey], text, now);
      const combined = group.messages.length >= AGGREGATE_MAX_EVENTS;
      const message = combined ? COMBINED + text : text;
      // 2. The same as before: counted up.
      const key = combined ? groupKey : [type, reason, options.fieldPath ?? '', message].join('\n');
      const before = known?.seen[key];
      const namespace = object.metadata.namespace || 'default';
      const name = before?.name ?? `${object.metadata.name}.${hex(Math.floor(EPOCH + now) * 4096 + Object.keys(known?.seen ?? {}).length)}`;
      memory.put<Correlation>(CORRELATION, id, {
        tokens: tokens - 1,
        at: now,
        seen: {...known?.seen, [key]: {name, count: (before?.count ?? 0) + 1}},
        groups: {...known?.groups, [groupKey]: combined ? {...group, messages: group.messages.slice(1)} : group},
      });
      try {
        if (before) {
          client.patch('events', namespace, name, 'strategic', {message, count: before.count + 1, lastTimestamp: timeText(now)});
        } else {
          client.create<KubeEvent>('events', newEvent(source, object, namespace, name, type, reason, message, options));
        }
      } catch {
        // upstream: event.go recordEvent gives up on a rejected event, and says so only in its log.
      }
    },
  };
}

function newEvent(
  source: EventSource,
  object: KubeObject,
  namespace: string,
  name: string,
  type: string,
  reason: string,
  message: string,
  options: {fieldPath?: string; action?: string; related?: KubeObject},
): KubeEvent {
  const time = timeText(source.clock.now);
  const host = source.host ? {host: source.host} : undefined;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {name, namespace},
    involvedObject: {...reference(object), ...(options.fieldPath && {fieldPath: options.fieldPath})},
    reason,
    message,
    source: {component: source.component, ...host},
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type,
    ...(options.action && {action: options.action, eventTime: microTimeText(source.clock.now)}),
    ...(options.related && {related: reference(options.related)}),
    reportingComponent: source.component,
    reportingInstance: options.action ? [source.component, source.host].filter(Boolean).join('-') : source.host,
  } as KubeEvent;
}

const reference = (object: KubeObject): Record<string, string | undefined> => ({
  kind: object.kind,
  ...(object.metadata.namespace && {namespace: object.metadata.namespace}),
  name: object.metadata.name,
  uid: object.metadata.uid,
  apiVersion: object.apiVersion,
  resourceVersion: object.metadata.resourceVersion,
});
