/** Fields of plain objects by their paths, as `spec.containers[0].image` writes them. */

/** A field by its path: `spec.containers[0].image`; undefined where there is none. */
export function fieldAt(value: unknown, path: string): unknown {
  let at = value;
  for (const key of pathParts(path)) {
    if (at === null || typeof at !== 'object') return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** The steps of a path: `spec.containers[0]` is `spec`, `containers`, `0`. */
export const pathParts = (path: string): string[] => [...path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, key, index]) => key ?? index!);
