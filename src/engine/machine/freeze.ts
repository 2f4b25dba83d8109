/** Freezes plain JSON and all that is in it; what is frozen already is taken to be so to its end. Returns it. */
export function freezeDeep<T extends object>(value: T): T {
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key in value) {
    const field = value[key];
    if (typeof field === 'object' && field !== null) freezeDeep(field);
  }
  return value;
}
