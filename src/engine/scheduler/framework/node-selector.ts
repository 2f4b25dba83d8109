/** Node selectors and node affinity. upstream: staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go */
import {matches, newRequirement, type Operator, type Selector, SelectorError} from '../../api/labels.ts';
import type {core, Pod} from '../../api/types.ts';
import type {NodeInfo} from './types.ts';

export type NodeFacts = Pick<NodeInfo, 'name' | 'labels'>;

interface FieldRequirement {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

interface CompiledTerm {
  readonly labels: Selector;
  readonly fields: readonly FieldRequirement[];
}

export const NODE_OPERATORS: Readonly<Record<string, Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

const compile = (list: readonly core.NodeSelectorRequirement[] | undefined): Selector => ({
  nothing: false,
  requirements: (list ?? []).map(r => newRequirement(r.key, NODE_OPERATORS[r.operator]!, r.values ?? [])),
});

export const ONE_ELEMENT = 'must have one element';

/** A field is asked for one value, or told one it must not have; it need not be a label's. */
function compileFields(list: readonly core.NodeSelectorRequirement[] | undefined): FieldRequirement[] {
  return (list ?? []).map(({key, operator, values = []}) => {
    if (operator !== 'In' && operator !== 'NotIn') throw new SelectorError(`${operator} is not an operator for fields`);
    if (values.length !== 1) throw new SelectorError(ONE_ELEMENT);
    return {field: key, value: values[0]!, equal: operator === 'In'};
  });
}

const holds = ({field, value, equal}: FieldRequirement, node: NodeFacts): boolean =>
  ((field === 'metadata.name' ? node.name : '') === value) === equal;

const compiled = new WeakMap<core.NodeSelectorTerm, CompiledTerm | 'nothing'>();

/** A term that cannot be parsed matches nothing, nor does one without expressions and fields. Remembered by identity. */
function compiledTerm(term: core.NodeSelectorTerm): CompiledTerm | 'nothing' {
  const known = compiled.get(term);
  if (known) return known;
  let result: CompiledTerm | 'nothing' = 'nothing';
  try {
    if (term.matchExpressions?.length || term.matchFields?.length) {
      result = {labels: compile(term.matchExpressions), fields: compileFields(term.matchFields)};
    }
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
  }
  compiled.set(term, result);
  return result;
}

/** One term: all its expressions and fields. */
export function matchesTerm(term: core.NodeSelectorTerm, node: NodeFacts): boolean {
  const parsed = compiledTerm(term);
  return parsed !== 'nothing' && matches(parsed.labels, node.labels) && parsed.fields.every(field => holds(field, node));
}

/** Any of the selector's terms. */
export const matchesNodeSelector = (selector: core.NodeSelector, node: NodeFacts): boolean =>
  (selector.nodeSelectorTerms ?? []).some(term => matchesTerm(term, node));

/** What a pod requires of its node: spec.nodeSelector and the required node affinity. */
export function matchesRequired(pod: Pod, node: NodeFacts): boolean {
  const {nodeSelector, affinity} = pod.spec ?? {};
  for (const key in nodeSelector) if (node.labels[key] !== nodeSelector[key]) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || matchesNodeSelector(required, node);
}

/** The sum of the weights of the preferred terms the node matches. */
export const preferenceScore = (terms: readonly core.PreferredSchedulingTerm[], node: NodeFacts): number =>
  terms.reduce((score, {weight, preference}) => (weight !== 0 && matchesTerm(preference, node) ? score + weight : score), 0);
