/** upstream: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go */
import {byObjectName} from '../../../api/order.ts';
import type {LabelSelector, rbac} from '../../../api/types.ts';

/**
 * The rules a cluster role with an aggregation rule gathers: those of all other cluster roles its selectors match, in name order, each rule once.
 * `matches` answers whether labels satisfy a selector.
 */
export function aggregatedRules(
  role: rbac.ClusterRole,
  all: readonly rbac.ClusterRole[],
  matches: (selector: LabelSelector, labels: Readonly<Record<string, string>>) => boolean,
): rbac.PolicyRule[] {
  const rules = new Map<string, rbac.PolicyRule>();
  const byName = [...all].sort(byObjectName);
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? [])
    for (const other of byName) {
      if (other.metadata?.name === role.metadata?.name || !matches(selector, other.metadata?.labels ?? {})) continue;
      for (const rule of other.rules ?? []) {
        const key = JSON.stringify(rule);
        if (!rules.has(key)) rules.set(key, rule);
      }
    }
  return [...rules.values()];
}
