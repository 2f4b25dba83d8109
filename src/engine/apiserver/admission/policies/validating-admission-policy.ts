/** Rules in CEL, kept in the cluster. upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating */
import {byKind, parseApiVersion} from '../../../api/kinds.ts';
import {matches, selectorFrom} from '../../../api/labels.ts';
import {ApiError, type KubeObject, type LabelSelector} from '../../../api/types.ts';
import {celError, compile, toCel} from '../cel.ts';
import {type Condition, type Constraints, matchesConditions, matchesConstraints} from '../match-constraints.ts';
import {refusal} from '../refusal.ts';
import {variablesOf} from '../review.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from '../types.ts';

interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

interface Policy extends KubeObject {
  spec: {
    failurePolicy?: 'Fail' | 'Ignore';
    paramKind?: {apiVersion: string; kind: string};
    matchConstraints?: PolicyConstraints;
    matchConditions?: Condition[];
    variables?: {name: string; expression: string}[];
    validations?: Validation[];
    auditAnnotations?: {key: string; valueExpression: string}[];
  };
}

interface Binding extends KubeObject {
  spec: {
    policyName: string;
    paramRef?: {name?: string; namespace?: string; selector?: LabelSelector; parameterNotFoundAction?: 'Allow' | 'Deny'};
    matchResources?: PolicyConstraints;
    validationActions?: ('Deny' | 'Warn' | 'Audit')[];
  };
}

interface PolicyConstraints {
  resourceRules?: Constraints['rules'];
  excludeResourceRules?: Constraints['excludeRules'];
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
}

const NO_PARAMS = 'no params found for policy binding with `Deny` parameterNotFoundAction';

/** The codes that a refusal of a policy may have. upstream: policy/validating/policy_decision.go */
const CODES: Readonly<Record<string, number>> = {Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422};

export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  handles: () => true,
  validate(attributes, context) {
    const policies = context.list<Policy>('validatingadmissionpolicies');
    if (policies.length === 0 || attributes.resource.resource.startsWith('validatingadmissionpolic')) return;
    for (const policy of policies) {
      if (!isAbout(policy.spec.matchConstraints, attributes, context)) continue;
      for (const binding of context.list<Binding>('validatingadmissionpolicybindings'))
        if (binding.spec.policyName === policy.metadata.name) apply(policy, binding, attributes, context);
    }
  },
};

function isAbout(constraints: PolicyConstraints | undefined, attributes: Attributes, context: AdmissionContext): boolean {
  if (!constraints) return false;
  const {resourceRules, excludeResourceRules, namespaceSelector, objectSelector} = constraints;
  return matchesConstraints(
    {
      ...(resourceRules && {rules: resourceRules}),
      ...(excludeResourceRules && {excludeRules: excludeResourceRules}),
      ...(namespaceSelector && {namespaceSelector}),
      ...(objectSelector && {objectSelector}),
    },
    attributes,
    context,
  );
}

function apply(policy: Policy, binding: Binding, attributes: Attributes, context: AdmissionContext): void {
  const resources = binding.spec.matchResources;
  const everything = [{operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*', '*/*']}];
  if (resources && !isAbout({...resources, resourceRules: resources.resourceRules ?? everything}, attributes, context)) return;
  const params = paramsOf(policy, binding, attributes, context);
  if (params === 'denied') fail(policy, binding, attributes, context, NO_PARAMS, 'Invalid');
  else for (const param of params) evaluate(policy, binding, param, attributes, context);
}

/** The objects an expression calls `params`: one, several, or none when the policy takes none. */
function paramsOf(
  policy: Policy,
  {spec}: Binding,
  {namespace}: Attributes,
  context: AdmissionContext,
): (KubeObject | undefined)[] | 'denied' {
  const {paramKind} = policy.spec;
  if (!paramKind || !spec.paramRef) return [undefined];
  const {name, selector, parameterNotFoundAction} = spec.paramRef;
  const {group, version} = parseApiVersion(paramKind.apiVersion);
  const resource = byKind(group, version, paramKind.kind)?.resource;
  const home = spec.paramRef.namespace ?? namespace;
  const found = !resource
    ? []
    : name
      ? [context.get(resource, home, name) ?? context.get(resource, '', name)].filter(param => param !== undefined)
      : context.list(resource, home).filter(({metadata}) => matches(selectorFrom(selector), metadata.labels));
  return found.length > 0 || parameterNotFoundAction === 'Allow' ? found : 'denied';
}

function evaluate(
  policy: Policy,
  binding: Binding,
  param: KubeObject | undefined,
  attributes: Attributes,
  context: AdmissionContext,
): void {
  const {matchConditions, validations = [], auditAnnotations = [], failurePolicy, variables = []} = policy.spec;
  const params = {params: toCel(param)};
  const {matches: applies, error} = matchesConditions(matchConditions, attributes, context, params);
  if (error && failurePolicy !== 'Ignore') fail(policy, binding, attributes, context, error, 'Invalid');
  if (!applies) return;
  const scope = withVariables({...variablesOf(attributes, context), ...params}, variables);

  for (const validation of validations) {
    const result = attempt(() => compile(validation.expression)(scope));
    if ('error' in result) {
      const why = `expression '${validation.expression}' resulted in error: ${result.error}`;
      if (failurePolicy !== 'Ignore') fail(policy, binding, attributes, context, why, 'Invalid');
    } else if (result.value !== true)
      fail(policy, binding, attributes, context, messageOf(validation, scope), validation.reason ?? 'Invalid');
  }
  for (const {key, valueExpression} of auditAnnotations) {
    const result = attempt(() => compile(valueExpression)(scope));
    if ('value' in result && typeof result.value === 'string' && result.value)
      context.audit(`${policy.metadata.name}/${key}`, result.value);
  }
}

/** Variables are worked out when they are first asked for, and may speak of those before them. */
function withVariables(scope: Record<string, unknown>, variables: readonly {name: string; expression: string}[]): Record<string, unknown> {
  const composed: Record<string, unknown> = {};
  const full = {...scope, variables: composed};
  for (const {name, expression} of variables) {
    let known: {value: unknown} | undefined;
    Object.defineProperty(composed, name, {enumerable: true, get: () => (known ??= {value: compile(expression)(full)}).value});
  }
  return full;
}

function messageOf({expression, message, messageExpression}: Validation, scope: Record<string, unknown>): string {
  const worded = messageExpression ? attempt(() => compile(messageExpression)(scope)) : undefined;
  if (worded && 'value' in worded && typeof worded.value === 'string' && worded.value.trim() && !worded.value.includes('\n'))
    return worded.value;
  return message || `failed expression: ${expression.trim()}`;
}

function attempt(run: () => unknown): {value: unknown} | {error: string} {
  try {
    return {value: run()};
  } catch (error) {
    return {error: celError(error)};
  }
}

/** What the binding says is to be done about it. Throws for Deny. */
function fail(policy: Policy, binding: Binding, attributes: Attributes, context: AdmissionContext, why: string, reason: string): void {
  const actions = binding.spec.validationActions ?? ['Deny'];
  const subject = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
  if (actions.includes('Audit'))
    context.audit(
      'validation.policy.admission.k8s.io/validation_failure',
      JSON.stringify([{message: why, policy: policy.metadata.name, binding: binding.metadata.name, validationActions: actions}]),
    );
  if (actions.includes('Warn')) context.warn(`Validation failed for ${subject}: ${why}`);
  if (!actions.includes('Deny')) return;
  const {status} = refusal(attributes, `${subject} denied request: ${why}`);
  throw new ApiError({
    ...status,
    reason,
    code: CODES[reason] ?? 422,
    details: {...status.details, causes: [{message: `${subject} denied request: ${why}`}]},
  });
}
