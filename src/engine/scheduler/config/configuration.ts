/** Reads a KubeSchedulerConfiguration. upstream: pkg/scheduler/apis/config/{v1/defaults.go,validation/validation.go} */
import {equalJson} from '../../api/clone.ts';
import {duplicate, type FieldError, invalidValue, required, toAggregate} from '../../api/field-errors.ts';
import {type Extender, extendersFrom, resourcesLeftTo} from '../extenders/extender.ts';
import type {Framework} from '../framework/types.ts';
import {isPluginName} from '../plugins/registry.ts';
import {DEFAULT_POD_INITIAL_BACKOFF_SECONDS, DEFAULT_POD_MAX_BACKOFF_SECONDS, withDefaults} from './defaults.ts';
import {ConfigurationError, frameworkOf} from './profile.ts';
import {
  CONFIGURATION_API_VERSION,
  DEFAULT_SCHEDULER_NAME,
  type KubeSchedulerConfiguration,
  type PluginSet,
  type SchedulerProfile,
} from './types.ts';
import {validateArgs} from './validate-args.ts';
import {checkClientConnection, checkExtenders, checkLeaderElection} from './validate-connections.ts';

export interface SchedulerSettings {
  /** By schedulerName. */
  readonly frameworks: ReadonlyMap<string, Framework>;
  /** 0: adaptive. */
  readonly percentageOfNodesToScore: number;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  /** In the order in which they are asked. */
  readonly extenders: readonly Extender[];
}

/** A lone profile need not be named. */
function profilesOf({profiles = []}: KubeSchedulerConfiguration): SchedulerProfile[] {
  const list = profiles.length > 0 ? profiles : [{}];
  return list.length === 1 ? [{...list[0], schedulerName: list[0]!.schedulerName ?? DEFAULT_SCHEDULER_NAME}] : [...list];
}

/** Plugins of older versions that a configuration may still name. */
const REMOVED_PLUGINS = ['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits'];

function checkPlugins({plugins = {}, pluginConfig = []}: SchedulerProfile, path: string): FieldError[] {
  const removed = (at: string, name: string): FieldError[] =>
    REMOVED_PLUGINS.includes(name)
      ? [
          invalidValue(
            at,
            name,
            `was invalid in version "${CONFIGURATION_API_VERSION}" (KubeSchedulerConfiguration is version "${CONFIGURATION_API_VERSION}")`,
          ),
        ]
      : [];
  const errors = Object.entries(plugins).flatMap(([point, set]) =>
    (set.enabled ?? []).flatMap(({name}, i) => removed(`${path}.plugins.${point}.enabled[${i}]`, name)),
  );
  pluginConfig.forEach(({name, args}, i) => {
    const at = `${path}.pluginConfig[${i}]`;
    if (pluginConfig.findIndex(c => c.name === name) < i) errors.push(duplicate(at, name));
    errors.push(...removed(at, name));
    if (isPluginName(name)) errors.push(...validateArgs(name, withDefaults(name, args)).map(e => ({...e, field: `${at}.args.${e.field}`})));
  });
  return errors;
}

/** All profiles share one queue: they sort it alike. */
function checkQueueSort(profiles: readonly SchedulerProfile[]): FieldError[] {
  const sets = profiles.map(({plugins}): PluginSet => plugins?.queueSort ?? {});
  const count = sets[0]?.enabled?.length ?? 0;
  const errors =
    count > 1 ? [invalidValue('profiles[0].plugins.queueSort.Enabled', count, 'only one queue sort plugin can be enabled')] : [];
  const same = (set: PluginSet): boolean =>
    equalJson(set.enabled ?? [], sets[0]!.enabled ?? []) && equalJson(set.disabled ?? [], sets[0]!.disabled ?? []);
  for (const [i, set] of sets.entries())
    if (!same(set)) errors.push(invalidValue(`profiles[${i}].plugins.queueSort`, asInGo(set), 'must be the same for all profiles'));
  return errors;
}

/** The names that the fields have inside the scheduler. */
const asInGo = ({enabled, disabled}: PluginSet): unknown => ({
  Enabled: enabled?.map(({name, weight = 0}) => ({Name: name, Weight: weight})) ?? null,
  Disabled: disabled?.map(({name}) => ({Name: name, Weight: 0})) ?? null,
});

const isPercentage = (n: number | undefined): boolean => n === undefined || (n >= 0 && n <= 100);

function check(
  configuration: KubeSchedulerConfiguration,
  profiles: readonly SchedulerProfile[],
  initial: number,
  max: number,
): FieldError[] {
  const errors: FieldError[] = [
    ...checkClientConnection(configuration.clientConnection),
    ...checkLeaderElection(configuration.leaderElection),
  ];
  const {parallelism = 16, percentageOfNodesToScore} = configuration;
  if (parallelism <= 0) errors.push(invalidValue('parallelism', parallelism, 'should be an integer value greater than zero'));
  const seen = new Map<string, number>();
  profiles.forEach(({schedulerName = '', percentageOfNodesToScore: percentage}, i) => {
    const at = `profiles[${i}]`;
    if (!schedulerName) errors.push(required(`${at}.schedulerName`));
    if (!isPercentage(percentage)) errors.push(invalidValue(`${at}.percentageOfNodesToScore`, percentage, 'not in valid range [0-100]'));
    errors.push(...checkPlugins(profiles[i]!, at));
    const other = seen.get(schedulerName);
    if (other !== undefined) errors.push(duplicate(`${at}.schedulerName`, `profiles[${other}].schedulerName`));
    seen.set(schedulerName, i);
  });
  errors.push(...checkQueueSort(profiles));
  if (!isPercentage(percentageOfNodesToScore)) {
    errors.push(invalidValue('percentageOfNodesToScore', percentageOfNodesToScore, 'not in valid range [0-100]'));
  }
  if (initial <= 0) errors.push(invalidValue('podInitialBackoffSeconds', initial, 'must be greater than 0'));
  if (max < initial) errors.push(invalidValue('podMaxBackoffSeconds', max, 'must be greater than or equal to PodInitialBackoffSeconds'));
  errors.push(...checkExtenders(configuration.extenders));
  return errors;
}

const FIT = 'NodeResourcesFit';

/** The profile whose NodeResourcesFit leaves these resources to extenders, instead of those that its own arguments name. */
function leaving(profile: SchedulerProfile, ignoredResources: readonly string[]): SchedulerProfile {
  if (ignoredResources.length === 0) return profile;
  const {pluginConfig = []} = profile;
  const args = pluginConfig.find(({name}) => name === FIT)?.args as object | undefined;
  return {...profile, pluginConfig: [...pluginConfig.filter(({name}) => name !== FIT), {name: FIT, args: {...args, ignoredResources}}]};
}

/** The defaults for undefined. Throws ConfigurationError with what kube-scheduler would refuse. */
export function readConfiguration(configuration: KubeSchedulerConfiguration = {}): SchedulerSettings {
  const {apiVersion = CONFIGURATION_API_VERSION, percentageOfNodesToScore = 0} = configuration;
  if (apiVersion !== CONFIGURATION_API_VERSION) {
    throw new ConfigurationError(`no kind "KubeSchedulerConfiguration" is registered for version "${apiVersion}"`);
  }
  const initial = configuration.podInitialBackoffSeconds ?? DEFAULT_POD_INITIAL_BACKOFF_SECONDS;
  const max = configuration.podMaxBackoffSeconds ?? DEFAULT_POD_MAX_BACKOFF_SECONDS;
  const profiles = profilesOf(configuration);
  const errors = check(configuration, profiles, initial, max);
  if (errors.length > 0) throw new ConfigurationError(toAggregate(errors));
  const leftToExtenders = resourcesLeftTo(configuration.extenders);
  const frameworks = new Map(profiles.map(p => [p.schedulerName!, frameworkOf(leaving(p, leftToExtenders))] as const));
  const extenders = extendersFrom(configuration.extenders);
  return {frameworks, percentageOfNodesToScore, initialBackoffMs: initial * 1000, maxBackoffMs: max * 1000, extenders};
}
