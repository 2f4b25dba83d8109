/** The parts of a running scheduler, as its steps hand them round. */

import type {Pod} from '../api/types.ts';
import type {ComponentContext, Resource} from '../client/types.ts';
import type {Tx} from '../machine/types.ts';
import {readConfiguration, type SchedulerSettings} from './config/configuration.ts';
import type {KubeSchedulerConfiguration} from './config/types.ts';
import {createDecisionKeeper, type DecisionKeeper} from './decision.ts';
import {type Extenders, NO_EXTENDERS, type Posted, type Target} from './extenders/send.ts';
import {NO_OBJECTS} from './framework/runtime.ts';
import type {Framework, Listers} from './framework/types.ts';
import {type Cache, createCache} from './state/cache.ts';
import {createQueue, type SchedulingQueue} from './state/queue.ts';
import {recordEvent, type SchedulerEvent} from './state/recorder.ts';
import {createViewKeeper, type ViewKeeper} from './state/view.ts';

export interface Scheduler {
  readonly settings: SchedulerSettings;
  readonly views: ViewKeeper;
  readonly cache: Cache;
  readonly queue: SchedulingQueue;
  readonly decisions: DecisionKeeper;
  /** The profile that is responsible for the pod; undefined: another scheduler's pod. */
  frameworkOf(pod: Pod): Framework | undefined;
  listersOf(ctx: ComponentContext): Listers;
  /** Those who have a say beside the plugins, for one cycle. */
  extendersOf(ctx: ComponentContext): Extenders;
  /** Records an event from the pod's profile: it is the profile that a reader knows the scheduler by. */
  record(ctx: ComponentContext, pod: Pod, event: SchedulerEvent): void;
}

/** How the scheduler's machine reaches an extender: whoever composes a cluster knows. */
export type Post = (tx: Tx, target: Target) => Posted;

/** `watched`: the resources the component has informers of; any other is empty. Throws ConfigurationError. */
export function createSchedulerParts(
  configuration: KubeSchedulerConfiguration | undefined,
  watched: ReadonlySet<Resource>,
  post: Post,
): Scheduler {
  const settings = readConfiguration(configuration);
  const frameworkOf = (pod: Pod): Framework | undefined => settings.frameworks.get(pod.spec?.schedulerName ?? '');
  const listersOf =
    (ctx: ComponentContext): Listers =>
    resource =>
      watched.has(resource) ? ctx.lister(resource) : NO_OBJECTS;
  // Every profile must sort the queue alike, for there is only one.
  const [first] = settings.frameworks.values();
  const views = createViewKeeper(first!.queueSort.less!);
  return {
    settings,
    views,
    cache: createCache(views),
    queue: createQueue(views, {...settings, frameworkOf, listersOf}),
    decisions: createDecisionKeeper(),
    frameworkOf,
    listersOf,
    extendersOf: ({tx}) =>
      settings.extenders.length === 0 ? NO_EXTENDERS : {list: settings.extenders, post: target => post(tx, target), waitedMs: 0},
    record: (ctx, pod, event) => recordEvent(ctx, (frameworkOf(pod) ?? first!).profileName, pod, event),
  };
}
