/** Every in-tree plugin and how it is made from its arguments. upstream: pkg/scheduler/framework/plugins/registry.go */
import type {Plugin} from '../framework/types.ts';
import {type BalancedAllocationArgs, balancedAllocation} from './balanced-allocation.ts';
import {defaultBinder} from './default-binder.ts';
import {type DefaultPreemptionArgs, defaultPreemption} from './default-preemption.ts';
import {dynamicResources} from './dynamic-resources.ts';
import {imageLocality} from './image-locality.ts';
import {type InterPodAffinityArgs, interPodAffinity} from './inter-pod-affinity.ts';
import {type NodeAffinityArgs, nodeAffinity} from './node-affinity.ts';
import {nodeDeclaredFeatures} from './node-declared-features.ts';
import {nodeName} from './node-name.ts';
import {nodePorts} from './node-ports.ts';
import {type NodeResourcesFitArgs, nodeResourcesFit} from './node-resources-fit.ts';
import {nodeUnschedulable} from './node-unschedulable.ts';
import {nodeVolumeLimits} from './node-volume-limits.ts';
import {podTopologySpread} from './pod-topology-spread.ts';
import {prioritySort} from './priority-sort.ts';
import {schedulingGates} from './scheduling-gates.ts';
import {taintToleration} from './taint-toleration.ts';
import type {PodTopologySpreadArgs} from './topology-constraints.ts';
import {type VolumeBindingArgs, volumeBinding} from './volume-binding.ts';
import {volumeRestrictions} from './volume-restrictions.ts';
import {volumeZone} from './volume-zone.ts';

/** Feature gates of v1.36 that the scheduler's behaviour hangs on. */
export interface Features {
  readonly TaintTolerationComparisonOperators: boolean;
}

export const DEFAULT_FEATURES: Features = {TaintTolerationComparisonOperators: false};

type Make = (args: unknown, features: Features) => Plugin;

export const REGISTRY = {
  SchedulingGates: schedulingGates,
  PrioritySort: prioritySort,
  NodeUnschedulable: nodeUnschedulable,
  NodeName: nodeName,
  TaintToleration: (_args, features) => taintToleration({comparisonOperators: features.TaintTolerationComparisonOperators}),
  NodeAffinity: args => nodeAffinity(args as NodeAffinityArgs),
  NodePorts: nodePorts,
  NodeResourcesFit: args => nodeResourcesFit(args as NodeResourcesFitArgs),
  VolumeRestrictions: volumeRestrictions,
  NodeVolumeLimits: nodeVolumeLimits,
  VolumeBinding: args => volumeBinding(args as VolumeBindingArgs),
  VolumeZone: volumeZone,
  PodTopologySpread: args => podTopologySpread(args as PodTopologySpreadArgs),
  InterPodAffinity: args => interPodAffinity(args as InterPodAffinityArgs),
  DynamicResources: dynamicResources,
  DefaultPreemption: args => defaultPreemption(args as DefaultPreemptionArgs),
  NodeResourcesBalancedAllocation: args => balancedAllocation(args as BalancedAllocationArgs),
  ImageLocality: imageLocality,
  DefaultBinder: defaultBinder,
  NodeDeclaredFeatures: nodeDeclaredFeatures,
} satisfies Record<string, Make>;

export type PluginName = keyof typeof REGISTRY;

export const isPluginName = (name: string): name is PluginName => Object.hasOwn(REGISTRY, name);
