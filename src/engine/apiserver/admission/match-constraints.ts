/** Which requests a webhook or a policy is about. upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/predicates */
import {matches, selectorFrom} from '../../api/labels.ts';
import type {LabelSelector, Namespace} from '../../api/types.ts';
import {budgetOfConditions, evaluateWithin, OutOfBudget} from '../cel/budget.ts';
import {variablesOf} from './review.ts';
import type {AdmissionContext, Attributes} from './types.ts';

export interface Rule {
  operations?: string[];
  apiGroups?: string[];
  apiVersions?: string[];
  resources?: string[];
  resourceNames?: string[];
  scope?: string;
}

export interface Constraints {
  readonly rules?: readonly Rule[];
  readonly excludeRules?: readonly Rule[];
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

/** Objects that are never sent anywhere: those that decide who is asked. */
const NEVER = new Set(['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']);

export function matchesConstraints(constraints: Constraints, attributes: Attributes, context: AdmissionContext): boolean {
  if (attributes.resource.group === 'admissionregistration.k8s.io' && NEVER.has(attributes.resource.resource)) return false;
  return (
    (constraints.rules ?? []).some(rule => matchesRule(rule, attributes)) &&
    !(constraints.excludeRules ?? []).some(rule => matchesRule(rule, attributes)) &&
    matchesNamespace(constraints.namespaceSelector, attributes, context) &&
    matchesObject(constraints.objectSelector, attributes)
  );
}

function matchesRule(rule: Rule, {operation, resource, subresource, namespace, name, kind}: Attributes): boolean {
  const has = (values: readonly string[] | undefined, value: string): boolean => values?.some(one => one === '*' || one === value) ?? false;
  const namespaced = namespace !== '' && kind.kind !== 'Namespace';
  return (
    has(rule.operations, operation) &&
    has(rule.apiGroups, resource.group) &&
    has(rule.apiVersions, resource.version) &&
    (rule.resources ?? []).some(pattern => matchesResource(pattern, resource.resource, subresource)) &&
    (!rule.scope || rule.scope === '*' || (rule.scope === 'Namespaced') === namespaced) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(name))
  );
}

/** `pods`, `pods/log`, `*` (no subresources), `pods/*`, `*` + `/*`. */
function matchesResource(pattern: string, resource: string, subresource: string): boolean {
  const [wanted, below = ''] = pattern.split('/');
  return (wanted === '*' || wanted === resource) && (below === '*' || below === subresource);
}

/** A namespace object is judged by its own labels. */
function matchesNamespace(
  selector: LabelSelector | undefined,
  {kind, namespace, object, oldObject}: Attributes,
  context: AdmissionContext,
): boolean {
  if (!selector || (!selector.matchLabels && !selector.matchExpressions)) return true;
  if (kind.kind === 'Namespace') return matches(selectorFrom(selector), (object ?? oldObject)?.metadata.labels);
  if (!namespace) return true;
  return matches(selectorFrom(selector), context.get<Namespace>('namespaces', '', namespace)?.metadata.labels);
}

/** Either version of the object will do. */
function matchesObject(selector: LabelSelector | undefined, {object, oldObject}: Attributes): boolean {
  if (!selector || (!selector.matchLabels && !selector.matchExpressions)) return true;
  const parsed = selectorFrom(selector);
  return [object, oldObject].some(one => one !== undefined && matches(parsed, one.metadata.labels));
}

export interface Condition {
  readonly name: string;
  readonly expression: string;
}

/** Whether all conditions hold: `error` when none is false and one could not be worked out. upstream: webhook/matchconditions/matcher.go */
export function matchesConditions(
  conditions: readonly Condition[] | undefined,
  attributes: Attributes,
  context: AdmissionContext,
  more: Readonly<Record<string, unknown>> = {},
): {matches: boolean; error?: string} {
  if (!conditions?.length) return {matches: true};
  const variables = {...variablesOf(attributes, context), ...more};
  const budget = budgetOfConditions();
  const errors: string[] = [];
  let isFalse = false;
  try {
    for (const {expression} of conditions) {
      const outcome = evaluateWithin(budget, expression, variables);
      if ('error' in outcome) errors.push(`expression '${expression}' resulted in error: ${outcome.error}`);
      else isFalse ||= outcome.value === false;
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return {matches: false, error: error.message};
  }
  if (isFalse || errors.length === 0) return {matches: !isFalse};
  return {matches: false, error: errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`};
}
