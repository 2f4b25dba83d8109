/** Values of JSON as Go's fmt prints them where they have been read into `map[string]interface{}`. upstream: Go's fmt */
import {isJsonObject} from './clone.ts';
import {goQuote} from './field-errors.ts';

/** In the order of their bytes, as Go sorts the keys of a map. */
const sortedKeys = (value: Readonly<Record<string, unknown>>): string[] => Object.keys(value).sort();

/** `%v`: `map[app:web ports:[80 443]]` */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isJsonObject(value)) return String(value);
  return `map[${sortedKeys(value)
    .map(key => `${key}:${goText(value[key])}`)
    .join(' ')}]`;
}

/** `%#v`: `map[string]interface {}{"app":"web", "ports":[]interface {}{80, 443}}` */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isJsonObject(value)) return typeof value === 'string' ? goQuote(value) : String(value);
  return `map[string]interface {}{${sortedKeys(value)
    .map(key => `${goQuote(key)}:${goSyntax(value[key])}`)
    .join(', ')}}`;
}

/** What Go calls the type of a value: numbers of JSON are int64 or float64; what a template counts is int, a bigint here. */
export function goType(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64';
    default:
      return value === null || value === undefined ? '<nil>' : Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
  }
}
