/** upstream: pkg/util/tolerations/{tolerations,whitelist}.go */
import type {core} from '../../api/types.ts';

type Toleration = core.Toleration;

/** All of the first, then those of the second that the first do not cover; a later one that covers an earlier one takes its place. */
export function mergeTolerations(first: readonly Toleration[], second: readonly Toleration[]): Toleration[] {
  const all = [...first, ...second];
  const merged: Toleration[] = [];
  all.forEach((toleration, i) => {
    const redundant =
      merged.some(other => isSuperset(other, toleration)) ||
      all.slice(i + 1).some(other => !same(other, toleration) && isSuperset(other, toleration));
    if (!redundant) merged.push(toleration);
  });
  return merged;
}

/** Whether every toleration is covered by one that is allowed. */
export function withinWhitelist(tolerations: readonly Toleration[], allowed: readonly Toleration[]): boolean {
  return allowed.length === 0 || tolerations.every(toleration => allowed.some(other => isSuperset(other, toleration)));
}

/** Whether one tolerates at least all that the other does. */
function isSuperset(a: Toleration, b: Toleration): boolean {
  if (same(a, b)) return true;
  if (a.key !== undefined && a.key !== '' && a.key !== b.key) return false;
  if (a.effect && a.effect !== b.effect) return false;
  if (a.effect === 'NoExecute' && a.tolerationSeconds !== undefined && (b.tolerationSeconds ?? Infinity) > a.tolerationSeconds)
    return false;
  if ((a.operator || 'Equal') === 'Exists') return true;
  return (b.operator || 'Equal') === 'Equal' && (a.value ?? '') === (b.value ?? '');
}

function same(a: Toleration, b: Toleration): boolean {
  return (
    (a.key ?? '') === (b.key ?? '') &&
    (a.operator || 'Equal') === (b.operator || 'Equal') &&
    (a.value ?? '') === (b.value ?? '') &&
    (a.effect ?? '') === (b.effect ?? '') &&
    a.tolerationSeconds === b.tolerationSeconds
  );
}
