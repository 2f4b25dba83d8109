/** upstream: plugin/pkg/admission/eventratelimit/{admission,limitenforcer}.go */
import {EPOCH} from '../../api/clock.ts';
import {tooManyRequests} from '../../api/status.ts';
import {parseRfc3339} from '../../api/time.ts';
import type {KubeEvent} from '../../api/types.ts';
import {isAbout} from './matching.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './types.ts';

export interface EventRateLimitConfig {
  readonly limits: readonly {
    readonly type: 'Server' | 'Namespace' | 'User' | 'SourceAndObject';
    /** Tokens a second, and how many can be saved up. */
    readonly qps: number;
    readonly burst: number;
  }[];
}

type Limit = EventRateLimitConfig['limits'][number];

/**
 * Keeps a flood of events out. Upstream counts in memory; here the bucket is worked out from the events in the store, so that it is
 * rewound with them (and users are told apart by the component that reports).
 */
export function eventRateLimit({limits}: EventRateLimitConfig = {limits: []}): AdmissionPlugin {
  return {
    name: 'EventRateLimit',
    handles: attributes => isAbout(attributes, '', 'events', 'CREATE', 'UPDATE'),
    validate(attributes, context) {
      for (const limit of limits)
        if (tokensLeft(limit, attributes, context) < 1)
          throw tooManyRequests(`limit reached on type ${limit.type} for key ${keyOf(limit.type, attributes.object as KubeEvent)}`, 0);
    },
  };
}

/** The bucket after all events of the key: it fills while nothing happens, and each event takes one. */
function tokensLeft({type, qps, burst}: Limit, {object, namespace}: Attributes, context: AdmissionContext): number {
  const key = keyOf(type, object as KubeEvent);
  const times = context
    .list<KubeEvent>('events', type === 'Server' || type === 'User' ? undefined : namespace)
    .filter(event => keyOf(type, event) === key)
    .map(event => (parseRfc3339(String(event.metadata.creationTimestamp)) ?? EPOCH) - EPOCH)
    .sort((a, b) => a - b);
  let tokens = burst;
  let last = times[0] ?? context.now;
  for (const time of [...times, context.now]) {
    tokens = Math.min(burst, tokens + ((time - last) / 1000) * qps) - 1;
    last = time;
  }
  return tokens + 1;
}

function keyOf(type: Limit['type'], event: KubeEvent): string {
  const {metadata, source, involvedObject: about = {}} = event as Partial<KubeEvent>;
  switch (type) {
    case 'Server':
      return '';
    case 'Namespace':
      return metadata?.namespace ?? '';
    case 'User':
      return source?.component ?? '';
    case 'SourceAndObject':
      return [source?.component, source?.host, about.kind, about.namespace, about.name, about.uid, about.apiVersion]
        .map(part => part ?? '')
        .join('');
  }
}
