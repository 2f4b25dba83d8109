/** Changes in CEL, kept in the cluster: on by default since v1.36. upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/mutating */
import {byKind} from '../../../api/kinds.ts';
import {ApiError, type KubeObject} from '../../../api/types.ts';
import {evaluateWithin, newBudget, OutOfBudget} from '../../cel/budget.ts';
import {fromCel, toCel} from '../../cel/program.ts';
import {definitionOfKind} from '../../decoding/schema.ts';
import {mergeConfiguration} from '../../patch/apply.ts';
import {applyJsonPatch, type JsonPatchOperation} from '../../patch/json-patch.ts';
import {matchesConditions} from '../match-constraints.ts';
import {refusal} from '../refusal.ts';
import {replaceObject} from '../replace.ts';
import {variablesOf} from '../review.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from '../types.ts';
import {attempt, NO_PARAMS, type PolicyBinding, type PolicySpec, paramsOf, policiesFor, withVariables} from './policy.ts';

interface Mutation {
  patchType: 'ApplyConfiguration' | 'JSONPatch';
  applyConfiguration?: {expression?: string};
  jsonPatch?: {expression?: string};
}

interface Policy extends KubeObject {
  spec: PolicySpec & {mutations?: Mutation[]; reinvocationPolicy?: 'Never' | 'IfNeeded'};
}

interface Turn {
  readonly policy: Policy;
  readonly binding: PolicyBinding;
  readonly param: KubeObject | undefined;
}

const RESOURCES = {policies: 'mutatingadmissionpolicies', bindings: 'mutatingadmissionpolicybindings'};

/** One policy after the other, each about the object as the one before left it; those that wish so once more when a later one changed it. */
export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  handles: ({operation}) => operation !== 'DELETE',
  mayChange: context => context.list(RESOURCES.policies).length > 0,
  admit(attributes, context) {
    const turns = policiesFor<Policy, PolicyBinding>(RESOURCES, attributes, context).flatMap(({policy, binding}) => {
      const params = paramsOf(policy, binding, attributes, context);
      if (params === 'denied') throw denied({policy, binding}, attributes, NO_PARAMS);
      return params.map(param => ({policy, binding, param}));
    });
    let changes = 0;
    const after = turns.map(turn => {
      if (take(turn, attributes, context)) changes++;
      return changes;
    });
    for (const [i, turn] of turns.entries())
      if (turn.policy.spec.reinvocationPolicy === 'IfNeeded' && changes > after[i]!) take(turn, attributes, context);
  },
};

/** Whether the policy changed the object. Throws ApiError 403 where it fails and must not. */
function take(turn: Turn, attributes: Attributes, context: AdmissionContext): boolean {
  const {matchConditions, mutations = [], failurePolicy, variables = []} = turn.policy.spec;
  const params = {params: toCel(turn.param)};
  const fail = (why: string): boolean => {
    if (failurePolicy === 'Ignore') return false;
    throw denied(turn, attributes, why);
  };
  const {matches, error} = matchesConditions(matchConditions, attributes, context, params);
  if (error) return fail(error);
  if (!matches || !attributes.object) return false;
  let changed = false;
  for (const mutation of mutations) {
    const expression = (mutation.applyConfiguration ?? mutation.jsonPatch)?.expression ?? '';
    const budget = newBudget();
    const scope = withVariables({...variablesOf(attributes, context), ...params}, variables, budget);
    const result = within(() => evaluateWithin(budget, expression, scope));
    if (typeof result === 'string') return fail(result);
    if ('error' in result) return fail(`expression '${expression}' resulted in error: ${result.error}`);
    const outcome = attempt(() => patched(mutation, attributes, fromCel(result.value)));
    if ('error' in outcome) return fail(outcome.error);
    changed = replaceObject(attributes.object, outcome.value) || changed;
  }
  return changed;
}

/** What came of it, or that it has become too expensive. */
function within<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    if (error instanceof OutOfBudget) return error.message;
    throw error;
  }
}

/** The object as a mutation wants it. Throws Error where it cannot be had. */
function patched({patchType}: Mutation, {object, kind}: Attributes, wanted: unknown): unknown {
  if (patchType === 'JSONPatch')
    try {
      return applyJsonPatch(object, wanted as JsonPatchOperation[]);
    } catch (error) {
      throw error instanceof ApiError && error.cause ? new Error(`JSON Patch: ${error.cause}`) : error;
    }
  const row = byKind(kind.group, kind.version, kind.kind);
  const definition = row && definitionOfKind(row, kind.version);
  if (!definition) throw new Error(`no schema found for ${kind.kind}`);
  return mergeConfiguration(object!, wanted, definition);
}

const denied = ({policy, binding}: Omit<Turn, 'param'>, attributes: Attributes, why: string): ApiError =>
  refusal(attributes, `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${why}`);
