/** Members of sets and maps are there once. upstream: apiextensions-apiserver/pkg/apiserver/schema/listtype */
import {isJsonObject} from '../../../api/clone.ts';
import {duplicate, invalidValue} from '../../../api/field-errors.ts';
import type {Errors, Fields} from '../fields.ts';
import {below, partOf, type Schema} from './schema.ts';

export function checkMembers(errors: Errors, schema: Schema, value: unknown, path: string): void {
  if (Array.isArray(value)) {
    if (schema['x-kubernetes-list-type'] === 'set') checkUnique(errors, value, path);
    if (schema['x-kubernetes-list-type'] === 'map') checkKeys(errors, schema['x-kubernetes-list-map-keys'] ?? [], value, path);
    if (schema.items) for (const [i, item] of value.entries()) checkMembers(errors, schema.items, item, `${path}[${i}]`);
  } else if (isJsonObject(value))
    for (const [field, part] of Object.entries(value)) {
      const inner = partOf(schema, field);
      if (inner) checkMembers(errors, inner, part, schema.properties ? below(path, field) : `${path}[${field}]`);
    }
}

/** The second of several equal ones is told. */
function checkUnique(errors: Errors, values: readonly unknown[], path: string): void {
  const times = new Map<string, number>();
  for (const [i, value] of values.entries()) {
    const text = JSON.stringify(value);
    const count = (times.get(text) ?? 0) + 1;
    times.set(text, count);
    if (count === 2) errors.push(duplicate(`${path}[${i}]`, value));
  }
}

function checkKeys(errors: Errors, keys: readonly string[], items: readonly unknown[], path: string): void {
  const other = items.findIndex(item => item !== null && !isJsonObject(item));
  if (other >= 0) errors.push(invalidValue(`${path}[${other}]`, items[other], 'must be an object for an array of list-type map'));
  else
    checkUnique(
      errors,
      items.map(item => keysOf(item, keys)),
      path,
    );
}

const keysOf = (item: unknown, keys: readonly string[]): Fields =>
  Object.fromEntries(keys.filter(key => isJsonObject(item) && item[key] !== undefined).map(key => [key, (item as Fields)[key]]));
