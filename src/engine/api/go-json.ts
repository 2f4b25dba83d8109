/** JSON as Go's encoding/json writes it: sorted keys, and <, > and & escaped. */

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
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([k, v]) => [k, sortKeys(v)]));
}

/** Compact, as annotations and jsonpath show it. */
export const compactJson = (value: unknown): string => escapeHtml(JSON.stringify(sortKeys(value)) ?? 'null');

/** `-o json`: four spaces a level, a newline at the end. */
export const prettyJson = (value: unknown): string => `${escapeHtml(JSON.stringify(sortKeys(value), undefined, 4))}\n`;
