/** RFC 7386. upstream: gopkg.in/evanphx/json-patch.v4 merge.go */
import {cloneJson, isJsonObject} from '../../api/clone.ts';

/** The document as the patch wants it: null takes a field away, a list stands as a whole. Neither is changed. */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return cloneJson(patch);
  const merged: Record<string, unknown> = isJsonObject(document) ? cloneJson(document) : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else merged[field] = applyMergePatch(merged[field], value);
  }
  return merged;
}
