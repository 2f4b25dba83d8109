/** Conditions of workloads. upstream: the SetCondition and RemoveCondition of deployment_util.go, replica_set_utils.go and their kin */

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export const findCondition = <C extends {type: string}>(conditions: readonly C[] | undefined, type: string): C | undefined =>
  conditions?.find(c => c.type === type);

export const withoutCondition = <C extends {type: string}>(conditions: readonly C[] | undefined, type: string): C[] =>
  (conditions ?? []).filter(c => c.type !== type);

/** The list with a condition set: moved to the end, or untouched where status and reason stay. The transition time moves with the status alone. */
export function withCondition<C extends Condition>(conditions: readonly C[] | undefined, condition: C): C[] {
  const current = findCondition(conditions, condition.type);
  if (current && current.status === condition.status && current.reason === condition.reason) return [...conditions!];
  const sameStatus = current && current.status === condition.status && current.lastTransitionTime !== undefined;
  return [
    ...withoutCondition(conditions, condition.type),
    sameStatus ? {...condition, lastTransitionTime: current.lastTransitionTime} : condition,
  ];
}
