/** What a profile has without being told. upstream: pkg/scheduler/apis/config/v1/{default_plugins,defaults}.go */
import type {PluginName} from '../plugins/registry.ts';
import type {EnabledPlugin} from './types.ts';

/** In the order in which plugins run; those with a weight score. */
export const DEFAULT_PLUGINS: readonly (EnabledPlugin & {readonly name: PluginName})[] = [
  {name: 'SchedulingGates'},
  {name: 'PrioritySort'},
  {name: 'NodeUnschedulable'},
  {name: 'NodeName'},
  {name: 'TaintToleration', weight: 3},
  {name: 'NodeAffinity', weight: 2},
  {name: 'NodePorts'},
  {name: 'NodeResourcesFit', weight: 1},
  {name: 'VolumeRestrictions'},
  {name: 'NodeVolumeLimits'},
  {name: 'VolumeBinding'},
  {name: 'VolumeZone'},
  {name: 'PodTopologySpread', weight: 2},
  {name: 'InterPodAffinity', weight: 2},
  {name: 'DynamicResources'},
  {name: 'DefaultPreemption'},
  {name: 'NodeResourcesBalancedAllocation', weight: 1},
  {name: 'ImageLocality', weight: 1},
  {name: 'DefaultBinder'},
  {name: 'NodeDeclaredFeatures'},
];

export const DEFAULT_POD_INITIAL_BACKOFF_SECONDS = 1;
export const DEFAULT_POD_MAX_BACKOFF_SECONDS = 10;

const cpuAndMemory = [
  {name: 'cpu', weight: 1},
  {name: 'memory', weight: 1},
] as const;

type Args = Readonly<Record<string, unknown>>;

/** A resource without a weight, or with 0, weighs 1. */
const weighed = (resources: unknown): unknown =>
  Array.isArray(resources) && resources.length > 0 ? resources.map(r => ({...r, weight: r.weight || 1})) : cpuAndMemory;

/** Fills in what the arguments leave out. A plugin that is not listed takes none. */
const ARGUMENT_DEFAULTS: {readonly [name in PluginName]?: (args: Args) => Args} = {
  DefaultPreemption: args => ({minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100, ...args}),
  DynamicResources: args => ({filterTimeout: '10s', bindingTimeout: '10m', ...args}),
  InterPodAffinity: args => ({hardPodAffinityWeight: 1, ...args}),
  NodeAffinity: args => args,
  NodeResourcesBalancedAllocation: args => ({...args, resources: weighed(args['resources'])}),
  NodeResourcesFit: args => {
    const strategy = (args['scoringStrategy'] ?? {}) as Args;
    return {...args, scoringStrategy: {type: 'LeastAllocated', ...strategy, resources: weighed(strategy['resources'])}};
  },
  PodTopologySpread: args => ({defaultingType: 'System', ...args}),
  VolumeBinding: args => ({bindTimeoutSeconds: 600, ...args}),
};

/** A plugin's arguments with what they leave out. */
export const withDefaults = (name: PluginName, args: unknown): unknown => ARGUMENT_DEFAULTS[name]?.((args ?? {}) as Args) ?? {};
