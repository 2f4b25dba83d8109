/** Versions of APIs in the order of their maturity. upstream: staging/src/k8s.io/apimachinery/pkg/version/helpers.go */

const STAGES = ['alpha', 'beta', undefined];

/** [stage, major, minor]; undefined where a name does not follow the custom. */
function rank(version: string): readonly number[] | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version);
  return match ? [STAGES.indexOf(match[2]), Number(match[1]), Number(match[3] ?? 0)] : undefined;
}

/** Positive where `a` is the more mature: v10, v2, v1, v11beta2, v3alpha1, then other names from a to z. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  if (!left && !right) return a === b ? 0 : a < b ? 1 : -1;
  if (!left) return -1;
  if (!right) return 1;
  return left.map((part, i) => part - right[i]!).find(difference => difference !== 0) ?? 0;
}
