/** Rules in CEL, kept in the cluster. upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating */
import {ApiError, type KubeObject} from '../../../api/types.ts';
import {compile, toCel} from '../../cel/program.ts';
import {matchesConditions} from '../match-constraints.ts';
import {refusal} from '../refusal.ts';
import {variablesOf} from '../review.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from '../types.ts';
import {attempt, NO_PARAMS, type PolicyBinding, type PolicySpec, paramsOf, policiesFor, withVariables} from './policy.ts';

interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

interface Policy extends KubeObject {
  spec: PolicySpec & {validations?: Validation[]; auditAnnotations?: {key: string; valueExpression: string}[]};
}

interface Binding extends PolicyBinding {
  spec: PolicyBinding['spec'] & {validationActions?: ('Deny' | 'Warn' | 'Audit')[]};
}

const RESOURCES = {policies: 'validatingadmissionpolicies', bindings: 'validatingadmissionpolicybindings'};

/** The codes that a refusal of a policy may have. upstream: policy/validating/policy_decision.go */
const CODES: Readonly<Record<string, number>> = {Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422};

export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  handles: () => true,
  validate(attributes, context) {
    for (const {policy, binding} of policiesFor<Policy, Binding>(RESOURCES, attributes, context)) {
      const params = paramsOf(policy, binding, attributes, context);
      if (params === 'denied') fail(policy, binding, attributes, context, NO_PARAMS, 'Invalid');
      else for (const param of params) evaluate(policy, binding, param, attributes, context);
    }
  },
};

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

function messageOf({expression, message, messageExpression}: Validation, scope: Record<string, unknown>): string {
  const worded = messageExpression ? attempt(() => compile(messageExpression)(scope)) : undefined;
  if (worded && 'value' in worded && typeof worded.value === 'string' && worded.value.trim() && !worded.value.includes('\n'))
    return worded.value;
  return message || `failed expression: ${expression.trim()}`;
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
