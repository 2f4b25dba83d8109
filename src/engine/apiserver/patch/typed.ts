/** What an applied object must be, besides of its kind: no field that the schema has not, and in lists every element to be told by its keys. upstream: sigs.k8s.io/structured-merge-diff/v6/typed/validate.go */
import {isJsonObject} from '../../api/clone.ts';
import {goQuote} from '../../api/field-errors.ts';
import {elementOf, partShape, type Shape} from './field-set.ts';
import {KEY_DEFAULTS} from './list-rules.ts';

/** Everything that is wrong with a value, each with its path; empty where nothing is. */
export function typedErrors(shape: Shape, value: unknown, path = ''): string[] {
  if (shape.is === 'list' && Array.isArray(value)) return listErrors(shape, value, path);
  if (!isJsonObject(value)) return [];
  if (shape.is === 'map') return Object.entries(value).flatMap(([name, part]) => typedErrors(shape.of, part, `${path}.${name}`));
  if (shape.is !== 'struct' && shape.is !== 'fields') return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const inner = partShape(shape, name);
    if (!inner) return path === '' && (name === 'apiVersion' || name === 'kind') ? [] : [`${path}.${name}: field not declared in schema`];
    return typedErrors(inner, part, `${path}.${name}`);
  });
}

function listErrors({keys, of}: Shape & {is: 'list'}, items: readonly unknown[], path: string): string[] {
  const seen = new Set<string>();
  const doubled = new Set<string>();
  return items.flatMap((item, i) => {
    const missing = keys.find(key => (isJsonObject(item) ? item[key] : undefined) === undefined && KEY_DEFAULTS[key] === undefined);
    if (missing !== undefined)
      return [
        `${path}: element ${i}: associative list with keys has an element that omits key field ${goQuote(missing)} (and doesn't have default value)`,
      ];
    const element = elementOf(keys, item);
    if (seen.has(element) && !doubled.has(element)) {
      doubled.add(element);
      return [`${path}: duplicate entries for key ${printElement(keys, item)}`];
    }
    seen.add(element);
    return typedErrors(of, item, path + printElement(keys, item));
  });
}

/** `[name="app"]`, `[="value"]`. */
function printElement(keys: readonly string[], item: unknown): string {
  if (keys.length === 0) return `[=${JSON.stringify(item)}]`;
  const parts = [...keys].sort().map(key => `${key}=${JSON.stringify((isJsonObject(item) ? item[key] : undefined) ?? KEY_DEFAULTS[key])}`);
  return `[${parts.join(',')}]`;
}

/** One error bare, several below one another. */
export const printTypedErrors = (errors: readonly string[]): string =>
  errors.length === 1 ? errors[0]! : ['errors:', ...errors.map(error => `  ${error}`)].join('\n');
