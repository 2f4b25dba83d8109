/** What webhooks and policies have in common: the requests that they are about, and conditions in CEL. upstream: pkg/apis/admissionregistration/validation/validation.go */
import {duplicate, invalidValue, notSupported, required, tooMany} from '../../../api/field-errors.ts';
import {isQualifiedName} from '../../../api/names.ts';
import {celProblem, type Variables, type Wanted} from '../../cel/problem.ts';
import {AUTHORIZERS} from '../../cel/request-types.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
const MAX_CONDITIONS = 64;

export const MATCH_POLICIES = ['Equivalent', 'Exact'];
export const FAILURE_POLICIES = ['Fail', 'Ignore'];

function validateResources(errors: Errors, resources: readonly string[] | undefined, path: string): void {
  if (!has(resources)) errors.push(required(path));
  const whole = new Set<string>();
  const subs = new Set<string>();
  let plain = false;
  for (const [i, resource] of (resources ?? []).entries()) {
    const at = `${path}[${i}]`;
    if (resource === '') {
      errors.push(required(at));
      continue;
    }
    const slash = resource.indexOf('/');
    if (slash < 0) {
      // The last one counts.
      plain = resource !== '*';
      continue;
    }
    const [res, sub] = [resource.slice(0, slash), resource.slice(slash + 1)];
    if (whole.has(res)) errors.push(invalidValue(at, resource, `if '${res}/*' is present, must not specify ${resource}`));
    if (subs.has(sub)) errors.push(invalidValue(at, resource, `if '*/${sub}' is present, must not specify ${resource}`));
    if (sub === '*') whole.add(res);
    if (res === '*') subs.add(sub);
  }
  if ((resources?.length ?? 0) > 1 && resources!.includes('*/*'))
    errors.push(invalidValue(path, resources, "if '*/*' is present, must not specify other resources"));
  if (plain && resources!.includes('*'))
    errors.push(invalidValue(path, resources, "if '*' is present, must not specify other resources without subresources"));
}

/** `*` stands alone. */
function validateWildcard(errors: Errors, values: readonly string[] | undefined, what: string, path: string): void {
  if (!has(values)) errors.push(required(path));
  else if (values!.length > 1 && values!.includes('*'))
    errors.push(invalidValue(path, values, `if '*' is present, must not specify other ${what}`));
}

/** What requests a webhook or a policy is about. */
export function validateRule(errors: Errors, rule: Fields, path: string): void {
  const {operations, apiGroups, apiVersions, resources, scope} = rule;
  validateWildcard(errors, operations, 'operations', `${path}.operations`);
  for (const [i, operation] of ((operations ?? []) as string[]).entries())
    if (!OPERATIONS.includes(operation)) errors.push(notSupported(`${path}.operations[${i}]`, operation, OPERATIONS));
  validateWildcard(errors, apiGroups, 'API groups', `${path}.apiGroups`);
  validateWildcard(errors, apiVersions, 'API versions', `${path}.apiVersions`);
  for (const [i, version] of ((apiVersions ?? []) as string[]).entries())
    if (version === '') errors.push(required(`${path}.apiVersions[${i}]`));
  validateResources(errors, resources, `${path}.resources`);
  if (scope !== undefined && !SCOPES.includes(scope)) errors.push(notSupported(`${path}.scope`, scope, SCOPES));
}

/** The conditions of which every one has to hold, too; `names`: what they may speak of. */
export function validateMatchConditions(errors: Errors, conditions: readonly Fields[] | undefined, path: string, names: Variables): void {
  const seen = new Set<string>();
  if ((conditions?.length ?? 0) > MAX_CONDITIONS) errors.push(tooMany(path, conditions!.length, MAX_CONDITIONS));
  for (const [i, {name = '', expression = ''}] of (conditions ?? []).entries()) {
    if (!expression.trim()) errors.push(required(`${path}[${i}].expression`));
    else validateExpression(errors, expression.trim(), `${path}[${i}].expression`, {...names, ...AUTHORIZERS}, 'bool');
    if (!name) errors.push(required(`${path}[${i}].name`));
    else {
      addInvalid(errors, `${path}[${i}].name`, name, isQualifiedName(name));
      if (seen.has(name)) errors.push(duplicate(`${path}[${i}].name`, name));
      seen.add(name);
    }
  }
}

/** One of a few words, where it is given. */
export function validateChoice(errors: Errors, value: string | undefined, allowed: readonly string[], path: string): void {
  if (value !== undefined && !allowed.includes(value)) errors.push(notSupported(path, value, allowed));
}

const WORDS = {
  bool: 'bool',
  string: 'string',
  'string or null': 'one of [string null_type]',
  object: 'Object',
  patches: 'list(JSONPatch)',
} as const satisfies Record<Wanted, string>;

/** An expression that is there, and is one. */
export function validateExpression(errors: Errors, expression: string | undefined, path: string, names: Variables, wanted?: Wanted): void {
  if (!expression?.trim()) {
    errors.push(required(path, 'expression is not specified'));
    return;
  }
  const problem = celProblem(expression, names, wanted);
  if (!problem) return;
  const why = 'fault' in problem ? `compilation failed: ${problem.fault}` : `must evaluate to ${WORDS[wanted!]} but got ${problem.got}`;
  errors.push(invalidValue(path, expression, why));
}
