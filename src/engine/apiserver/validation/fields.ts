/** What validators hold in their hands, and the few gestures they all make. */
import {type FieldError, invalidValue} from '../../api/field-errors.ts';

/**
 * A decoded object or a part of one. Decoding has made sure of every field's type, so validators read it as Go reads its structures.
 * Kubernetes' types are far richer than any published package of TypeScript types; hence the one `any` of this folder.
 */
export type Fields = Record<string, any>;

export type Errors = FieldError[];

/** One Invalid error a message. */
export function addInvalid(errors: Errors, path: string, value: unknown, messages: readonly string[]): void {
  for (const message of messages) errors.push(invalidValue(path, value, message));
}

/** One Invalid error for all messages, if there are any. */
export function addJoined(errors: Errors, path: string, value: string, messages: readonly string[], before = ''): void {
  if (messages.length > 0) errors.push(invalidValue(path, value, before + messages.join(',')));
}

/** Keys of a map in the order of their text: Go has none, a simulation needs one. */
export const keysOf = (map: Fields | undefined): string[] => (map ? Object.keys(map).sort() : []);

/** What a map says of a key that its user has written: `constructor` is no member of a map that does not say so. */
export const entryOf = <T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  map && Object.hasOwn(map, key) ? map[key] : undefined;

/** Whether a list has members. */
export const has = (list: readonly unknown[] | undefined): boolean => list !== undefined && list !== null && list.length > 0;

const isNothing = (value: unknown): boolean => value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/**
 * Equality as Kubernetes means it: no list and an empty list are the same. Decoding has dropped empty maps and brought quantities to their one form.
 * upstream: staging/src/k8s.io/apimachinery/pkg/api/equality/semantic.go
 */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) return a.length === (b as unknown[]).length && a.every((item, i) => semanticEqual(item, (b as unknown[])[i]));
  const [x, y] = [a as Fields, b as Fields];
  for (const key in x) if (!semanticEqual(x[key], y[key])) return false;
  for (const key in y) if (!(key in x) && !isNothing(y[key])) return false;
  return true;
}
