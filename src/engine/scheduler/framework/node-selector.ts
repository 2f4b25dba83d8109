/** Node selectors and node affinity. upstream: staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go */
import {type FieldError, invalidValue, notSupported} from '../../api/field-errors.ts';
import {matches, type Operator, requirementErrors, type Selector} from '../../api/labels.ts';
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

const NODE_OPERATORS: Readonly<Record<string, Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

type Requirements = readonly core.NodeSelectorRequirement[];

const expressionErrors = (list: Requirements, path: string): FieldError[] =>
  list.flatMap(({key, operator, values = []}, i) => {
    const at = `${path}[${i}]`;
    const parsed = NODE_OPERATORS[operator];
    if (!parsed) return [notSupported(`${at}.operator`, operator, Object.keys(NODE_OPERATORS))];
    return requirementErrors(key, parsed, values).map(error => ({...error, field: `${at}.${error.field}`}));
  });

const FIELD_OPERATORS = ['In', 'NotIn'];

/** A field is asked for one value, or told one it must not have; it need not be a label's. */
const fieldErrors = (list: Requirements, path: string): FieldError[] =>
  list.flatMap(({operator, values = []}, i) => {
    const at = `${path}[${i}]`;
    if (!FIELD_OPERATORS.includes(operator)) return [notSupported(`${at}.operator`, operator, FIELD_OPERATORS)];
    return values.length === 1 ? [] : [invalidValue(`${at}.values`, values, 'must have one element')];
  });

/** All that keeps a term from being parsed; `path`: where it stands. */
export const termErrors = ({matchExpressions = [], matchFields = []}: core.NodeSelectorTerm, path: string): FieldError[] => [
  ...expressionErrors(matchExpressions, `${path}.matchExpressions`),
  ...fieldErrors(matchFields, `${path}.matchFields`),
];

/** The same of preferences; one without weight is not looked at. upstream: NewPreferredSchedulingTerms */
export const preferenceErrors = (terms: readonly core.PreferredSchedulingTerm[], path: string): FieldError[] =>
  terms.flatMap(({weight, preference}, i) => (weight === 0 ? [] : termErrors(preference, `${path}[${i}]`)));

const compile = ({matchExpressions = [], matchFields = []}: core.NodeSelectorTerm): CompiledTerm => ({
  labels: {
    nothing: false,
    requirements: matchExpressions.map(({key, operator, values = []}) => ({key, operator: NODE_OPERATORS[operator]!, values})),
  },
  fields: matchFields.map(({key, operator, values}) => ({field: key, value: values![0]!, equal: operator === 'In'})),
});

const holds = ({field, value, equal}: FieldRequirement, node: NodeFacts): boolean =>
  ((field === 'metadata.name' ? node.name : '') === value) === equal;

const compiled = new WeakMap<core.NodeSelectorTerm, CompiledTerm | 'nothing'>();

/** A term that cannot be parsed matches nothing, nor does one without expressions and fields. Remembered by identity. */
function compiledTerm(term: core.NodeSelectorTerm): CompiledTerm | 'nothing' {
  const known = compiled.get(term);
  if (known) return known;
  const isEmpty = !term.matchExpressions?.length && !term.matchFields?.length;
  const result = isEmpty || termErrors(term, '').length > 0 ? 'nothing' : compile(term);
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
