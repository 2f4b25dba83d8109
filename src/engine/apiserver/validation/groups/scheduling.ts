/** PriorityClasses. upstream: pkg/apis/scheduling/validation, pkg/registry/scheduling/priorityclass */
import {forbiddenField, notSupported} from '../../../api/field-errors.ts';
import {nameIsDNSSubdomain} from '../../../api/names.ts';
import type {Errors, Fields} from '../fields.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate, validateImmutable} from '../meta.ts';
import type {GroupRules} from '../rules.ts';

const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM_CLASSES: Readonly<Record<string, number>> = {'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000};
const PREEMPTION = ['Never', 'PreemptLowerPriority'];

function validatePriorityClass(errors: Errors, priorityClass: Fields): void {
  const {metadata, value = 0, globalDefault, preemptionPolicy: policy} = priorityClass;
  validateCoreObjectMeta(errors, metadata, false, nameIsDNSSubdomain);
  const name: string = metadata.name ?? '';
  if (name.startsWith('system-')) {
    if (SYSTEM_CLASSES[name] !== value || globalDefault)
      errors.push(
        forbiddenField(
          'metadata.name',
          "priority class names with 'system-' prefix are reserved for system use only. error: " +
            (SYSTEM_CLASSES[name] === undefined
              ? `${name} is not a known system priority class`
              : globalDefault
                ? `globalDefault of ${name} must be false`
                : `value of ${name} PriorityClass must be ${SYSTEM_CLASSES[name]}`),
        ),
      );
  } else if (value > HIGHEST_USER_PRIORITY)
    errors.push(forbiddenField('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`));
  if (policy !== undefined && !PREEMPTION.includes(policy))
    errors.push(notSupported('preemptionPolicy', policy, ['PreemptLowerPriority', 'Never']));
}

export const schedulingRules: GroupRules = {
  PriorityClass: {
    generation: true,
    generationOf: ['description'],
    validate: validatePriorityClass,
    validateUpdate(errors, object, old) {
      validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
      if ((object['value'] ?? 0) !== (old['value'] ?? 0)) errors.push(forbiddenField('value', 'may not be changed in an update.'));
      validateImmutable(errors, object['preemptionPolicy'], old['preemptionPolicy'], 'preemptionPolicy');
    },
  },
};
