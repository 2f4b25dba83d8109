/** upstream: pkg/scheduler/framework/plugins/interpodaffinity/{plugin,filtering,scoring}.go */
import type {Labels} from '../../api/labels.ts';
import type {KubeObject, Pod} from '../../api/types.ts';
import {
  type AffinityTerm,
  type AffinityTerms,
  affinityTerms,
  namespaceLabels,
  resolveNamespaces,
  termMatches,
  termProblem,
} from '../framework/affinity-terms.ts';
import {failure, skip, unresolvable, unschedulable} from '../framework/status.ts';
import {type Cycle, type Listers, MAX_NODE_SCORE, type NodeInfo, type Plugin, type PodInfo} from '../framework/types.ts';

const NAME = 'InterPodAffinity';
const SCORE_STATE = `PreScore${NAME}`;
const REASON_AFFINITY = "node(s) didn't match pod affinity rules";
const REASON_ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules";
const REASON_EXISTING_ANTI_AFFINITY = "node(s) didn't satisfy existing pods anti-affinity rules";

export interface InterPodAffinityArgs {
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

/** Matches by topology pair, `key\0value`. */
type Counts = Map<string, number>;
type Target = Pick<PodInfo, 'namespace' | 'labels'>;

/** The pod that looks for a node. */
interface Incoming {
  readonly terms: AffinityTerms;
  readonly target: Target;
  readonly namespaceLabels: () => Labels;
}

interface FilterState extends Incoming {
  /** Terms of existing pods that forbid the incoming one. */
  readonly existingAntiAffinity: Counts;
  /** Existing pods that match all of the incoming pod's affinity terms. */
  readonly affinity: Counts;
  /** Existing pods that match one of its anti-affinity terms. */
  readonly antiAffinity: Counts;
}

const pair = (key: string, value: string): string => `${key}\0${value}`;

function count(counts: Counts, node: NodeInfo, topologyKey: string, by: number): void {
  const value = node.labels[topologyKey];
  if (value === undefined) return;
  const key = pair(topologyKey, value);
  const now = (counts.get(key) ?? 0) + by;
  if (now === 0) counts.delete(key);
  else counts.set(key, now);
}

const noLabels: Labels = {};

/** Looks something up when it is first asked for: most pods meet no terms at all. */
function once<T>(look: () => T): () => T {
  let known: T | undefined;
  return () => (known ??= look());
}

const matchesAllTerms = (terms: readonly AffinityTerm[], pod: Target): boolean =>
  terms.length > 0 && terms.every(term => termMatches(term, pod, noLabels));

/** Counts one existing pod in (by 1) or out (by -1). */
function countPod(state: FilterState, existing: PodInfo, node: NodeInfo, by: 1 | -1): void {
  const {terms} = state;
  for (const term of affinityTerms(existing).requiredAntiAffinity) {
    if (termMatches(term, state.target, state.namespaceLabels())) count(state.existingAntiAffinity, node, term.topologyKey, by);
  }
  countIncoming(state, terms, existing, node, by);
}

function countIncoming(state: FilterState, terms: AffinityTerms, existing: PodInfo, node: NodeInfo, by: 1 | -1): void {
  if (matchesAllTerms(terms.requiredAffinity, existing)) {
    for (const term of terms.requiredAffinity) count(state.affinity, node, term.topologyKey, by);
  }
  for (const term of terms.requiredAntiAffinity) {
    if (termMatches(term, existing, noLabels)) count(state.antiAffinity, node, term.topologyKey, by);
  }
}

function satisfiesAffinity({terms, affinity, target}: FilterState, node: NodeInfo): boolean {
  let podsExist = true;
  for (const {topologyKey} of terms.requiredAffinity) {
    const value = node.labels[topologyKey];
    if (value === undefined) return false;
    if ((affinity.get(pair(topologyKey, value)) ?? 0) <= 0) podsExist = false;
  }
  // The first pod of a group that wants to be with its own kind has nobody to join.
  return podsExist || (affinity.size === 0 && matchesAllTerms(terms.requiredAffinity, target));
}

const satisfiesAntiAffinity = ({terms, antiAffinity}: FilterState, node: NodeInfo): boolean =>
  antiAffinity.size === 0 ||
  terms.requiredAntiAffinity.every(({topologyKey}) => {
    const value = node.labels[topologyKey];
    return value === undefined || (antiAffinity.get(pair(topologyKey, value)) ?? 0) <= 0;
  });

const satisfiesExisting = ({existingAntiAffinity}: FilterState, node: NodeInfo): boolean =>
  existingAntiAffinity.size === 0 ||
  Object.entries(node.labels).every(([key, value]) => (existingAntiAffinity.get(pair(key, value)) ?? 0) <= 0);

const asTarget = (pod: Pod): Target & Pick<PodInfo, 'affinity'> => ({
  namespace: pod.metadata.namespace ?? '',
  labels: (pod.metadata.labels as Labels | undefined) ?? {},
  ...(pod.spec?.affinity && {affinity: pod.spec.affinity}),
});

/** The incoming pod's own terms, their namespace selectors resolved. */
function ownTerms(pod: Pod, listers: Listers): AffinityTerms {
  const terms = affinityTerms(asTarget(pod));
  return {
    requiredAffinity: resolveNamespaces(terms.requiredAffinity, listers),
    requiredAntiAffinity: resolveNamespaces(terms.requiredAntiAffinity, listers),
    preferredAffinity: resolveNamespaces(terms.preferredAffinity, listers),
    preferredAntiAffinity: resolveNamespaces(terms.preferredAntiAffinity, listers),
  };
}

const incomingOf = (pod: Pod, listers: Listers): Incoming => ({
  terms: ownTerms(pod, listers),
  target: asTarget(pod),
  namespaceLabels: once(() => namespaceLabels(listers, pod.metadata.namespace ?? '')),
});

const hasTerms = (pod: Pod): boolean => Boolean(pod.spec?.affinity?.podAffinity || pod.spec?.affinity?.podAntiAffinity);

/** Neither the pod nor any that is there has terms: there is nothing to score. */
export const isNobodysMatter = ({snapshot}: Cycle, pod: Pod): boolean => !hasTerms(pod) && snapshot.withAffinity().length === 0;

type Scores = Map<string, Map<string, number>>;

function addScore(scores: Scores, term: AffinityTerm, node: NodeInfo, weight: number): void {
  const value = node.labels[term.topologyKey];
  if (value === undefined) return;
  const values = scores.get(term.topologyKey) ?? new Map<string, number>();
  scores.set(term.topologyKey, values.set(value, (values.get(value) ?? 0) + weight));
}

export function interPodAffinity(args: InterPodAffinityArgs): Plugin {
  /** What one existing pod adds to the score of its topology domains. */
  function scoreExisting(scores: Scores, {terms, target, namespaceLabels: labels}: Incoming, existing: PodInfo, node: NodeInfo): void {
    for (const t of terms.preferredAffinity) if (termMatches(t, existing, noLabels)) addScore(scores, t, node, t.weight);
    for (const t of terms.preferredAntiAffinity) if (termMatches(t, existing, noLabels)) addScore(scores, t, node, -t.weight);
    const theirs = affinityTerms(existing);
    if (args.hardPodAffinityWeight > 0) {
      for (const t of theirs.requiredAffinity) if (termMatches(t, target, labels())) addScore(scores, t, node, args.hardPodAffinityWeight);
    }
    for (const t of theirs.preferredAffinity) if (termMatches(t, target, labels())) addScore(scores, t, node, t.weight);
    for (const t of theirs.preferredAntiAffinity) if (termMatches(t, target, labels())) addScore(scores, t, node, -t.weight);
  }

  return {
    name: NAME,

    preFilter(cycle, pod) {
      const withRequiredAntiAffinity = cycle.snapshot.withRequiredAntiAffinity();
      if (withRequiredAntiAffinity.length === 0 && !hasTerms(pod)) return {status: skip};
      const problem = termProblem(asTarget(pod));
      if (problem) return {status: unresolvable(`parsing pod: ${problem}`)};
      const incoming = incomingOf(pod, cycle.listers);
      const {terms, target} = incoming;
      const state: FilterState = {...incoming, existingAntiAffinity: new Map(), affinity: new Map(), antiAffinity: new Map()};
      for (const node of withRequiredAntiAffinity) {
        for (const existing of node.pods) {
          for (const term of affinityTerms(existing).requiredAntiAffinity) {
            if (termMatches(term, target, state.namespaceLabels())) count(state.existingAntiAffinity, node, term.topologyKey, 1);
          }
        }
      }
      const hasOwn = terms.requiredAffinity.length > 0 || terms.requiredAntiAffinity.length > 0;
      if (hasOwn) for (const node of cycle.snapshot.nodes) for (const existing of node.pods) countIncoming(state, terms, existing, node, 1);
      if (!hasOwn && state.existingAntiAffinity.size === 0) return {status: skip};
      cycle.state.set(NAME, state);
      return undefined;
    },
    addPod: (cycle, _pod, added, node) => countPod(cycle.state.get(NAME) as FilterState, added, node, 1),
    removePod: (cycle, _pod, removed, node) => countPod(cycle.state.get(NAME) as FilterState, removed, node, -1),
    cloneState(cycle) {
      const state = cycle.state.get(NAME) as FilterState;
      const {existingAntiAffinity, affinity, antiAffinity} = state;
      cycle.state.set(NAME, {
        ...state,
        existingAntiAffinity: new Map(existingAntiAffinity),
        affinity: new Map(affinity),
        antiAffinity: new Map(antiAffinity),
      } satisfies FilterState);
    },

    filter(cycle, _pod, node) {
      const state = cycle.state.get(NAME) as FilterState;
      if (!satisfiesAffinity(state, node)) return unresolvable(REASON_AFFINITY);
      if (!satisfiesAntiAffinity(state, node)) return unschedulable(REASON_ANTI_AFFINITY);
      return satisfiesExisting(state, node) ? undefined : unschedulable(REASON_EXISTING_ANTI_AFFINITY);
    },

    preScore(cycle, pod) {
      const {podAffinity, podAntiAffinity} = pod.spec?.affinity ?? {};
      const hasPreferences = [podAffinity, podAntiAffinity].some(
        a => (a?.preferredDuringSchedulingIgnoredDuringExecution ?? []).length > 0,
      );
      if (args.ignorePreferredTermsOfExistingPods && !hasPreferences) return skip;
      if (isNobodysMatter(cycle, pod)) return skip;
      const problem = termProblem(asTarget(pod));
      if (problem) return failure(`parsing pod: ${problem}`);
      const incoming = incomingOf(pod, cycle.listers);
      const scores: Scores = new Map();
      for (const node of hasPreferences ? cycle.snapshot.nodes : cycle.snapshot.withAffinity()) {
        for (const existing of node.pods) {
          if (hasPreferences || existing.affinity) scoreExisting(scores, incoming, existing, node);
        }
      }
      if (scores.size === 0) return skip;
      cycle.state.set(SCORE_STATE, scores);
      return undefined;
    },
    score(cycle, _pod, node) {
      let score = 0;
      for (const [key, values] of cycle.state.get(SCORE_STATE) as Scores) {
        const value = node.labels[key];
        if (value !== undefined) score += values.get(value) ?? 0;
      }
      return score;
    },
    normalizeScore(_cycle, _pod, scores) {
      const min = Math.min(...scores);
      const spread = Math.max(...scores) - min;
      return scores.map(score => (spread > 0 ? Math.trunc(MAX_NODE_SCORE * ((score - min) / spread)) : 0));
    },

    events: [
      {
        resource: 'AssignedPod',
        actions: ['Add', 'Delete', 'UpdatePodLabel'],
        hint(pod, event, listers) {
          if (termProblem(asTarget(pod))) return true;
          const own = ownTerms(pod, listers);
          const before = event.old && asTarget(event.old as Pod);
          const after = event.new && asTarget(event.new as Pod);
          const joins = (t: Target | undefined): boolean => Boolean(t && matchesAllTerms(own.requiredAffinity, t));
          const repels = (t: Target | undefined): boolean =>
            Boolean(t && own.requiredAntiAffinity.some(term => termMatches(term, t, noLabels)));
          if (after && joins(after) && !joins(before)) return true;
          if (before && repels(before) && !repels(after)) return true;
          if (after) return false;
          const labels = namespaceLabels(listers, pod.metadata.namespace ?? '');
          return affinityTerms(before!).requiredAntiAffinity.some(term => termMatches(term, asTarget(pod), labels));
        },
      },
      {resource: 'TargetPod', actions: ['UpdatePodLabel']},
      {
        resource: 'Node',
        actions: ['Add', 'UpdateNodeLabel'],
        hint(pod, event, listers) {
          if (termProblem(asTarget(pod))) return true;
          const own = ownTerms(pod, listers);
          const labels = (node: KubeObject | undefined): Labels => (node?.metadata.labels as Labels | undefined) ?? {};
          const [before, after] = [labels(event.old), labels(event.new)];
          // A domain to join: it is new on the node, or another than before.
          if (own.requiredAffinity.some(({topologyKey: key}) => after[key] !== undefined && after[key] !== before[key])) return true;
          // A domain to be rid of; a new node may be free of those the pod avoids.
          return (
            !event.old || own.requiredAntiAffinity.some(({topologyKey: key}) => before[key] !== undefined && before[key] !== after[key])
          );
        },
      },
    ],
  };
}
