/** PodDisruptionBudgets. upstream: pkg/apis/policy/validation, pkg/registry/policy/poddisruptionbudget */
import {invalidValue, notSupported} from '../../../api/field-errors.ts';
import type {Errors, Fields} from '../fields.ts';
import {validateConditions, validateLabelSelector, validateNonnegative} from '../meta.ts';
import type {GroupRules} from '../rules.ts';
import {validateAtMost100Percent, validatePositiveIntOrPercent} from './shared.ts';

const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

function validateBudgetSpec(errors: Errors, spec: Fields): void {
  const {minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy} = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = {
      MinAvailable: minAvailable,
      Selector: selector ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: policy ?? null,
    };
    errors.push(invalidValue('spec', shown, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const field of ['minAvailable', 'maxUnavailable']) {
    if (spec[field] === undefined) continue;
    validatePositiveIntOrPercent(errors, spec[field], `spec.${field}`);
    validateAtMost100Percent(errors, spec[field], `spec.${field}`);
  }
  validateLabelSelector(errors, selector, 'spec.selector');
  if (policy !== undefined && !EVICTION_POLICIES.includes(policy))
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES));
}

export const policyRules: GroupRules = {
  PodDisruptionBudget: {
    generation: true,
    newStatus: {disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0},
    validate: (errors, budget) => validateBudgetSpec(errors, budget['spec']),
    subresources: {
      status: {
        validate(errors, budget) {
          const status: Fields = budget['status'] ?? {};
          validateConditions(errors, status['conditions'], 'status.conditions');
          for (const field of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'])
            validateNonnegative(errors, status[field], `status.${field}`);
        },
      },
    },
  },
};
