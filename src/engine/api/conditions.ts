/** Conditions: found by type, changed with their transition time. upstream: staging/src/k8s.io/apimachinery/pkg/api/meta/conditions.go */

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

/** A time that nobody has written, as Go encodes it where a field holds the time itself. */
export const NO_TIME = null as unknown as string;

/** The condition of a type, if it is there. */
export const findCondition = <C extends {type: string}>(conditions: readonly C[] | undefined, type: string): C | undefined =>
  conditions?.find(c => c.type === type);

/** Whether the condition is there with status `True`. */
export const isConditionTrue = (conditions: readonly {type: string; status: string}[] | undefined, type: string): boolean =>
  findCondition(conditions, type)?.status === 'True';

/** A new list with the condition set. `now` becomes its transition time where the status changed or it is new; else the old time is kept. */
export function setCondition<C extends Condition>(conditions: readonly C[] | undefined, condition: C, now: string): C[] {
  const list = conditions ?? [];
  const old = findCondition(list, condition.type);
  if (!old) return [...list, {...condition, lastTransitionTime: condition.lastTransitionTime ?? now}];
  const kept = old.status === condition.status && old.lastTransitionTime !== undefined;
  const next = {...old, ...condition, lastTransitionTime: kept ? old.lastTransitionTime : (condition.lastTransitionTime ?? now)};
  return list.map(c => (c === old ? next : c));
}

/** A new list without the condition. */
export const removeCondition = <C extends {type: string}>(conditions: readonly C[] | undefined, type: string): C[] =>
  (conditions ?? []).filter(c => c.type !== type);
