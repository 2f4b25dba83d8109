/** upstream: staging/src/k8s.io/component-helpers/scheduling/corev1/helpers.go, api/core/v1/toleration.go ToleratesTaint */
import type {core} from '../../api/types.ts';

/** Whether a toleration bears a taint. */
function tolerates({effect, key, operator, value}: core.Toleration, taint: core.Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (operator ?? 'Equal') === 'Equal' && Boolean(key) && (value ?? '') === (taint.value ?? '');
}

/** Whether each of the taints is tolerated. */
export const toleratesAll = (tolerations: readonly core.Toleration[] | undefined, taints: readonly core.Taint[]): boolean =>
  taints.every(taint => tolerations?.some(toleration => tolerates(toleration, taint)));

/** For each taint the toleration that bears it; undefined when one of them is not borne. */
export function matchingTolerations(
  tolerations: readonly core.Toleration[] | undefined,
  taints: readonly core.Taint[],
): core.Toleration[] | undefined {
  const found = taints.map(taint => tolerations?.find(toleration => tolerates(toleration, taint)));
  return found.every(toleration => toleration !== undefined) ? found : undefined;
}
