/** Rules in CEL, kept in the cluster. upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating */
import {byteLength} from '../../../api/names.ts';
import {ApiError, type KubeObject} from '../../../api/types.ts';
import {type Budget, evaluateWithin, newBudget, OutOfBudget} from '../../cel/budget.ts';
import {toCel} from '../../cel/program.ts';
import {matchesConditions} from '../match-constraints.ts';
import {refusal} from '../refusal.ts';
import {variablesOf} from '../review.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from '../types.ts';
import {NO_PARAMS, type PolicyBinding, type PolicySpec, paramsOf, policiesFor, withVariables} from './policy.ts';

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
  const failed = (why: string): void => {
    if (failurePolicy !== 'Ignore') fail(policy, binding, attributes, context, why, 'Invalid');
  };
  const given = {...variablesOf(attributes, context), ...params};
  const budget = newBudget();
  const outcomes = allWithin(budget, validations, ({expression}) => expression, withVariables(given, variables, budget));
  if (outcomes instanceof OutOfBudget) return failed(outcomes.message);
  const messages = allWithin(budget, validations, ({messageExpression}) => messageExpression, withVariables(given, variables, budget));

  for (const [i, validation] of validations.entries()) {
    const outcome = outcomes[i]!;
    if ('error' in outcome) failed(`expression '${validation.expression}' resulted in error: ${outcome.error}`);
    else if (messages instanceof OutOfBudget) failed(`failed messageExpression: ${messages.message}`);
    else if (outcome.value !== true)
      fail(policy, binding, attributes, context, messageOf(validation, messages[i]!), validation.reason ?? 'Invalid');
  }

  const own = newBudget();
  const annotations = allWithin(own, auditAnnotations, ({valueExpression}) => valueExpression, withVariables(given, variables, own));
  if (annotations instanceof OutOfBudget) return failed(annotations.message);
  for (const [i, {key}] of auditAnnotations.entries()) {
    const outcome = annotations[i]!;
    if ('value' in outcome && typeof outcome.value === 'string' && outcome.value.trim())
      context.audit(`${policy.metadata.name}/${key}`, outcome.value.trim());
  }
}

type Outcome = {value: unknown} | {error: string};

/** One after the other, until there is no budget left; where there is nothing to evaluate, null comes out. */
function allWithin<T>(
  budget: Budget,
  items: readonly T[],
  expressionOf: (item: T) => string | undefined,
  scope: Record<string, unknown>,
): Outcome[] | OutOfBudget {
  try {
    return items.map(item => {
      const expression = expressionOf(item);
      return expression ? evaluateWithin(budget, expression, scope) : {value: null};
    });
  } catch (error) {
    if (error instanceof OutOfBudget) return error;
    throw error;
  }
}

/** Longer ones are not shown. upstream: apiserver/pkg/apis/cel/config.go MaxEvaluatedMessageExpressionSizeBytes */
const LONGEST_MESSAGE = 5 * 1024;

function messageOf({expression, message, messageExpression}: Validation, worded: Outcome): string {
  const text = messageExpression && 'value' in worded && typeof worded.value === 'string' ? worded.value.trim() : '';
  if (text && !text.includes('\n') && byteLength(text) <= LONGEST_MESSAGE) return text;
  return message?.trim() || `failed expression: ${expression.trim()}`;
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
