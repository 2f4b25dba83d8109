/** upstream: pkg/controller/controller_utils.go ComputeHash; apimachinery/pkg/util/rand SafeEncodeString */
import {safeEncode} from '../../api/names.ts';
import {canonicalJson} from './json.ts';

/** FNV-1a, 32 bits, over the UTF-8 bytes of a text. */
function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * The `pod-template-hash` of a pod template. Upstream hashes Go's dump of the struct, which only Go can print; the same hash over canonical JSON
 * has all its properties save the very digits.
 */
export const computeHash = (template: unknown, collisionCount = 0): string =>
  safeEncode(String(fnv32a(canonicalJson(template) + (collisionCount ? `#${collisionCount}` : ''))));
