/** JSON as Go's encoding/json writes it (sorted keys, and <, > and & escaped) and what it calls the kinds of JSON. */
import {byKey} from './order.ts';

const HTML: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

const escapeHtml = (json: string): string => json.replace(/[<>&\u2028\u2029]/g, c => HTML[c]!);

/** The same value with the keys of every object in byte order; undefined fields are dropped. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!value || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries.sort(byKey).map(([k, v]) => [k, sortKeys(v)]));
}

/** Compact, as annotations and jsonpath show it. */
export const compactJson = (value: unknown): string => escapeHtml(JSON.stringify(sortKeys(value)) ?? 'null');

/** What Go calls a piece of JSON that is not what was expected: `array`, `bool`, `null`, `number`, `object`, `string`. */
export const jsonType = (value: unknown): string =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value;

/** How Go complains of JSON that does not fit the type (by its name in Go) it is to be read into. */
export const cannotUnmarshal = (value: unknown, type: string): string =>
  `json: cannot unmarshal ${jsonType(value)} into Go value of type ${type}`;

/** `-o json`: four spaces a level, a newline at the end. */
export const prettyJson = (value: unknown): string => `${escapeHtml(JSON.stringify(sortKeys(value), undefined, 4))}\n`;
