/** Whether it is an object of JSON: not null, no list. */
export const isJsonObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A deep, mutable copy of plain JSON (frozen or not); fields that are undefined are dropped. */
export function cloneJson<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(cloneJson) as T;
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    const field = (value as Record<string, unknown>)[key];
    if (field !== undefined) copy[key] = field !== null && typeof field === 'object' ? cloneJson(field) : field;
  }
  return copy as T;
}

/**
 * A shallow copy with some fields changed or added. For what will be frozen and is made by the thousand, instead of a literal that begins by spreading: V8 11 (Node 20)
 * gives every single such literal a hidden class of its own when it is frozen, which costs more memory than its fields and makes whatever reads it slow.
 */
export const copyWith = <T extends object, U extends object>(object: T, changes: U): T & U => Object.assign({}, object, changes);

/** Whether two pieces of plain JSON say the same; the order of keys does not count, an undefined field is no field. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b);
  return !Array.isArray(b) && equalFields(a as Record<string, unknown>, b as Record<string, unknown>);
}

function equalLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !equalJson(a[i], b[i])) return false;
  return true;
}

function equalFields(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  for (const key in a) if (a[key] !== b[key] && !equalJson(a[key], b[key])) return false;
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}

/**
 * `now`, with every part that reads the same as in `before`, to the order of keys, taken from there: what objects have in common is held only once. Neither is
 * changed, and what comes out reads as `now` does. What is frozen is kept already, and shared with others: it stays as it is.
 */
export function shareJson<T>(now: T, before: unknown): T {
  if (now === before) return now;
  if (now === null || before === null || typeof now !== 'object' || typeof before !== 'object' || Object.isFrozen(now)) return now;
  if (Array.isArray(now)) return Array.isArray(before) ? (shareLists(now, before) as T) : now;
  return Array.isArray(before) ? now : (shareFields(now as Record<string, unknown>, before as Record<string, unknown>) as T);
}

function shareLists(now: readonly unknown[], before: readonly unknown[]): readonly unknown[] {
  let same = now.length === before.length;
  const shared = new Array<unknown>(now.length);
  for (let i = 0; i < now.length; i++) {
    shared[i] = i < before.length ? shareJson(now[i], before[i]) : now[i];
    if (shared[i] !== before[i]) same = false;
  }
  return same ? before : shared;
}

function shareFields(now: Readonly<Record<string, unknown>>, before: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const keys = Object.keys(before);
  const shared: Record<string, unknown> = {};
  let same = true;
  let at = 0;
  for (const key in now) {
    const field = now[key];
    if (field === undefined) continue;
    const known = before[key];
    const part = (shared[key] = field === known ? known : typeof field === 'object' ? shareJson(field, known) : field);
    if (part !== known || key !== keys[at++]) same = false;
  }
  return same && at === keys.length ? before : shared;
}
