/** Leases. upstream: pkg/apis/coordination/validation */
import {forbiddenField, invalidValue, notSupported} from '../../../api/field-errors.ts';
import {isQualifiedName, nameIsDNSSubdomain} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields} from '../fields.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate} from '../meta.ts';
import type {GroupRules} from '../rules.ts';

const STRATEGIES = ['OldestEmulationVersion'];

/** One of Kubernetes', or somebody's with a prefix. The server names the field twice. */
function validateLeaseStrategy(errors: Errors, strategy: string): void {
  const at = 'spec.strategy.strategy';
  if (strategy.includes('/')) addInvalid(errors, at, strategy, isQualifiedName(strategy));
  else if (!STRATEGIES.includes(strategy)) errors.push(notSupported(at, strategy, STRATEGIES));
}

function validateLease(errors: Errors, lease: Fields): void {
  validateCoreObjectMeta(errors, lease['metadata'], true, nameIsDNSSubdomain);
  const {leaseDurationSeconds: duration, leaseTransitions, strategy, preferredHolder} = lease['spec'] ?? {};
  if (duration <= 0) errors.push(invalidValue('spec.leaseDurationSeconds', duration, 'must be greater than 0'));
  if (leaseTransitions < 0) errors.push(invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
  if (strategy !== undefined) validateLeaseStrategy(errors, strategy);
  if (preferredHolder && !strategy) errors.push(forbiddenField('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
}

export const coordinationRules: GroupRules = {
  Lease: {
    validate: validateLease,
    validateUpdate(errors, lease, old) {
      validateCoreObjectMetaUpdate(errors, lease['metadata'], old['metadata']);
      validateLease(errors, lease);
    },
  },
};
