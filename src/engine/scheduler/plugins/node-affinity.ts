/** upstream: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go */
import {toAggregate} from '../../api/field-errors.ts';
import type {core, Node, Pod} from '../../api/types.ts';
import {matchesNodeSelector, matchesRequired, preferenceErrors, preferenceScore} from '../framework/node-selector.ts';
import {failure, skip, unresolvable} from '../framework/status.ts';
import type {NodeInfo, Plugin} from '../framework/types.ts';
import {defaultNormalize} from './normalize.ts';

const REASON_POD_AFFINITY = "node(s) didn't match Pod's node affinity/selector";
const REASON_ENFORCED_AFFINITY = "node(s) didn't match scheduler-enforced node affinity";
const REASON_CONFLICT = 'pod affinity terms conflict';

export interface NodeAffinityArgs {
  readonly addedAffinity?: core.NodeAffinity;
}

const required = (pod: Pod): core.NodeSelector | undefined =>
  pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
const preferred = (affinity: core.NodeAffinity | undefined) => affinity?.preferredDuringSchedulingIgnoredDuringExecution;

/** The nodes a term names by metadata.name: what all its In requirements have in common. undefined: the term names none. */
function namedNodes(term: core.NodeSelectorTerm): Set<string> | undefined {
  const lists = (term.matchFields ?? []).filter(f => f.key === 'metadata.name' && f.operator === 'In').map(f => f.values ?? []);
  if (lists.length === 0) return undefined;
  return new Set(lists[0]!.filter(name => lists.every(list => list.includes(name))));
}

export function nodeAffinity({addedAffinity}: NodeAffinityArgs): Plugin {
  const addedSelector = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const addedPreferences = preferred(addedAffinity);
  const isEnforced = (node: Pick<NodeInfo, 'name' | 'labels'>): boolean => !addedSelector || matchesNodeSelector(addedSelector, node);
  const facts = (node: Node) => ({name: node.metadata.name ?? '', labels: (node.metadata.labels as NodeInfo['labels']) ?? {}});
  return {
    name: 'NodeAffinity',
    preFilter(_cycle, pod) {
      const selector = required(pod);
      if (!selector && !addedSelector && !pod.spec?.nodeSelector) return {status: skip};
      if (!selector?.nodeSelectorTerms?.length) return undefined;
      const named = selector.nodeSelectorTerms.map(namedNodes);
      if (named.some(names => !names)) return undefined;
      const nodes = new Set(named.flatMap(names => [...names!]));
      return nodes.size === 0 ? {status: unresolvable(REASON_CONFLICT)} : {nodes};
    },
    filter(_cycle, pod, node) {
      if (!isEnforced(node)) return unresolvable(REASON_ENFORCED_AFFINITY);
      return matchesRequired(pod, node) ? undefined : unresolvable(REASON_POD_AFFINITY);
    },
    preScore(_cycle, pod) {
      const preferences = preferred(pod.spec?.affinity?.nodeAffinity);
      const errors = preferenceErrors(preferences ?? [], '');
      if (errors.length > 0) return failure(toAggregate(errors));
      return preferences || addedPreferences ? undefined : skip;
    },
    score: (_cycle, pod, node) =>
      preferenceScore(addedPreferences ?? [], node) + preferenceScore(preferred(pod.spec?.affinity?.nodeAffinity) ?? [], node),
    normalizeScore: (_cycle, _pod, scores) => defaultNormalize(scores, false),
    events: [
      {
        resource: 'Node',
        actions: ['Add', 'UpdateNodeLabel'],
        hint(pod, event) {
          const now = facts(event.new as Node);
          if (!isEnforced(now) || !matchesRequired(pod, now)) return false;
          return !event.old || !matchesRequired(pod, facts(event.old as Node)) || !isEnforced(facts(event.old as Node));
        },
      },
    ],
  };
}
