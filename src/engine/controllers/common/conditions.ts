/** Conditions of workloads. upstream: the SetCondition of deployment_util.go, replica_set_utils.go and their kin */
import {type Condition, findCondition, removeCondition} from '../../api/conditions.ts';

/** The list with a condition set: moved to the end, or untouched where status and reason stay. The transition time moves with the status alone. */
export function withCondition<C extends Condition>(conditions: readonly C[] | undefined, condition: C): C[] {
  const current = findCondition(conditions, condition.type);
  if (current && current.status === condition.status && current.reason === condition.reason) return [...conditions!];
  const sameStatus = current && current.status === condition.status && current.lastTransitionTime !== undefined;
  return [
    ...removeCondition(conditions, condition.type),
    sameStatus ? {...condition, lastTransitionTime: current.lastTransitionTime} : condition,
  ];
}
