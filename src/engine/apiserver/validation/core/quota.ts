/** Quotas and limit ranges. upstream: pkg/apis/core/validation/validation.go ValidateResourceQuota, ValidateLimitRange */
import {duplicate, forbiddenField, invalidValue, required} from '../../../api/field-errors.ts';
import {isQualifiedName, nameIsDNSSubdomain} from '../../../api/names.ts';
import {cmp, newQuantity, parseQuantity, printQuantity, type Quantity} from '../../../api/quantity.ts';
import {addInvalid, type Errors, type Fields, has, keysOf} from '../fields.ts';
import {FIELD_IMMUTABLE, validateCoreObjectMeta, validateCoreObjectMetaUpdate} from '../meta.ts';
import {
  isOvercommitAllowed,
  isStandardQuotaResource,
  validateContainerResourceName,
  validateQuantities,
  validateQuotaResourceName,
  validateResourceName,
} from '../resources.ts';

const POD_SCOPES = ['Terminating', 'NotTerminating', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity'];
const SCOPES = [...POD_SCOPES, 'BestEffort', 'VolumeAttributesClass'];
const EXISTS_ONLY = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];
const POD_RESOURCES = new Set(['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']);
const CLAIM_RESOURCES = new Set(['persistentvolumeclaims', 'requests.storage']);
const CONFLICTING = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
const EXISTS_ONLY_ERROR =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

/** Whether counting a resource under a scope makes sense. upstream: helper.IsResourceQuotaScopeValidForResource */
function scopeCovers(scope: string, resource: string): boolean {
  if (POD_SCOPES.includes(scope)) return POD_RESOURCES.has(resource);
  if (scope === 'BestEffort') return resource === 'pods';
  if (scope === 'VolumeAttributesClass') return CLAIM_RESOURCES.has(resource);
  return true;
}

function validateConflicts(errors: Errors, scopes: readonly string[], shown: unknown, path: string): void {
  for (const pair of CONFLICTING) if (pair.every(s => scopes.includes(s))) errors.push(invalidValue(path, shown, 'conflicting scopes'));
}

function validateScopes(errors: Errors, spec: Fields): void {
  const scopes: readonly string[] = spec['scopes'] ?? [];
  const hard = keysOf(spec['hard']).filter(isStandardQuotaResource);
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.push(invalidValue('spec.scopes', scopes, 'unsupported scope'));
    for (const resource of hard)
      if (!scopeCovers(scope, resource)) errors.push(invalidValue('spec.scopes', scopes, 'unsupported scope applied to resource'));
  }
  validateConflicts(errors, scopes, scopes, 'spec.scopes');
}

/** As Go's encoder shows the internal type. */
const selectorJson = (selector: Fields): Fields => ({
  MatchExpressions: (selector['matchExpressions'] ?? []).map((e: Fields) => ({
    ScopeName: e['scopeName'],
    Operator: e['operator'],
    Values: e['values'] ?? null,
  })),
});

function validateScopeSelector(errors: Errors, spec: Fields): void {
  const selector: Fields | undefined = spec['scopeSelector'];
  if (!selector) return;
  const path = 'spec.scopeSelector.matchExpressions';
  const hard = keysOf(spec['hard']).filter(isStandardQuotaResource);
  const expressions: readonly Fields[] = selector['matchExpressions'] ?? [];
  for (const {scopeName, operator, values = []} of expressions as Fields[]) {
    if (!SCOPES.includes(scopeName)) errors.push(invalidValue(`${path}.scopeName`, scopeName, 'unsupported scope'));
    for (const resource of hard)
      if (!scopeCovers(scopeName, resource))
        errors.push(invalidValue(path, selectorJson(selector), 'unsupported scope applied to resource'));
    if (EXISTS_ONLY.includes(scopeName) && operator !== 'Exists')
      errors.push(invalidValue(`${path}.operator`, operator, EXISTS_ONLY_ERROR));
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.push(required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        errors.push(
          invalidValue(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"),
        );
    } else errors.push(invalidValue(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  validateConflicts(
    errors,
    expressions.map(e => e['scopeName']),
    spec['scopes'] ?? null,
    path,
  );
}

function validateQuotaSpec(errors: Errors, spec: Fields): void {
  validateQuantities(errors, spec['hard'], name => `spec.hard[${name}]`, validateQuotaResourceName);
  validateScopes(errors, spec);
  validateScopeSelector(errors, spec);
}

function validateQuotaStatus(errors: Errors, status: Fields | undefined): void {
  for (const list of ['hard', 'used'])
    validateQuantities(errors, status?.[list], name => `status.${list}[${name}]`, validateQuotaResourceName);
}

export function validateResourceQuota(errors: Errors, quota: Fields): void {
  validateCoreObjectMeta(errors, quota['metadata'], true, nameIsDNSSubdomain);
  validateQuotaSpec(errors, quota['spec']);
  validateQuotaStatus(errors, quota['status']);
}

export function validateResourceQuotaUpdate(errors: Errors, quota: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, quota['metadata'], old['metadata']);
  validateQuotaSpec(errors, quota['spec']);
  const sorted = (object: Fields): string => [...new Set<string>(object['spec'].scopes ?? [])].sort().join();
  if (sorted(quota) !== sorted(old)) errors.push(invalidValue('spec.scopes', quota['spec'].scopes ?? null, FIELD_IMMUTABLE));
}

export function validateResourceQuotaStatusUpdate(errors: Errors, quota: Fields, old: Fields): void {
  validateCoreObjectMetaUpdate(errors, quota['metadata'], old['metadata']);
  if (!quota['metadata'].resourceVersion) errors.push(required('resourceVersion'));
  validateQuotaStatus(errors, quota['status']);
}

const LIMIT_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];

function validateLimitType(errors: Errors, type: string, path: string): void {
  const messages = isQualifiedName(type);
  addInvalid(errors, path, type, messages);
  if (messages.length === 0 && !type.includes('/') && !LIMIT_TYPES.includes(type))
    errors.push(invalidValue(path, type, 'must be a standard limit type or fully qualified'));
}

const ONE = newQuantity(1);
/** Above this, thousandths do not fit an int64. upstream: resource.MaxMilliValue */
const MAX_MILLI_VALUE = Number((2n ** 63n - 1n) / 1000n);

/** Go's %f of max/min. */
function ratioLimit(min: Quantity, max: Quantity, ratio: Quantity): {ratio: number; limit: number} {
  const small = [min, max, ratio].every(q => q.value < MAX_MILLI_VALUE);
  return small ? {ratio: ratio.milli / 1000, limit: max.milli / min.milli} : {ratio: ratio.value, limit: max.value / min.value};
}

/** Go prints a quantity that an error carries by its String method. */
const shown = (q: Quantity): string => printQuantity(q);

function validateLimitValues(errors: Errors, item: Fields, name: string, path: string): void {
  const read = (list: string): Quantity | undefined =>
    Object.hasOwn(item[list] ?? {}, name) ? parseQuantity(item[list][name]) : undefined;
  const pod = item['type'] === 'Pod';
  const [min, max, ratio] = [read('min'), read('max'), read('maxLimitRequestRatio')];
  const [fallback, request] = pod ? [undefined, undefined] : [read('default'), read('defaultRequest')];
  const refuse = (list: string, value: Quantity, detail: string): void =>
    void errors.push(invalidValue(`${path}.${list}[${name}]`, shown(value), detail));
  if (min && max && cmp(min, max) > 0) refuse('min', min, `min value ${shown(min)} is greater than max value ${shown(max)}`);
  if (request && min && cmp(min, request) > 0)
    refuse('defaultRequest', request, `min value ${shown(min)} is greater than default request value ${shown(request)}`);
  if (request && max && cmp(request, max) > 0)
    refuse('defaultRequest', request, `default request value ${shown(request)} is greater than max value ${shown(max)}`);
  if (request && fallback && cmp(request, fallback) > 0)
    refuse('defaultRequest', request, `default request value ${shown(request)} is greater than default limit value ${shown(fallback)}`);
  if (fallback && min && cmp(min, fallback) > 0)
    refuse('default', min, `min value ${shown(min)} is greater than default value ${shown(fallback)}`);
  if (fallback && max && cmp(fallback, max) > 0)
    refuse('default', max, `default value ${shown(fallback)} is greater than max value ${shown(max)}`);
  if (ratio && cmp(ratio, ONE) < 0) refuse('maxLimitRequestRatio', ratio, `ratio ${shown(ratio)} is less than 1`);
  if (ratio && min && max) {
    const {ratio: wanted, limit} = ratioLimit(min, max, ratio);
    if (wanted > limit) refuse('maxLimitRequestRatio', ratio, `ratio ${shown(ratio)} is greater than max/min = ${limit.toFixed(6)}`);
  }
  if (!isOvercommitAllowed(name) && fallback && request && cmp(fallback, request) !== 0)
    refuse('defaultRequest', request, `default value ${shown(fallback)} must equal to defaultRequest value ${shown(request)} in ${name}`);
}

export function validateLimitRange(errors: Errors, range: Fields): void {
  validateCoreObjectMeta(errors, range['metadata'], true, nameIsDNSSubdomain);
  const types = new Set<string>();
  range['spec'].limits?.forEach((item: Fields, i: number) => {
    const at = `spec.limits[${i}]`;
    const {type} = item;
    validateLimitType(errors, type, `${at}.type`);
    if (types.has(type)) errors.push(duplicate(`${at}.type`, type));
    types.add(type);
    const names = new Set<string>();
    const check = type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName;
    const take = (list: string): void => {
      for (const name of keysOf(item[list])) {
        check(errors, name, `${at}.${list}[${name}]`);
        names.add(name);
      }
    };
    take('max');
    take('min');
    if (type === 'Pod') {
      for (const list of ['default', 'defaultRequest'])
        if (has(keysOf(item[list]))) errors.push(forbiddenField(`${at}.${list}`, "may not be specified when `type` is 'Pod'"));
    } else {
      take('default');
      take('defaultRequest');
    }
    if (type === 'PersistentVolumeClaim' && item['min']?.storage === undefined && item['max']?.storage === undefined)
      errors.push(required(`${at}.limits`, 'either minimum or maximum storage value is required, but neither was provided'));
    take('maxLimitRequestRatio');
    for (const name of [...names].sort()) validateLimitValues(errors, item, name, at);
  });
}
