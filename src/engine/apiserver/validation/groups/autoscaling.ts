/** HorizontalPodAutoscalers. upstream: pkg/apis/autoscaling/validation/validation.go */
import {forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {isDNS1123Label, isValidPathSegmentName, nameIsDNSSubdomain} from '../../../api/names.ts';
import {parseQuantity, sign} from '../../../api/quantity.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate, validateNonnegative} from '../meta.ts';
import type {GroupRules} from '../rules.ts';
import {validatePathSegment} from './shared.ts';

const MAX_PERIOD = 1800;
const MAX_STABILIZATION = 3600;

function validateReference(errors: Errors, ref: Fields | undefined, path: string, wantsGroup: boolean): void {
  validatePathSegment(errors, ref?.['kind'], `${path}.kind`);
  validatePathSegment(errors, ref?.['name'], `${path}.name`);
  const complaint = apiVersionComplaint(ref, wantsGroup);
  if (complaint) errors.push(invalidValue(`${path}.apiVersion`, ref?.['apiVersion'] ?? '', complaint));
}

function apiVersionComplaint(ref: Fields | undefined, wantsGroup: boolean): string | undefined {
  const apiVersion: string = ref?.['apiVersion'] ?? '';
  const parts = apiVersion.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  return wantsGroup && (parts.length === 1 || parts[0] === '') ? 'apiVersion must specify API group' : undefined;
}

/** Of what can be scaled only the ReplicationController is of the group without a name. */
const wantsGroup = (target: Fields | undefined): boolean => target?.['kind'] !== 'ReplicationController';

function validateTarget(errors: Errors, target: Fields, path: string): void {
  const {type, value, averageValue, averageUtilization: utilization} = target;
  if (!type) errors.push(required(`${path}.type`, 'must specify a metric target type'));
  if (type !== 'Utilization' && type !== 'Value' && type !== 'AverageValue')
    errors.push(invalidValue(`${path}.type`, type ?? '', 'must be either Utilization, Value, or AverageValue'));
  if (value !== undefined && sign(parseQuantity(value)) !== 1) errors.push(invalidValue(`${path}.value`, value, 'must be positive'));
  if (averageValue !== undefined && sign(parseQuantity(averageValue)) !== 1)
    errors.push(invalidValue(`${path}.averageValue`, averageValue, 'must be positive'));
  if (utilization !== undefined && utilization < 1)
    errors.push(invalidValue(`${path}.averageUtilization`, utilization, 'must be greater than 0'));
}

function validateIdentifier(errors: Errors, metric: Fields | undefined, path: string): void {
  const name: string = metric?.['name'] ?? '';
  if (!name) errors.push(required(`${path}.name`, 'must specify a metric name'));
  else addInvalid(errors, `${path}.name`, name, isValidPathSegmentName(name));
}

const EITHER = 'must set either a target value for metric or a per-pod target';

function validateObjectMetric(errors: Errors, source: Fields, path: string): void {
  const {target = {}} = source;
  validateReference(errors, source['describedObject'], `${path}.describedObject`, false);
  validateIdentifier(errors, source['metric'], `${path}.metric`);
  validateTarget(errors, target, `${path}.target`);
  if (target.value === undefined && target.averageValue === undefined)
    errors.push(required(`${path}.target.averageValue`, 'must set either a target value or averageValue'));
}

function validateExternalMetric(errors: Errors, source: Fields, path: string): void {
  const {target = {}} = source;
  validateIdentifier(errors, source['metric'], `${path}.metric`);
  validateTarget(errors, target, `${path}.target`);
  if (target.value === undefined && target.averageValue === undefined) errors.push(required(`${path}.target.averageValue`, EITHER));
  if (target.value !== undefined && target.averageValue !== undefined)
    errors.push(forbiddenField(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target'));
}

function validatePodsMetric(errors: Errors, source: Fields, path: string): void {
  const {target = {}} = source;
  validateIdentifier(errors, source['metric'], `${path}.metric`);
  validateTarget(errors, target, `${path}.target`);
  if (target.averageValue === undefined || sign(parseQuantity(target.averageValue)) !== 1)
    errors.push(required(`${path}.target.averageValue`, 'must specify a positive target averageValue'));
}

function validateResourceMetric(errors: Errors, source: Fields, path: string, ofContainer = false): void {
  const {target = {}, container} = source;
  if (!source['name']) errors.push(required(`${path}.name`, 'must specify a resource name'));
  if (ofContainer && !container) errors.push(required(`${path}.container`, 'must specify a container'));
  else if (ofContainer) addInvalid(errors, `${path}.container`, container, isDNS1123Label(container));
  validateTarget(errors, target, `${path}.target`);
  if (target.averageUtilization === undefined && target.averageValue === undefined)
    errors.push(required(`${path}.target.averageUtilization`, 'must set either a target raw value or a target utilization'));
  if (target.averageUtilization !== undefined && target.averageValue !== undefined)
    errors.push(forbiddenField(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization'));
}

/** In the order in which the server looks for them. */
const SOURCES: readonly [type: string, field: string, check: (errors: Errors, source: Fields, path: string) => void][] = [
  ['Object', 'object', validateObjectMetric],
  ['External', 'external', validateExternalMetric],
  ['Pods', 'pods', validatePodsMetric],
  ['Resource', 'resource', validateResourceMetric],
  ['ContainerResource', 'containerResource', (errors, source, path) => validateResourceMetric(errors, source, path, true)],
];
const SOURCE_TYPES = SOURCES.map(([type]) => type).sort();

function validateMetric(errors: Errors, metric: Fields, path: string): void {
  const {type} = metric;
  if (!type) errors.push(required(`${path}.type`, 'must specify a metric source type'));
  if (!SOURCE_TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type ?? '', SOURCE_TYPES));
  const present = SOURCES.filter(([, field]) => metric[field]);
  const [first] = present;
  first?.[2](errors, metric[first[1]], `${path}.${first[1]}`);
  const expected = SOURCES.find(([name]) => name === type)?.[1];
  if (!expected) errors.push(notSupported(`${path}.type`, type ?? '', SOURCE_TYPES));
  else if (!metric[expected]) errors.push(required(`${path}.${expected}`, 'must populate information for the given metric source'));
  if (present.length !== 1)
    for (const [, field] of present)
      if (field !== expected) errors.push(forbiddenField(`${path}.${field}`, 'must populate the given metric source only'));
}

const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES = ['Percent', 'Pods'];

function validateScalingPolicy(errors: Errors, policy: Fields, path: string): void {
  const {type, value, periodSeconds} = policy;
  if (!POLICY_TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, POLICY_TYPES));
  if (value <= 0) errors.push(invalidValue(`${path}.value`, value, 'must be greater than zero'));
  if (periodSeconds <= 0) errors.push(invalidValue(`${path}.periodSeconds`, periodSeconds, 'must be greater than zero'));
  if (periodSeconds > MAX_PERIOD)
    errors.push(invalidValue(`${path}.periodSeconds`, periodSeconds, `must be less than or equal to ${MAX_PERIOD}`));
}

function validateScalingRules(errors: Errors, rules: Fields | undefined, path: string): void {
  if (!rules) return;
  const {stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance} = rules;
  const at = `${path}.stabilizationWindowSeconds`;
  if (window < 0) errors.push(invalidValue(at, window, 'must be greater than or equal to zero'));
  if (window > MAX_STABILIZATION) errors.push(invalidValue(at, window, `must be less than or equal to ${MAX_STABILIZATION}`));
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy))
    errors.push(notSupported(`${path}.selectPolicy`, selectPolicy, SELECT_POLICIES));
  if (!has(policies)) errors.push(required(`${path}.policies`, 'must specify at least one Policy'));
  for (const [i, policy] of (policies as Fields[]).entries()) validateScalingPolicy(errors, policy, `${path}.policies[${i}]`);
  if (tolerance !== undefined && sign(parseQuantity(tolerance)) < 0)
    errors.push(invalidValue(`${path}.tolerance`, tolerance, 'must be greater than or equal to 0'));
}

function validateSpec(errors: Errors, spec: Fields, old?: Fields): void {
  const {minReplicas, maxReplicas = 0, metrics = [], behavior} = spec;
  if (minReplicas < 1) errors.push(invalidValue('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.push(invalidValue('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  const target: Fields | undefined = spec['scaleTargetRef'];
  // One that was taken before the server looked at groups may stay.
  const lenient = old !== undefined && apiVersionComplaint(old['scaleTargetRef'], wantsGroup(old['scaleTargetRef'])) !== undefined;
  validateReference(errors, target, 'spec.scaleTargetRef', wantsGroup(target) && !lenient);
  for (const [i, metric] of (metrics as Fields[]).entries()) validateMetric(errors, metric, `spec.metrics[${i}]`);
  validateScalingRules(errors, behavior?.scaleUp, 'spec.behavior.scaleUp');
  validateScalingRules(errors, behavior?.scaleDown, 'spec.behavior.scaleDown');
}

export const autoscalingRules: GroupRules = {
  HorizontalPodAutoscaler: {
    newStatus: {desiredReplicas: 0, currentMetrics: null},
    validate(errors, autoscaler) {
      validateCoreObjectMeta(errors, autoscaler['metadata'], true, nameIsDNSSubdomain);
      validateSpec(errors, autoscaler['spec']);
    },
    validateUpdate(errors, autoscaler, old) {
      validateCoreObjectMetaUpdate(errors, autoscaler['metadata'], old['metadata']);
      validateSpec(errors, autoscaler['spec'], old['spec']);
    },
    subresources: {
      status: {
        validate(errors, autoscaler, old) {
          validateCoreObjectMetaUpdate(errors, autoscaler['metadata'], old['metadata']);
          for (const field of ['currentReplicas', 'desiredReplicas'])
            validateNonnegative(errors, autoscaler['status']?.[field], `status.${field}`);
        },
      },
    },
  },
};
