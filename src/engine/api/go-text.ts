/** Values of JSON as Go's fmt prints them where they have been read into `map[string]interface{}`. upstream: Go's fmt */
import {isJsonObject} from './clone.ts';
import {goQuote} from './field-errors.ts';

/** In the order of their bytes, as Go sorts the keys of a map. */
const sortedKeys = (value: Readonly<Record<string, unknown>>): string[] => Object.keys(value).sort();

/** A whole number that is written with a point: JSON cannot tell it from one without, a template can. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
  toString(): string {
    return goFloat(this.value);
  }
}

const LARGEST_PLAIN = 1e6;

/** A float64, with an exponent where it is large or small. */
export function goFloat(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < LARGEST_PLAIN) || !Number.isFinite(size)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `%v`: `map[app:web ports:[80 443]]` */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : goFloat(value);
  if (value instanceof Float || !isJsonObject(value)) return String(value);
  return `map[${sortedKeys(value)
    .map(key => `${key}:${goText(value[key])}`)
    .join(' ')}]`;
}

/** `%#v`: `map[string]interface {}{"app":"web", "ports":[]interface {}{80, 443}}` */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (value instanceof Float || !isJsonObject(value)) return typeof value === 'string' ? goQuote(value) : String(value);
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
      if (value === null || value === undefined) return '<nil>';
      return value instanceof Float ? 'float64' : Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
  }
}

/** `%v` of a list: `[a b]` */
export const goList = (items: readonly unknown[] | undefined): string => `[${(items ?? []).join(' ')}]`;

/** `%q` of a list of strings: `["a" "b"]` */
export const goQuotedList = (items: readonly string[]): string => `[${items.map(item => goQuote(item)).join(' ')}]`;
