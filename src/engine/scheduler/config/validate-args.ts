/** Checks plugin arguments. upstream: pkg/scheduler/apis/config/validation/validation_pluginargs.go */
import {duplicate, type FieldError, forbiddenField, invalidValue, notSupported, required} from '../../api/field-errors.ts';
import type {core} from '../../api/types.ts';
import type {DefaultPreemptionArgs} from '../plugins/default-preemption.ts';
import type {InterPodAffinityArgs} from '../plugins/inter-pod-affinity.ts';
import type {NodeResourcesFitArgs} from '../plugins/node-resources-fit.ts';
import type {PluginName} from '../plugins/registry.ts';
import type {UtilizationShapePoint, WeightedResource} from '../plugins/resource-scoring.ts';
import type {PodTopologySpreadArgs} from '../plugins/topology-constraints.ts';

type Check = (args: any) => FieldError[];

function checkWeights(resources: readonly WeightedResource[] = [], path: string): FieldError[] {
  return resources.flatMap(({name, weight = 0}, i) =>
    weight > 0 && weight <= 100
      ? []
      : [invalidValue(`${path}[${i}].weight`, weight, `resource weight of ${name} not in valid range (0, 100]`)],
  );
}

function checkShape(shape: readonly UtilizationShapePoint[] = [], path: string): FieldError[] {
  if (shape.length === 0) return [required(path, 'at least one point must be specified')];
  const errors: FieldError[] = [];
  const unsorted = shape.findIndex((point, i) => i > 0 && shape[i - 1]!.utilization >= point.utilization);
  if (unsorted > 0) {
    const at = `${path}[${unsorted}].utilization`;
    errors.push(invalidValue(at, shape[unsorted]!.utilization, 'utilization values must be sorted in increasing order'));
  }
  shape.forEach(({utilization, score}, i) => {
    if (utilization < 0 || utilization > 100)
      errors.push(invalidValue(`${path}[${i}].utilization`, utilization, 'not in valid range [0-100]'));
    if (score < 0 || score > 10) errors.push(invalidValue(`${path}[${i}].score`, score, 'not in valid range [0-10]'));
  });
  return errors;
}

const STRATEGIES = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'] as const;

function checkFit({ignoredResourceGroups = [], scoringStrategy}: Partial<NodeResourcesFitArgs>): FieldError[] {
  const errors = ignoredResourceGroups.flatMap((group, i) =>
    group.includes('/') ? [invalidValue(`ignoredResourceGroups[${i}]`, group, "resource group name can't contain '/'")] : [],
  );
  if (!scoringStrategy) return [...errors, required('scoringStrategy')];
  const {type, resources, requestedToCapacityRatio} = scoringStrategy;
  if (!STRATEGIES.includes(type)) errors.push(notSupported('scoringStrategy.type', type, STRATEGIES));
  errors.push(...checkWeights(resources, 'scoringStrategy.resources'));
  if (requestedToCapacityRatio) errors.push(...checkShape(requestedToCapacityRatio.shape, 'requestedToCapacityRatio.shape'));
  return errors;
}

function checkBalanced({resources = []}: {resources?: readonly WeightedResource[]}): FieldError[] {
  const seen = new Set<string>();
  return resources.flatMap(({name, weight}, i) => {
    const errors: FieldError[] = [];
    if (weight !== 1) errors.push(invalidValue(`resources[${i}].weight`, weight, `resource weight of ${name} should be 1, got ${weight}`));
    if (seen.has(name)) errors.push(duplicate(`resources[${i}].name`, name));
    seen.add(name);
    return errors;
  });
}

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'] as const;

function checkSpread({defaultingType, defaultConstraints = []}: PodTopologySpreadArgs): FieldError[] {
  const errors: FieldError[] = [];
  if (defaultingType !== 'System' && defaultingType !== 'List')
    errors.push(notSupported('defaultingType', defaultingType, ['System', 'List']));
  if (defaultingType === 'System' && defaultConstraints.length > 0) {
    errors.push(invalidValue('defaultingType', defaultingType, 'when .defaultConstraints are not empty'));
  }
  const seen = new Set<string>();
  defaultConstraints.forEach((c: core.TopologySpreadConstraint, i) => {
    const at = `defaultConstraints[${i}]`;
    if (c.maxSkew <= 0) errors.push(invalidValue(`${at}.maxSkew`, c.maxSkew, 'not in valid range (0, inf)'));
    if (!c.topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    if (!ACTIONS.some(a => a === c.whenUnsatisfiable)) errors.push(notSupported(`${at}.whenUnsatisfiable`, c.whenUnsatisfiable, ACTIONS));
    if (c.labelSelector)
      errors.push(forbiddenField(`${at}.labelSelector`, 'constraint must not define a selector, as they deduced for each pod'));
    const key = `{${c.topologyKey}, ${c.whenUnsatisfiable}}`;
    if (seen.has(key)) errors.push(duplicate(at, key));
    seen.add(key);
  });
  return errors;
}

function checkPreemption({
  minCandidateNodesPercentage: percentage,
  minCandidateNodesAbsolute: absolute,
}: DefaultPreemptionArgs): FieldError[] {
  const errors: FieldError[] = [];
  if (percentage < 0 || percentage > 100)
    errors.push(invalidValue('minCandidateNodesPercentage', percentage, 'not in valid range [0, 100]'));
  if (absolute < 0) errors.push(invalidValue('minCandidateNodesAbsolute', absolute, 'not in valid range [0, inf)'));
  if (percentage === 0 && absolute === 0) {
    errors.push(
      invalidValue('minCandidateNodesPercentage', percentage, 'cannot be zero at the same time as minCandidateNodesAbsolute'),
      invalidValue('minCandidateNodesAbsolute', absolute, 'cannot be zero at the same time as minCandidateNodesPercentage'),
    );
  }
  return errors;
}

const checkInterPodAffinity = ({hardPodAffinityWeight: weight}: InterPodAffinityArgs): FieldError[] =>
  weight < 0 || weight > 100 ? [invalidValue('hardPodAffinityWeight', weight, 'not in valid range [0-100]')] : [];

const checkVolumeBinding = ({bindTimeoutSeconds: seconds = 0}: {bindTimeoutSeconds?: number}): FieldError[] =>
  seconds < 0 ? [invalidValue('bindTimeoutSeconds', seconds, 'invalid BindTimeoutSeconds, should not be a negative value')] : [];

const CHECKS: {readonly [name in PluginName]?: Check} = {
  DefaultPreemption: checkPreemption,
  InterPodAffinity: checkInterPodAffinity,
  NodeResourcesBalancedAllocation: checkBalanced,
  NodeResourcesFit: checkFit,
  PodTopologySpread: checkSpread,
  VolumeBinding: checkVolumeBinding,
};

/** What is wrong with a plugin's arguments; defaults must have been filled in. */
export const validateArgs = (name: PluginName, args: unknown): FieldError[] => CHECKS[name]?.(args) ?? [];
