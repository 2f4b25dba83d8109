/** `kubectl events`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/events */
import type {KubeEvent} from '../../engine/api/types.ts';
import {age} from '../../engine/apiserver/printers/format.ts';
import {alignTabs, escapeTerminal, TABLE_TABS} from '../text/tab-writer.ts';

/** When an event was last seen: its series, else its last timestamp, else its event time. */
const eventTime = (event: KubeEvent): string => event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? '';

const milliseconds = (timestamp: string): number => (timestamp ? Date.parse(timestamp) : 0);

/** Oldest first; of one moment, the order they came in. */
export const sortEvents = (events: readonly KubeEvent[]): KubeEvent[] =>
  [...events].sort((a, b) => milliseconds(eventTime(a)) - milliseconds(eventTime(b)));

/** `5s`, or `20m (x3 over 30m)` when it came more than once. */
export function eventInterval(event: KubeEvent, now: number): string {
  const first = event.eventTime ? age(event.eventTime, now) : age(event.firstTimestamp, now);
  if (event.series) return `${age(event.series.lastObservedTime, now)} (x${event.series.count} over ${first})`;
  if ((event.count ?? 0) > 1) return `${age(event.lastTimestamp, now)} (x${event.count} over ${first})`;
  return first;
}

export interface EventPrintOptions {
  now: number;
  withNamespace?: boolean;
  noHeaders?: boolean;
}

const HEADERS = ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];

/** The events as kubectl's table, in the order given. */
export function printEvents(events: readonly KubeEvent[], options: EventPrintOptions, widths?: number[]): string {
  const rows = events.map(event => [
    ...(options.withNamespace ? [event.metadata.namespace ?? ''] : []),
    eventInterval(event, options.now),
    event.type ?? '',
    event.reason ?? '',
    `${event.involvedObject.kind}/${event.involvedObject.name}`,
    (event.message ?? '').trim(),
  ]);
  if (!options.noHeaders) rows.unshift(options.withNamespace ? ['NAMESPACE', ...HEADERS] : HEADERS);
  return alignTabs(escapeTerminal(rows.map(row => `${row.join('\t')}\n`).join('')), TABLE_TABS, widths);
}

/** `--types=Warning`, whatever the case. */
export const ofTypes = (events: readonly KubeEvent[], types: readonly string[] | undefined): KubeEvent[] =>
  types?.length ? events.filter(e => types.some(t => t.toLowerCase() === (e.type ?? '').toLowerCase())) : [...events];
