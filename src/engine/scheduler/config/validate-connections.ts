/**
 * What a configuration says of whom the scheduler talks to: the API server, its rivals for the lease, extenders.
 * upstream: pkg/scheduler/apis/config/validation/validation.go, staging/src/k8s.io/component-base/config/validation/validation.go
 */
import {parseGoDuration, printGoDuration} from '../../api/duration.ts';
import {type FieldError, GoValue, invalidValue, required} from '../../api/field-errors.ts';
import {isQualifiedName} from '../../api/names.ts';
import {isExtendedResource} from '../framework/resource.ts';
import type {ClientConnection, ExtenderConfiguration, LeaderElection} from './types.ts';

export function checkClientConnection({burst = 100}: ClientConnection = {}): FieldError[] {
  return burst < 0 ? [invalidValue('clientConnection.burst', burst, 'must be non-negative')] : [];
}

const LEASES = 'leases';
const DEFAULT_LEASE = {leaseDuration: '15s', renewDeadline: '10s', retryPeriod: '2s'} as const;

/** Who stands for no election may say of it what he likes. */
export function checkLeaderElection(given: LeaderElection = {}): FieldError[] {
  if (given.leaderElect === false) return [];
  const {resourceLock = LEASES, resourceNamespace = 'kube-system', resourceName = 'kube-scheduler'} = given;
  const ms = (field: keyof typeof DEFAULT_LEASE): number => parseGoDuration(given[field] ?? DEFAULT_LEASE[field]) ?? 0;
  const shown = (field: keyof typeof DEFAULT_LEASE): GoValue => new GoValue(printGoDuration(ms(field)));
  const errors: FieldError[] = [];
  for (const field of ['leaseDuration', 'renewDeadline', 'retryPeriod'] as const)
    if (ms(field) <= 0) errors.push(invalidValue(`leaderElection.${field}`, shown(field), 'must be greater than zero'));
  if (ms('leaseDuration') <= ms('renewDeadline'))
    errors.push(invalidValue('leaderElection.leaseDuration', shown('renewDeadline'), 'must be greater than `RenewDeadline`'));
  for (const [field, value] of Object.entries({resourceLock, resourceNamespace, resourceName}))
    if (!value) errors.push(required(`leaderElection.${field}`));
  if (resourceLock !== LEASES)
    errors.push(invalidValue('leaderElection.resourceLock', resourceLock, 'resourceLock value must be "leases"'));
  return errors;
}

export function checkExtenders(extenders: readonly ExtenderConfiguration[] = []): FieldError[] {
  const errors: FieldError[] = [];
  const managed = new Set<string>();
  for (const [i, {prioritizeVerb, weight = 0, managedResources = []}] of extenders.entries()) {
    if (prioritizeVerb && weight <= 0)
      errors.push(invalidValue(`extenders[${i}].weight`, weight, 'must have a positive weight applied to it'));
    for (const [j, {name = ''}] of managedResources.entries()) {
      const at = `extenders[${i}].managedResources[${j}].name`;
      errors.push(...checkResourceName(at, name));
      if (managed.has(name)) errors.push(invalidValue(at, name, 'duplicate extender managed resource name'));
      managed.add(name);
    }
  }
  const binders = extenders.filter(({bindVerb}) => bindVerb).length;
  if (binders > 1)
    errors.push(invalidValue('extenders', `found ${binders} extenders implementing bind`, 'only one extender can implement bind'));
  return errors;
}

function checkResourceName(at: string, name: string): FieldError[] {
  const problems = isQualifiedName(name);
  if (problems.length > 0) return problems.map(problem => invalidValue(at, name, problem));
  return isExtendedResource(name) ? [] : [invalidValue(at, name, 'is an invalid extended resource name')];
}
