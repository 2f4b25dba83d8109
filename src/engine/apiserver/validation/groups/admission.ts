/** Webhook configurations and admission policies. upstream: pkg/apis/admissionregistration/validation/validation.go */
import {duplicate, forbiddenField, invalidValue, notSupported, required, tooMany} from '../../../api/field-errors.ts';
import {
  byteLength,
  isDNS1035Label,
  isDNS1123Subdomain,
  isFullyQualifiedName,
  isQualifiedName,
  isValidPathSegmentName,
  nameIsDNSSubdomain,
} from '../../../api/names.ts';
import {analyse, celProblem, type Variables, type Wanted} from '../../cel/problem.ts';
import {AUTHORIZERS, composed, PARAMS, REQUEST_VARIABLES} from '../../cel/request-types.ts';
import {KEYWORDS} from '../../cel/schema-type.ts';
import {type CelType, ERROR} from '../../cel/types.ts';
import {addInvalid, addJoined, type Errors, type Fields, has} from '../fields.ts';
import {validateCoreObjectMeta, validateLabelSelector} from '../meta.ts';
import type {GroupRules, KindRules} from '../rules.ts';
import {validateClientConfig} from './webhook-client.ts';

const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const FAILURE_POLICIES = ['Fail', 'Ignore'];
const MATCH_POLICIES = ['Equivalent', 'Exact'];
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const REINVOCATION = ['IfNeeded', 'Never'];
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
const MAX_CONDITIONS = 64;

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

function validateRule(errors: Errors, rule: Fields, path: string): void {
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

function validateReviewVersions(errors: Errors, versions: readonly string[] | undefined, path: string): void {
  if (!has(versions)) {
    errors.push(required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`));
    return;
  }
  for (const [i, version] of versions!.entries()) {
    if (versions!.indexOf(version) < i) errors.push(invalidValue(`${path}[${i}]`, version, 'duplicate version'));
    else addInvalid(errors, `${path}[${i}]`, version, isDNS1035Label(version));
  }
  if (!versions!.some(v => REVIEW_VERSIONS.includes(v)))
    errors.push(invalidValue(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
}

function validateMatchConditions(errors: Errors, conditions: readonly Fields[] | undefined, path: string, names: Variables): void {
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

function validateChoice(errors: Errors, value: string | undefined, allowed: readonly string[], path: string): void {
  if (value !== undefined && !allowed.includes(value)) errors.push(notSupported(path, value, allowed));
}

function validateWebhook(errors: Errors, hook: Fields, path: string): void {
  const {name = '', sideEffects, timeoutSeconds: timeout} = hook;
  if (!name) errors.push(required(`${path}.name`));
  else addInvalid(errors, `${path}.name`, name, isFullyQualifiedName(name));
  for (const [i, rule] of ((hook['rules'] ?? []) as Fields[]).entries()) validateRule(errors, rule, `${path}.rules[${i}]`);
  validateChoice(errors, hook['failurePolicy'], FAILURE_POLICIES, `${path}.failurePolicy`);
  validateChoice(errors, hook['matchPolicy'], MATCH_POLICIES, `${path}.matchPolicy`);
  if (sideEffects === undefined) errors.push(required(`${path}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`));
  else validateChoice(errors, sideEffects, SIDE_EFFECTS, `${path}.sideEffects`);
  if (timeout > 30 || timeout < 1)
    errors.push(invalidValue(`${path}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds'));
  validateLabelSelector(errors, hook['namespaceSelector'], `${path}.namespaceSelector`);
  validateLabelSelector(errors, hook['objectSelector'], `${path}.objectSelector`);
  validateChoice(errors, hook['reinvocationPolicy'], REINVOCATION, `${path}.reinvocationPolicy`);
  validateClientConfig(errors, hook['clientConfig'] ?? {}, `${path}.clientConfig`);
  validateMatchConditions(errors, hook['matchConditions'], `${path}.matchConditions`, REQUEST_VARIABLES);
}

function validateConfiguration(errors: Errors, configuration: Fields): void {
  validateCoreObjectMeta(errors, configuration['metadata'], false, nameIsDNSSubdomain);
  const names = new Set<string>();
  for (const [i, hook] of ((configuration['webhooks'] ?? []) as Fields[]).entries()) {
    const at = `webhooks[${i}]`;
    validateWebhook(errors, hook, at);
    validateReviewVersions(errors, hook['admissionReviewVersions'], `${at}.admissionReviewVersions`);
    if (!hook['name']) continue;
    if (names.has(hook['name'])) errors.push(duplicate(`${at}.name`, hook['name']));
    names.add(hook['name']);
  }
}

const configuration: KindRules = {
  generation: true,
  generationOf: ['webhooks'],
  validate: validateConfiguration,
  validateUpdate: validateConfiguration,
};

function validateMatchResources(errors: Errors, match: Fields, path: string): void {
  if (match['matchPolicy'] === undefined) errors.push(required(`${path}.matchPolicy`));
  else validateChoice(errors, match['matchPolicy'], MATCH_POLICIES, `${path}.matchPolicy`);
  if (!match['namespaceSelector']) errors.push(required(`${path}.namespaceSelector`));
  else validateLabelSelector(errors, match['namespaceSelector'], `${path}.namespaceSelector`);
  if (!match['objectSelector']) errors.push(required(`${path}.objectSelector`));
  else validateLabelSelector(errors, match['objectSelector'], `${path}.objectSelector`);
  for (const list of ['resourceRules', 'excludeResourceRules'])
    for (const [i, rule] of ((match[list] ?? []) as Fields[]).entries()) {
      const at = `${path}.${list}[${i}]`;
      const names: readonly string[] = rule['resourceNames'] ?? [];
      for (const [j, name] of names.entries()) {
        addInvalid(errors, `${at}.resourceNames[${j}]`, name, isValidPathSegmentName(name));
        if (names.indexOf(name) < j) errors.push(duplicate(`${at}.resourceNames[${j}]`, name));
      }
      validateRule(errors, rule, at);
    }
}

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const MAX_AUDIT_ANNOTATIONS = 20;
const MAX_VALUE_EXPRESSION = 5 * 1024;

/** The kind of object that a policy takes its parameters from. */
function validateParamKind(errors: Errors, {apiVersion, kind}: Fields): void {
  const at = 'spec.paramKind.apiVersion';
  const parts: readonly string[] = (apiVersion ?? '').split('/');
  if (!apiVersion) errors.push(required(at));
  else if (parts.length > 2) errors.push(invalidValue(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    const [group, version] = parts.length === 2 ? (parts as [string, string]) : ['', parts[0]!];
    if (group) addJoined(errors, at, group, isDNS1123Subdomain(group));
    if (!version) errors.push(invalidValue(at, apiVersion, 'version must be specified'));
    else addJoined(errors, at, version, isDNS1035Label(version));
  }
  if (!kind) errors.push(required('spec.paramKind.kind'));
  else
    addJoined(errors, 'spec.paramKind.kind', kind, isDNS1035Label(kind.toLowerCase()), 'may have mixed case, but should otherwise match: ');
}

const CEL_IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
/** What policies of both sorts have in common. Returns what their expressions may speak of. */
function validatePolicyParts(errors: Errors, policy: Fields): Variables {
  validateCoreObjectMeta(errors, policy['metadata'], false, nameIsDNSSubdomain);
  const {failurePolicy, paramKind, matchConstraints, matchConditions, variables = []} = policy['spec'];
  if (failurePolicy === undefined) errors.push(required('spec.failurePolicy'));
  else validateChoice(errors, failurePolicy, FAILURE_POLICIES, 'spec.failurePolicy');
  if (paramKind) validateParamKind(errors, paramKind);
  if (!matchConstraints) errors.push(required('spec.matchConstraints'));
  else {
    validateMatchResources(errors, matchConstraints, 'spec.matchConstraints');
    if (!has(matchConstraints.resourceRules)) errors.push(required('spec.matchConstraints.resourceRules'));
  }
  const scope = {...REQUEST_VARIABLES, ...(paramKind && PARAMS)};
  validateMatchConditions(errors, matchConditions, 'spec.matchConditions', scope);
  const types: Record<string, CelType> = {};
  for (const [i, {name, expression = ''}] of (variables as Fields[]).entries()) {
    const at = `spec.variables[${i}].name`;
    if (!name?.trim()) errors.push(required(at, 'name is not specified'));
    else if (!CEL_IDENTIFIER.test(name) || KEYWORDS.has(name)) errors.push(invalidValue(at, name, 'name is not a valid CEL identifier'));
    const names = {...scope, ...composed({...types}), ...AUTHORIZERS};
    validateExpression(errors, expression, `spec.variables[${i}].expression`, names);
    const analysis = analyse(expression, names);
    types[name] = 'checked' in analysis ? analysis.checked.type : ERROR;
  }
  return {...scope, ...(has(variables) && composed(types))};
}

const WORDS = {
  bool: 'bool',
  string: 'string',
  'string or null': 'one of [string null_type]',
  object: 'Object',
  patches: 'list(JSONPatch)',
} as const satisfies Record<Wanted, string>;

/** An expression that is there, and is one. */
function validateExpression(errors: Errors, expression: string | undefined, path: string, names: Variables, wanted?: Wanted): void {
  if (!expression?.trim()) {
    errors.push(required(path, 'expression is not specified'));
    return;
  }
  const problem = celProblem(expression, names, wanted);
  if (!problem) return;
  const why = 'fault' in problem ? `compilation failed: ${problem.fault}` : `must evaluate to ${WORDS[wanted!]} but got ${problem.got}`;
  errors.push(invalidValue(path, expression, why));
}

function validatePolicy(errors: Errors, policy: Fields): void {
  const names = validatePolicyParts(errors, policy);
  const {validations = [], auditAnnotations = []} = policy['spec'];
  if (!has(validations) && !has(auditAnnotations)) {
    for (const field of ['validations', 'auditAnnotations'])
      errors.push(required(`spec.${field}`, 'validations or auditAnnotations must contain at least one item'));
  }
  for (const [i, {expression, messageExpression, message, reason}] of (validations as Fields[]).entries()) {
    const at = `spec.validations[${i}]`;
    validateExpression(errors, expression, `${at}.expression`, {...names, ...AUTHORIZERS}, 'bool');
    if (messageExpression && !messageExpression.trim())
      errors.push(invalidValue(`${at}.messageExpression`, messageExpression, 'must be non-empty if specified'));
    else if (messageExpression) validateExpression(errors, messageExpression, `${at}.messageExpression`, names, 'string');
    if (message && !message.trim()) errors.push(invalidValue(`${at}.message`, message, 'message must be non-empty if specified'));
    else if (/[\n\r]/.test(message?.trim() ?? ''))
      errors.push(invalidValue(`${at}.message`, message, 'message must not contain line breaks'));
    validateChoice(errors, reason, REASONS, `${at}.reason`);
  }
  if (auditAnnotations.length > MAX_AUDIT_ANNOTATIONS)
    errors.push(
      invalidValue(
        'spec.auditAnnotations',
        (auditAnnotations as Fields[]).map(({key = '', valueExpression = ''}) => ({Key: key, ValueExpression: valueExpression})),
        `must not have more than ${MAX_AUDIT_ANNOTATIONS} auditAnnotations`,
      ),
    );
  const keys = new Set<string>();
  for (const [i, {key = '', valueExpression = ''}] of (auditAnnotations as Fields[]).entries()) {
    const at = `spec.auditAnnotations[${i}]`;
    const {name} = policy['metadata'];
    if (!name) errors.push(invalidValue(`${at}.key`, key, 'requires metadata.name be non-empty'));
    else addInvalid(errors, `${at}.key`, `${name}/${key}`, isQualifiedName(`${name}/${key}`));
    if (!valueExpression.trim()) errors.push(required(`${at}.valueExpression`, 'valueExpression is not specified'));
    else if (byteLength(valueExpression.trim()) > MAX_VALUE_EXPRESSION)
      errors.push(required(`${at}.valueExpression`, `must not exceed ${MAX_VALUE_EXPRESSION} bytes in length`));
    else validateExpression(errors, valueExpression, `${at}.valueExpression`, {...names, ...AUTHORIZERS}, 'string or null');
    if (keys.has(key)) errors.push(duplicate(`${at}.key`, key));
    keys.add(key);
  }
}

const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch'];
const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];
/** Patch type -> the field that holds its expression. */
const EXPRESSION_OF: Readonly<Record<string, string>> = {ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch'};

function validateMutation(errors: Errors, mutation: Fields, names: Variables, path: string): void {
  const {patchType} = mutation;
  if (!patchType) errors.push(required(`${path}.patchType`));
  else validateChoice(errors, patchType, PATCH_TYPES, `${path}.patchType`);
  for (const [type, field] of Object.entries(EXPRESSION_OF)) {
    if (type !== patchType) {
      if (mutation[field]) errors.push(invalidValue(`${path}.${field}`, mutation[field], `not allowed when patchType is ${patchType}`));
    } else if (!mutation[field]) errors.push(required(`${path}.${field}`, `required when patchType is ${type}`));
    else
      validateExpression(
        errors,
        mutation[field].expression,
        `${path}.${field}.expression`,
        names,
        field === 'jsonPatch' ? 'patches' : 'object',
      );
  }
}

function validateMutatingPolicy(errors: Errors, policy: Fields): void {
  const names = {...validatePolicyParts(errors, policy), ...AUTHORIZERS};
  const {mutations = [], reinvocationPolicy} = policy['spec'];
  if (!has(mutations)) errors.push(required('spec.mutations', 'mutations must contain at least one item'));
  for (const [i, mutation] of (mutations as Fields[]).entries()) validateMutation(errors, mutation, names, `spec.mutations[${i}]`);
  if (!reinvocationPolicy) errors.push(required('spec.reinvocationPolicy'));
  else validateChoice(errors, reinvocationPolicy, REINVOCATION_POLICIES, 'spec.reinvocationPolicy');
}

const ACTIONS = ['Audit', 'Deny', 'Warn'];

/** What bindings of both sorts have in common. */
function validateBindingParts(errors: Errors, binding: Fields): void {
  validateCoreObjectMeta(errors, binding['metadata'], false, nameIsDNSSubdomain);
  const {policyName, paramRef, matchResources} = binding['spec'];
  if (!policyName) errors.push(required('spec.policyName'));
  else addInvalid(errors, 'spec.policyName', policyName, nameIsDNSSubdomain(policyName, false));
  if (paramRef) {
    const {name, selector, parameterNotFoundAction} = paramRef;
    const EXCLUSIVE = 'name and selector are mutually exclusive';
    if (name) addInvalid(errors, 'spec.paramRef.name', name, isValidPathSegmentName(name));
    if (name && selector) errors.push(forbiddenField('spec.paramRef.name', EXCLUSIVE));
    validateLabelSelector(errors, selector, 'spec.paramRef.selector');
    if (name && selector) errors.push(forbiddenField('spec.paramRef.selector', EXCLUSIVE));
    if (!name && !selector) errors.push(required('spec.paramRef', 'one of name or selector must be specified'));
    if (!parameterNotFoundAction) errors.push(required('spec.paramRef.parameterNotFoundAction'));
    else validateChoice(errors, parameterNotFoundAction, ['Deny', 'Allow'], 'spec.paramRef.parameterNotFoundAction');
  }
  if (matchResources) validateMatchResources(errors, matchResources, 'spec.matchResources');
}

function validatePolicyBinding(errors: Errors, binding: Fields): void {
  validateBindingParts(errors, binding);
  const {validationActions: actions = []} = binding['spec'];
  for (const [i, action] of (actions as string[]).entries()) {
    const at = `spec.validationActions[${i}]`;
    if (!ACTIONS.includes(action)) errors.push(notSupported(at, action, ACTIONS));
    if (actions.indexOf(action) < i) errors.push(duplicate(at, action));
  }
  if (actions.includes('Deny') && actions.includes('Warn'))
    errors.push(
      invalidValue(
        'spec.validationActions',
        actions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  if (!has(actions)) errors.push(required('spec.validationActions', 'at least one validation action is required'));
}

export const admissionRules: GroupRules = {
  MutatingWebhookConfiguration: configuration,
  ValidatingWebhookConfiguration: configuration,
  MutatingAdmissionPolicy: {generation: true, validate: validateMutatingPolicy},
  MutatingAdmissionPolicyBinding: {generation: true, validate: validateBindingParts},
  ValidatingAdmissionPolicy: {generation: true, validate: validatePolicy},
  ValidatingAdmissionPolicyBinding: {generation: true, validate: validatePolicyBinding},
};
