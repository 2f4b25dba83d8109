/** Programs beside the scheduler that have a say over HTTP, as the configuration names them. upstream: pkg/scheduler/extender.go, scheduler.go buildExtenders */
import {parseGoDuration} from '../../api/duration.ts';
import type {Pod} from '../../api/types.ts';
import type {ExtenderConfiguration} from '../config/types.ts';

/** upstream: DefaultExtenderTimeout */
const DEFAULT_TIMEOUT_MS = 5000;

/** In the set of plugins that rejected a pod this stands for all extenders. upstream: framework.ExtenderName */
export const EXTENDER_NAME = 'Extender';

export type Question = 'filter' | 'prioritize' | 'preempt' | 'bind';

export interface Extender {
  /** Its urlPrefix. */
  readonly name: string;
  /** The last part of the path, by what is asked; without one the extender is not asked that. */
  readonly verbs: {readonly [question in Question]?: string};
  readonly weight: number;
  /** It knows the nodes: it is told, and answers, names only. */
  readonly nodeCacheCapable: boolean;
  /** Where it does not answer, the scheduler goes on without it. */
  readonly ignorable: boolean;
  readonly timeoutMs: number;
  /** Asked only about pods that want one of these; none: about all. */
  readonly managedResources: ReadonlySet<string>;
}

function extenderOf(given: ExtenderConfiguration): Extender {
  const {filterVerb, prioritizeVerb, preemptVerb, bindVerb} = given;
  return {
    name: given.urlPrefix ?? '',
    verbs: {
      ...(filterVerb && {filter: filterVerb}),
      ...(prioritizeVerb && {prioritize: prioritizeVerb}),
      ...(preemptVerb && {preempt: preemptVerb}),
      ...(bindVerb && {bind: bindVerb}),
    },
    weight: given.weight ?? 0,
    nodeCacheCapable: given.nodeCacheCapable ?? false,
    ignorable: given.ignorable ?? false,
    timeoutMs: parseGoDuration(given.httpTimeout ?? '') || DEFAULT_TIMEOUT_MS,
    managedResources: new Set((given.managedResources ?? []).map(({name = ''}) => name)),
  };
}

/** In the order in which they are asked: those that may be ignored come last. */
export function extendersFrom(configurations: readonly ExtenderConfiguration[] = []): Extender[] {
  const all = configurations.map(extenderOf);
  return [...all.filter(({ignorable}) => !ignorable), ...all.filter(({ignorable}) => ignorable)];
}

/** The resources that NodeResourcesFit leaves to extenders. */
export const resourcesLeftTo = (configurations: readonly ExtenderConfiguration[] = []): string[] =>
  configurations.flatMap(({managedResources = []}) =>
    managedResources.flatMap(({name, ignoredByScheduler}) => (ignoredByScheduler && name ? [name] : [])),
  );

/** Whether a container of the pod asks for, or is limited in, something that the extender manages. */
export function isInterested({managedResources}: Extender, {spec}: Pick<Pod, 'spec'>): boolean {
  if (managedResources.size === 0) return true;
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(({resources}) =>
    [resources?.requests, resources?.limits].some(list => Object.keys(list ?? {}).some(name => managedResources.has(name))),
  );
}
