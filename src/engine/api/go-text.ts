/** Values of JSON as Go's fmt prints them where they have been read into `map[string]interface{}`. upstream: Go's fmt */
import {goQuote} from './field-errors.ts';

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** In the order of their bytes, as Go sorts the keys of a map. */
const sortedKeys = (value: Readonly<Record<string, unknown>>): string[] => Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** `%v`: `map[app:web ports:[80 443]]` */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isMap(value)) return String(value);
  return `map[${sortedKeys(value)
    .map(key => `${key}:${goText(value[key])}`)
    .join(' ')}]`;
}

/** `%#v`: `map[string]interface {}{"app":"web", "ports":[]interface {}{80, 443}}` */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isMap(value)) return typeof value === 'string' ? goQuote(value) : String(value);
  return `map[string]interface {}{${sortedKeys(value)
    .map(key => `${goQuote(key)}:${goSyntax(value[key])}`)
    .join(', ')}}`;
}
