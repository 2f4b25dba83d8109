/** Checks plugin arguments. upstream: pkg/scheduler/apis/config/validation/validation_pluginargs.go */
import {parseGoDuration, printGoDuration} from '../../api/duration.ts';
import {duplicate, type FieldError, forbiddenField, GoValue, invalidValue, notSupported, required} from '../../api/field-errors.ts';
import {isQualifiedName} from '../../api/names.ts';
import type {core} from '../../api/types.ts';
import {preferenceErrors, termErrors} from '../framework/node-selector.ts';
import type {DefaultPreemptionArgs} from '../plugins/default-preemption.ts';
import type {InterPodAffinityArgs} from '../plugins/inter-pod-affinity.ts';
import type {NodeAffinityArgs} from '../plugins/node-affinity.ts';
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
    errors.push(invalidValue(at, shape[unsorted]!.utilization, 'values must be sorted in increasing order'));
  }
  shape.forEach(({utilization, score}, i) => {
    if (utilization < 0 || utilization > 100)
      errors.push(invalidValue(`${path}[${i}].utilization`, utilization, 'not in valid range [0, 100]'));
    if (score < 0 || score > 10) errors.push(invalidValue(`${path}[${i}].score`, score, 'not in valid range [0, 10]'));
  });
  return errors;
}

const STRATEGIES = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'] as const;

const checkLabelName = (name: string, path: string): FieldError[] =>
  isQualifiedName(name).map(message => invalidValue(path, name, message));

function checkFit({ignoredResources = [], ignoredResourceGroups = [], scoringStrategy}: Partial<NodeResourcesFitArgs>): FieldError[] {
  const errors = ignoredResources.flatMap((name, i) => checkLabelName(name, `ignoredResources[${i}]`));
  ignoredResourceGroups.forEach((group, i) => {
    const at = `ignoredResourceGroups[${i}]`;
    if (group.includes('/')) errors.push(invalidValue(at, group, "resource group name can't contain '/'"));
    errors.push(...checkLabelName(group, at));
  });
  if (!scoringStrategy) return [...errors, required('scoringStrategy', 'ScoringStrategy field is required')];
  const {type, resources, requestedToCapacityRatio: ratio} = scoringStrategy;
  const at = 'scoringStrategy.requestedToCapacityRatio';
  if (!STRATEGIES.includes(type)) errors.push(notSupported('scoringStrategy.type', type, STRATEGIES));
  errors.push(...checkWeights(resources, 'scoringStrategy.resources'));
  if (type !== 'RequestedToCapacityRatio') {
    if (ratio) errors.push(forbiddenField(at, 'must be nil when type is not RequestedToCapacityRatio'));
  } else if (ratio) errors.push(...checkShape(ratio.shape, `${at}.shape`));
  else errors.push(required(at, 'must be specified when type is RequestedToCapacityRatio'));
  return errors;
}

function checkBalanced({resources = []}: {resources?: readonly WeightedResource[]}): FieldError[] {
  const seen = new Set<string>();
  return resources.flatMap(({name, weight = 0}, i) => {
    const errors: FieldError[] = [];
    if (seen.has(name)) errors.push(duplicate(`resources[${i}].name`, name));
    seen.add(name);
    if (weight !== 1) errors.push(invalidValue(`resources[${i}].weight`, weight, 'must be 1'));
    return errors;
  });
}

function checkNodeAffinity({addedAffinity}: NodeAffinityArgs): FieldError[] {
  const {requiredDuringSchedulingIgnoredDuringExecution: must, preferredDuringSchedulingIgnoredDuringExecution: may = []} =
    addedAffinity ?? {};
  const path = 'addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  const preferences = 'addedAffinity.preferredDuringSchedulingIgnoredDuringExecution';
  return [
    ...(must?.nodeSelectorTerms ?? []).flatMap((term, i) => termErrors(term, `${path}[${i}]`)),
    ...preferenceErrors(may, preferences),
  ];
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
    else errors.push(...checkLabelName(c.topologyKey, `${at}.topologyKey`));
    if (!c.whenUnsatisfiable) errors.push(required(`${at}.whenUnsatisfiable`, 'can not be empty'));
    else if (!ACTIONS.some(a => a === c.whenUnsatisfiable)) {
      errors.push(notSupported(`${at}.whenUnsatisfiable`, c.whenUnsatisfiable, ACTIONS));
    }
    if (c.labelSelector) {
      errors.push(forbiddenField(`${at}.labelSelector`, 'constraint must not define a selector, as they deduced for each pod'));
    }
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
  weight < 0 || weight > 100 ? [invalidValue('hardPodAffinityWeight', weight, 'not in valid range [0, 100]')] : [];

function checkVolumeBinding({bindTimeoutSeconds: seconds = 0, shape}: {bindTimeoutSeconds?: number; shape?: unknown}): FieldError[] {
  const errors: FieldError[] = [];
  if (seconds < 0) errors.push(invalidValue('bindTimeoutSeconds', seconds, 'invalid BindTimeoutSeconds, should not be a negative value'));
  if (shape)
    errors.push(invalidValue('shape', shape, 'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring'));
  return errors;
}

interface DynamicResourcesArgs {
  readonly filterTimeout: string;
  readonly bindingTimeout: string;
}

const SECOND = 1000;

/** Both gates that these are for are on in v1.36. */
function checkDynamicResources({filterTimeout, bindingTimeout}: DynamicResourcesArgs): FieldError[] {
  const check = (field: string, text: string, least: number, why: string): FieldError[] => {
    const ms = parseGoDuration(text) ?? 0;
    return ms < least ? [invalidValue(field, new GoValue(printGoDuration(ms)), why)] : [];
  };
  return [
    ...check('filterTimeout', filterTimeout, 0, 'must be zero or positive'),
    ...check('bindingTimeout', bindingTimeout, SECOND, 'must be at least 1 second'),
  ];
}

const CHECKS: {readonly [name in PluginName]?: Check} = {
  DefaultPreemption: checkPreemption,
  DynamicResources: checkDynamicResources,
  InterPodAffinity: checkInterPodAffinity,
  NodeAffinity: checkNodeAffinity,
  NodeResourcesBalancedAllocation: checkBalanced,
  NodeResourcesFit: checkFit,
  PodTopologySpread: checkSpread,
  VolumeBinding: checkVolumeBinding,
};

/** What is wrong with a plugin's arguments; defaults must have been filled in. */
export const validateArgs = (name: PluginName, args: unknown): FieldError[] => CHECKS[name]?.(args) ?? [];
