/** upstream: pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go */
import type {Node, Pod} from '../../api/types.ts';
import {unresolvable} from '../framework/status.ts';
import {DO_NOT_SCHEDULE, tolerates, untoleratedTaint} from '../framework/taints.ts';
import type {Plugin} from '../framework/types.ts';
import {defaultNormalize} from './normalize.ts';

const REASON_UNTOLERATED_TAINT = 'node(s) had untolerated taint(s)';

export interface TaintTolerationOptions {
  /** The gate TaintTolerationComparisonOperators: tolerations may say Gt and Lt. */
  readonly comparisonOperators: boolean;
}

export function taintToleration({comparisonOperators}: TaintTolerationOptions): Plugin {
  const keepsOut = (taints: Parameters<typeof untoleratedTaint>[0], pod: Pod): boolean =>
    untoleratedTaint(taints, pod.spec?.tolerations ?? [], DO_NOT_SCHEDULE, comparisonOperators) !== undefined;
  return {
    name: 'TaintToleration',
    filter: (_cycle, pod, node) => (keepsOut(node.taints, pod) ? unresolvable(REASON_UNTOLERATED_TAINT) : undefined),
    preScore: () => undefined,
    /** How many PreferNoSchedule taints the pod does not tolerate. */
    score(_cycle, pod, node) {
      const tolerations = (pod.spec?.tolerations ?? []).filter(t => !t.effect || t.effect === 'PreferNoSchedule');
      return node.taints.filter(
        taint => taint.effect === 'PreferNoSchedule' && !tolerations.some(t => tolerates(t, taint, comparisonOperators)),
      ).length;
    },
    normalizeScore: (_cycle, _pod, scores) => defaultNormalize(scores, true),
    events: [
      {
        resource: 'Node',
        actions: ['Add', 'UpdateNodeTaint'],
        hint: (pod, event) =>
          (!event.old || keepsOut((event.old as Node).spec?.taints ?? [], pod)) && !keepsOut((event.new as Node).spec?.taints ?? [], pod),
      },
      {resource: 'TargetPod', actions: ['UpdatePodToleration']},
    ],
  };
}
