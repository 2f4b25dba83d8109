/** Admission policies of both sorts, and their bindings. upstream: pkg/apis/admissionregistration/validation/validation.go */
import {duplicate, forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {
  byteLength,
  isDNS1035Label,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidPathSegmentName,
  nameIsDNSSubdomain,
} from '../../../api/names.ts';
import {analyse, type Variables} from '../../cel/problem.ts';
import {AUTHORIZERS, composed, PARAMS, REQUEST_VARIABLES} from '../../cel/request-types.ts';
import {KEYWORDS} from '../../cel/schema-type.ts';
import {type CelType, ERROR} from '../../cel/types.ts';
import {addInvalid, addJoined, type Errors, type Fields, has} from '../fields.ts';
import {validateCoreObjectMeta, validateLabelSelector} from '../meta.ts';
import {
  FAILURE_POLICIES,
  MATCH_POLICIES,
  validateChoice,
  validateExpression,
  validateMatchConditions,
  validateRule,
} from './admission-matching.ts';

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

export function validatePolicy(errors: Errors, policy: Fields): void {
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

export function validateMutatingPolicy(errors: Errors, policy: Fields): void {
  const names = {...validatePolicyParts(errors, policy), ...AUTHORIZERS};
  const {mutations = [], reinvocationPolicy} = policy['spec'];
  if (!has(mutations)) errors.push(required('spec.mutations', 'mutations must contain at least one item'));
  for (const [i, mutation] of (mutations as Fields[]).entries()) validateMutation(errors, mutation, names, `spec.mutations[${i}]`);
  if (!reinvocationPolicy) errors.push(required('spec.reinvocationPolicy'));
  else validateChoice(errors, reinvocationPolicy, REINVOCATION_POLICIES, 'spec.reinvocationPolicy');
}

const ACTIONS = ['Audit', 'Deny', 'Warn'];

/** What bindings of both sorts have in common. */
export function validateBindingParts(errors: Errors, binding: Fields): void {
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

export function validatePolicyBinding(errors: Errors, binding: Fields): void {
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
