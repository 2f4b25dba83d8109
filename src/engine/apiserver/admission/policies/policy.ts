/** What policies of both sorts share: which requests they are about, their parameters and variables. upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/generic */
import {parseApiVersion} from '../../../api/group-version.ts';
import {byKind} from '../../../api/kinds.ts';
import {matches, selectorFrom} from '../../../api/labels.ts';
import type {KubeObject, LabelSelector} from '../../../api/types.ts';
import type {Budget} from '../../cel/budget.ts';
import {compile} from '../../cel/program.ts';
import {celError} from '../../cel/runtime-errors.ts';
import {CelError} from '../../cel/values.ts';
import {type Condition, type Constraints, matchesConstraints} from '../match-constraints.ts';
import type {AdmissionContext, Attributes} from '../types.ts';

export interface PolicyConstraints {
  resourceRules?: Constraints['rules'];
  excludeResourceRules?: Constraints['excludeRules'];
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
}

export interface PolicySpec {
  failurePolicy?: 'Fail' | 'Ignore';
  paramKind?: {apiVersion: string; kind: string};
  matchConstraints?: PolicyConstraints;
  matchConditions?: Condition[];
  variables?: {name: string; expression: string}[];
}

export interface PolicyBinding extends KubeObject {
  spec: {
    policyName: string;
    paramRef?: {name?: string; namespace?: string; selector?: LabelSelector; parameterNotFoundAction?: 'Allow' | 'Deny'};
    matchResources?: PolicyConstraints;
  };
}

export const NO_PARAMS = 'no params found for policy binding with `Deny` parameterNotFoundAction';

const ABOUT_POLICIES = /^(validating|mutating)admissionpolic/;

/** Policies with each of their bindings, as far as they are about a request. Policies themselves are never judged by policies. */
export function policiesFor<P extends KubeObject & {spec: PolicySpec}, B extends PolicyBinding>(
  resources: {policies: string; bindings: string},
  attributes: Attributes,
  context: AdmissionContext,
): {policy: P; binding: B}[] {
  const policies = context.list<P>(resources.policies);
  if (policies.length === 0 || ABOUT_POLICIES.test(attributes.resource.resource)) return [];
  return policies
    .filter(policy => isAbout(policy.spec.matchConstraints, attributes, context))
    .flatMap(policy =>
      context
        .list<B>(resources.bindings)
        .filter(({spec}) => spec.policyName === policy.metadata.name && isWithin(spec.matchResources, attributes, context))
        .map(binding => ({policy, binding})),
    );
}

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

const EVERYTHING = [{operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*', '*/*']}];

const isWithin = (resources: PolicyConstraints | undefined, attributes: Attributes, context: AdmissionContext): boolean =>
  !resources || isAbout({...resources, resourceRules: resources.resourceRules ?? EVERYTHING}, attributes, context);

/** The objects an expression calls `params`: one, several, or none when the policy takes none. */
export function paramsOf(
  {spec: {paramKind}}: {spec: PolicySpec},
  {spec}: PolicyBinding,
  {namespace}: Attributes,
  context: AdmissionContext,
): (KubeObject | undefined)[] | 'denied' {
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

/** Variables are worked out when they are first asked for, and may speak of those before them. `budget` owes what that costs. */
export function withVariables(
  scope: Record<string, unknown>,
  variables: readonly {name: string; expression: string}[],
  budget: Budget,
): Record<string, unknown> {
  const composed: Record<string, unknown> = {};
  const full = {...scope, variables: composed};
  for (const {name, expression} of variables) {
    let known: {value: unknown} | {error: CelError} | undefined;
    Object.defineProperty(composed, name, {
      enumerable: true,
      get() {
        known ??= workOut(name, () => compile(expression)(full, units => budget.owe(units)));
        if ('error' in known) throw known.error;
        return known.value;
      },
    });
  }
  return full;
}

function workOut(name: string, run: () => unknown): {value: unknown} | {error: CelError} {
  const result = attempt(run);
  return 'value' in result ? result : {error: new CelError(`composited variable "${name}" fails to evaluate: ${result.error}`)};
}

/** What came out, or what went wrong. */
export function attempt(run: () => unknown): {value: unknown} | {error: string} {
  try {
    return {value: run()};
  } catch (error) {
    return {error: celError(error)};
  }
}
