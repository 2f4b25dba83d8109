/** How a conformance case is answered and compared. A row of `adapters` a kind; see ../shared/conformance/README.md beside the project for the cases. */

export interface Case {
  id: string;
  kind: string;
  source: string;
  expect: Record<string, unknown>;
  [input: string]: unknown;
}

export interface Adapter {
  /** What the engine answers, in the shape of `expect`. Must not look at expect, id or source: it is handed a case without them. */
  answer(input: Omit<Case, 'expect' | 'id' | 'source'> & Record<string, any>): unknown;
  /** Where the default comparison does not do. Returns the first difference, or undefined. */
  differs?(expect: any, answer: any): string | undefined;
}

export type Adapters = Record<string, Adapter>;

/** Random suffixes stand as xxxxx in the cases. */
const blur = (text: string): string => text.replace(/(kube-api-access-|(?<=-))[bcdfghjklmnpqrstvwxz2456789]{5}(?![a-z0-9])/g, '$1xxxxx');

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, v) =>
    v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v,
  );

/**
 * First place where `got` does not say what `want` asserts, as text; undefined when it does. A key missing from an expected object is not asserted at the top level
 * (`exact` = below it: objects must be equal). Lists are ordered unless their key ends in Unordered.
 */
export function difference(want: unknown, got: unknown, path = '', exact = false): string | undefined {
  if (Array.isArray(want)) {
    if (!Array.isArray(got)) return `${path}: expected a list, got ${canonical(got)}`;
    const unordered = /Unordered$/.test(path);
    const [a, b] = unordered ? [[...want].sort(byText), [...got].sort(byText)] : [want, got];
    if (a.length !== b.length) return `${path}: expected ${canonical(a)}, got ${canonical(b)}`;
    for (let i = 0; i < a.length; i++) {
      const d = difference(a[i], b[i], `${path}[${i}]`, exact);
      if (d) return d;
    }
    return undefined;
  }
  if (want && typeof want === 'object') {
    if (!got || typeof got !== 'object') return `${path}: expected ${canonical(want)}, got ${canonical(got)}`;
    const w = want as Record<string, unknown>;
    const g = got as Record<string, unknown>;
    for (const key of Object.keys(w)) {
      const at = path ? `${path}.${key}` : key;
      if (key === 'messagePrefix') {
        if (!String(g['message'] ?? '').startsWith(String(w[key])))
          return `${at}: expected ${canonical(w[key])}…, got ${canonical(g['message'])}`;
        continue;
      }
      const d = difference(w[key], g[key], at, exact);
      if (d) return d;
    }
    if (exact)
      for (const key of Object.keys(g)) if (!(key in w) && g[key] !== undefined) return `${path}.${key}: unexpected ${canonical(g[key])}`;
    return undefined;
  }
  if (typeof want === 'string' && typeof got === 'string' && blur(want) === blur(got)) return undefined;
  return want === got || (want === null && got === undefined) ? undefined : `${path}: expected ${canonical(want)}, got ${canonical(got)}`;
}

const byText = (a: unknown, b: unknown): number => (canonical(a) < canonical(b) ? -1 : 1);
