/** Inter-pod affinity terms, compiled. upstream: staging/src/k8s.io/kube-scheduler/framework/types.go AffinityTerm */
import {type Labels, matches, NOTHING, type Selector, SelectorError, selectorFrom} from '../../api/labels.ts';
import type {core} from '../../api/types.ts';
import {isEmpty} from './selector.ts';
import type {Listers, PodInfo} from './types.ts';

export interface AffinityTerm {
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector;
  readonly selector: Selector;
  readonly topologyKey: string;
  /** 0 for required terms. */
  readonly weight: number;
}

export interface AffinityTerms {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
}

/** Without namespaces and namespaceSelector, a term means the pod's own namespace. */
function compile(pod: Pick<PodInfo, 'namespace'>, term: core.PodAffinityTerm, weight = 0): AffinityTerm {
  const own = !term.namespaces?.length && !term.namespaceSelector;
  return {
    namespaces: new Set(own ? [pod.namespace] : term.namespaces),
    namespaceSelector: selectorFrom(term.namespaceSelector),
    selector: selectorFrom(term.labelSelector),
    topologyKey: term.topologyKey,
    weight,
  };
}

interface Compiled {
  readonly terms: AffinityTerms;
  /** What cannot be parsed: a list with such a term in it counts as empty. */
  readonly problems: readonly string[];
}

const none: Compiled = {
  terms: {requiredAffinity: [], requiredAntiAffinity: [], preferredAffinity: [], preferredAntiAffinity: []},
  problems: [],
};
const compiled = new WeakMap<object, Compiled>();

/** Remembered by the affinity object, which never changes once stored. */
function compiledOf(pod: Pick<PodInfo, 'namespace' | 'affinity'>): Compiled {
  if (!pod.affinity) return none;
  const known = compiled.get(pod.affinity);
  if (known) return known;
  const problems: string[] = [];
  const all = <T>(list: string, terms: readonly T[] | undefined, one: (term: T) => AffinityTerm): readonly AffinityTerm[] => {
    try {
      return (terms ?? []).map(one);
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      problems.push(`${list}: ${error.message}`);
      return [];
    }
  };
  const required = (term: core.PodAffinityTerm): AffinityTerm => compile(pod, term);
  const preferred = ({podAffinityTerm, weight}: core.WeightedPodAffinityTerm): AffinityTerm => compile(pod, podAffinityTerm, weight);
  const {podAffinity, podAntiAffinity} = pod.affinity;
  const terms: AffinityTerms = {
    requiredAffinity: all('requiredAffinityTerms', podAffinity?.requiredDuringSchedulingIgnoredDuringExecution, required),
    requiredAntiAffinity: all('requiredAntiAffinityTerms', podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution, required),
    preferredAffinity: all('preferredAffinityTerms', podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, preferred),
    preferredAntiAffinity: all('preferredAntiAffinityTerms', podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, preferred),
  };
  const result = {terms, problems};
  compiled.set(pod.affinity, result);
  return result;
}

/** The pod's terms, as far as they can be parsed. */
export const affinityTerms = (pod: Pick<PodInfo, 'namespace' | 'affinity'>): AffinityTerms => compiledOf(pod).terms;

/** What of the pod's terms cannot be parsed, if anything. */
export function termProblem(pod: Pick<PodInfo, 'namespace' | 'affinity'>): string | undefined {
  const {problems} = compiledOf(pod);
  return problems.length > 1 ? `[${problems.join(', ')}]` : problems[0];
}

export function namespaceLabels(listers: Listers, namespace: string): Labels {
  return (listers('namespaces').get('', namespace)?.metadata.labels as Labels | undefined) ?? {};
}

/** The incoming pod's terms with their namespaceSelector resolved to names, so that existing pods are compared by namespace alone. */
export function resolveNamespaces(terms: readonly AffinityTerm[], listers: Listers): readonly AffinityTerm[] {
  return terms.map(term => {
    if (isEmpty(term.namespaceSelector) || term.namespaceSelector.nothing) return term;
    const matching = listers('namespaces')
      .list()
      .filter(ns => matches(term.namespaceSelector, ns.metadata.labels as Labels | undefined))
      .map(ns => ns.metadata.name);
    return {...term, namespaces: new Set([...term.namespaces, ...matching]), namespaceSelector: NOTHING};
  });
}

/** Whether the term means the pod; `labels` are those of the pod's namespace. */
export const termMatches = (term: AffinityTerm, pod: Pick<PodInfo, 'namespace' | 'labels'>, labels: Labels): boolean =>
  (term.namespaces.has(pod.namespace) || matches(term.namespaceSelector, labels)) && matches(term.selector, pod.labels);
