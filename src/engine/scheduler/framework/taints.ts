/** Taints and tolerations. upstream: staging/src/k8s.io/component-helpers/scheduling/corev1/helpers.go, k8s.io/api/core/v1/toleration.go */
import type {core} from '../../api/types.ts';

export type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';

/** The effects that keep a pod from being placed. */
export const DO_NOT_SCHEDULE: readonly TaintEffect[] = ['NoSchedule', 'NoExecute'];

/** A decimal integer of 64 bits, written without `+`, `-0` and leading zeros. */
function int64(text: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return undefined;
  const n = BigInt(text);
  return BigInt.asIntN(64, n) === n ? n : undefined;
}

/** Gt: the taint's value is greater than the toleration's. Values that are no integers never compare. */
function compares(operator: 'Gt' | 'Lt', toleration: string, taint: string): boolean {
  const [wanted, found] = [int64(toleration), int64(taint)];
  if (wanted === undefined || found === undefined) return false;
  return operator === 'Gt' ? found > wanted : found < wanted;
}

/** Whether the toleration covers the taint. `comparison`: the gate TaintTolerationComparisonOperators, that brings Gt and Lt. */
export function tolerates(toleration: core.Toleration, taint: core.Taint, comparison = true): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator as string | undefined) {
    case undefined:
    case '':
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '');
    case 'Exists':
      return true;
    case 'Gt':
    case 'Lt':
      return comparison && compares(toleration.operator as 'Gt' | 'Lt', toleration.value ?? '', taint.value ?? '');
    default:
      return false;
  }
}

/** The first taint with one of the effects (default: any) that no toleration covers. */
export function untoleratedTaint(
  taints: readonly core.Taint[],
  tolerations: readonly core.Toleration[],
  effects?: readonly string[],
  comparison = true,
): core.Taint | undefined {
  return taints.find(taint => (!effects || effects.includes(taint.effect)) && !tolerations.some(t => tolerates(t, taint, comparison)));
}
