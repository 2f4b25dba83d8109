/** Which plugins wait for which events, over all profiles. upstream: pkg/scheduler/scheduler.go buildQueueingHintMap */
import type {Pod} from '../../api/types.ts';
import {type ClusterEvent, type ClusterEventHint, type EventAction, type EventResource, helps} from './events.ts';
import type {Framework, Listers, Plugin} from './types.ts';

export interface QueueingHints {
  /** The plugins of any profile that registered for such an event; undefined: none. */
  interested(event: Pick<ClusterEvent, 'resource' | 'action'>): ReadonlySet<string> | undefined;
  /** Whether the event may change the mind of one of the plugins that rejected the pod. */
  mayHelp(framework: Framework, rejectedBy: readonly string[], pod: Pod, event: ClusterEvent, listers: Listers): boolean;
}

/** Every plugin of the profile, at whatever extension point. */
function pluginsOf({score, queueSort, profileName: _name, percentageOfNodesToScore: _percentage, ...points}: Framework): Plugin[] {
  return [...new Set([queueSort, ...Object.values(points).flat(), ...score.map(s => s.plugin)])];
}

/** What the plugins of these names wait for, as `Node/Add`, each once. */
export function wakingEvents(framework: Framework, plugins: readonly string[]): string[] {
  const registered = pluginsOf(framework).filter(plugin => plugins.includes(plugin.name));
  return [...new Set(registered.flatMap(({events = []}) => events.flatMap(e => e.actions.map(action => keyOf(e.resource, action)))))];
}

const keyOf = (resource: EventResource, action: EventAction): string => `${resource}/${action}`;

export function queueingHints(frameworks: Iterable<Framework>): QueueingHints {
  const byFramework = new Map<Framework, ReadonlyMap<string, readonly ClusterEventHint[]>>();
  const byEvent = new Map<string, Set<string>>();
  for (const framework of frameworks) {
    const plugins = pluginsOf(framework);
    byFramework.set(framework, new Map(plugins.map(p => [p.name, p.events ?? []])));
    for (const {name, events = []} of plugins) {
      for (const key of events.flatMap(({resource, actions}) => actions.map(action => keyOf(resource, action)))) {
        byEvent.set(key, (byEvent.get(key) ?? new Set()).add(name));
      }
    }
  }
  return {
    interested: ({resource, action}) => byEvent.get(keyOf(resource, action)),
    mayHelp(framework, rejectedBy, pod, event, listers) {
      const registered = byFramework.get(framework);
      return rejectedBy.some(plugin => registered?.get(plugin)?.some(hint => helps(hint, pod, event, listers)));
    },
  };
}
