/**
 * A profile of the configuration becomes a framework: plugins merged with the defaults, spread over the extension points, made from their arguments.
 * upstream: pkg/scheduler/apis/config/v1/default_plugins.go mergePluginSet, pkg/scheduler/framework/runtime/framework.go expandMultiPointPlugins
 */

import type {Framework, Plugin} from '../framework/types.ts';
import {DEFAULT_FEATURES, type Features, isPluginName, type PluginName, REGISTRY} from '../plugins/registry.ts';
import {DEFAULT_PLUGINS, withDefaults} from './defaults.ts';
import {DEFAULT_SCHEDULER_NAME, type EnabledPlugin, type ExtensionPoint, type PluginSet, type SchedulerProfile} from './types.ts';

/** A configuration that kube-scheduler would refuse to start with. */
export class ConfigurationError extends Error {}

/** The method by which a plugin takes part in an extension point. */
const METHODS = {
  preEnqueue: 'preEnqueue',
  queueSort: 'less',
  preFilter: 'preFilter',
  filter: 'filter',
  postFilter: 'postFilter',
  preScore: 'preScore',
  score: 'score',
  reserve: 'reserve',
  permit: 'permit',
  preBind: 'preBind',
  bind: 'bind',
} satisfies Partial<Record<ExtensionPoint, keyof Plugin>>;
type RunPoint = keyof typeof METHODS;

const names = (set: PluginSet | undefined): Set<string> => new Set((set?.disabled ?? []).map(p => p.name));

/** Defaults first, in their order and with the custom settings of the same name; then what is new. */
function mergePluginSet(defaults: readonly EnabledPlugin[], custom: PluginSet | undefined): EnabledPlugin[] {
  const disabled = names(custom);
  const enabled = custom?.enabled ?? [];
  const kept = disabled.has('*') ? [] : defaults.filter(p => !disabled.has(p.name));
  const replaced = kept.map(p => enabled.find(e => e.name === p.name) ?? p);
  return [...replaced, ...enabled.filter(e => !kept.some(p => p.name === e.name))];
}

/** The plugins of one extension point: overridden ones, the rest of multiPoint, the rest of the point's own. */
function expand(
  point: RunPoint,
  set: PluginSet | undefined,
  multiPoint: readonly EnabledPlugin[],
  plugins: ReadonlyMap<string, Plugin>,
): EnabledPlugin[] {
  const own = set?.enabled ?? [];
  const disabled = names(set);
  if (disabled.has('*')) return [...own];
  const shared = multiPoint.filter(p => plugins.get(p.name)![METHODS[point]] !== undefined && !disabled.has(p.name));
  const overrides = own.filter(p => shared.some(s => s.name === p.name));
  const rest = shared.filter(s => !own.some(p => p.name === s.name));
  return [...overrides, ...rest, ...own.filter(p => !overrides.includes(p))];
}

const argumentsOf = (name: PluginName, {pluginConfig = []}: SchedulerProfile): unknown =>
  withDefaults(name, pluginConfig.find(c => c.name === name)?.args);

/** Arguments must have been validated. Throws ConfigurationError for plugins that do not exist or do not go together. */
export function frameworkOf(profile: SchedulerProfile, features: Features = DEFAULT_FEATURES): Framework {
  const multiPoint = mergePluginSet(DEFAULT_PLUGINS, profile.plugins?.multiPoint);
  const points = Object.keys(METHODS) as RunPoint[];
  const wanted = [...multiPoint, ...points.flatMap(point => profile.plugins?.[point]?.enabled ?? [])];
  const plugins = new Map<string, Plugin>();
  for (const {name} of wanted) {
    if (plugins.has(name)) continue;
    if (!isPluginName(name))
      throw new ConfigurationError(
        `initializing profiles: creating profile for scheduler name ${profile.schedulerName ?? DEFAULT_SCHEDULER_NAME}: plugin "${name}" does not exist`,
      );
    plugins.set(name, REGISTRY[name](argumentsOf(name, profile) as never, features));
  }
  const at = (point: RunPoint): EnabledPlugin[] => expand(point, profile.plugins?.[point], multiPoint, plugins);
  const of = (point: RunPoint): Plugin[] => at(point).map(({name}) => plugins.get(name)!);
  const weights = new Map([...multiPoint, ...(profile.plugins?.score?.enabled ?? [])].map(p => [p.name, p.weight] as const));
  const queueSort = of('queueSort');
  if (queueSort.length !== 1)
    throw new ConfigurationError(
      `only one queue sort plugin required for profile with scheduler name "${profile.schedulerName}", but got ${queueSort.length}`,
    );
  if (of('bind').length === 0)
    throw new ConfigurationError(`at least one bind plugin is needed for profile with scheduler name "${profile.schedulerName}"`);
  return {
    profileName: profile.schedulerName ?? DEFAULT_SCHEDULER_NAME,
    percentageOfNodesToScore: profile.percentageOfNodesToScore,
    queueSort: queueSort[0]!,
    score: of('score').map(plugin => ({plugin, weight: weights.get(plugin.name) || 1})),
    preEnqueue: of('preEnqueue'),
    preFilter: of('preFilter'),
    filter: of('filter'),
    postFilter: of('postFilter'),
    preScore: of('preScore'),
    reserve: of('reserve'),
    permit: of('permit'),
    preBind: of('preBind'),
    bind: of('bind'),
  };
}
