/** Which evictions would break a PodDisruptionBudget. upstream: pkg/scheduler/framework/plugins/defaultpreemption filterPodsWithPDBViolation */
import {matches, selectorFrom} from '../../api/labels.ts';
import type {PodDisruptionBudget} from '../../api/types.ts';
import {isEmpty} from '../framework/selector.ts';
import type {PodInfo} from '../framework/types.ts';

/** A budget without a selector, or with an empty one, is about no pod here; one whose eviction is already counted is not counted twice. */
function isAbout(budget: PodDisruptionBudget, pod: PodInfo): boolean {
  if (budget.metadata.namespace !== pod.namespace) return false;
  const selector = selectorFrom(budget.spec?.selector);
  return !isEmpty(selector) && matches(selector, pod.labels) && !(pod.name in (budget.status?.disruptedPods ?? {}));
}

/** Takes the pods in order, each using up a disruption of its budgets; keeps their order. */
export function splitByViolation(
  pods: readonly PodInfo[],
  budgets: readonly PodDisruptionBudget[],
): {violating: PodInfo[]; nonViolating: PodInfo[]} {
  const allowed = budgets.map(b => b.status?.disruptionsAllowed ?? 0);
  const violating: PodInfo[] = [];
  const nonViolating: PodInfo[] = [];
  for (const pod of pods) {
    let violates = false;
    if (Object.keys(pod.labels).length > 0) {
      budgets.forEach((budget, i) => {
        if (!isAbout(budget, pod)) return;
        allowed[i]!--;
        if (allowed[i]! < 0) violates = true;
      });
    }
    (violates ? violating : nonViolating).push(pod);
  }
  return {violating, nonViolating};
}
