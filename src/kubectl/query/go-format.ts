/** Values in a template, told and formatted as Go does. upstream: Go fmt */
import {goQuote} from '../../engine/api/field-errors.ts';
import {goText, goType} from '../../engine/api/go-text.ts';

const isWhole = (value: unknown): value is number | bigint => typeof value === 'bigint' || Number.isInteger(value);
const isNumber = (value: unknown): value is number | bigint => typeof value === 'bigint' || typeof value === 'number';

/** Verb -> the value in its form; undefined: it does not go with the value. */
const VERBS: Readonly<Record<string, (value: unknown, precision: number | undefined) => string | undefined>> = {
  v: goText,
  s: value => (isNumber(value) || typeof value === 'boolean' || value === null ? undefined : goText(value)),
  q: value => (typeof value === 'string' ? goQuote(value) : undefined),
  d: value => (isWhole(value) ? String(value) : undefined),
  x: value => (isWhole(value) ? value.toString(16) : undefined),
  o: value => (isWhole(value) ? value.toString(8) : undefined),
  b: value => (isWhole(value) ? value.toString(2) : undefined),
  t: value => (typeof value === 'boolean' ? String(value) : undefined),
  f: (value, precision = 6) => (typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(precision) : undefined),
  T: goType,
};

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/** `%s`, `%-10s`, `%d`: what does not go together is told in the text. */
export function sprintf(format: string, values: readonly unknown[]): string {
  let used = 0;
  const text = format.replace(VERB, (_all, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (used >= values.length) return `%!${verb}(MISSING)`;
    const value = values[used++];
    const formatted = VERBS[verb]?.(value, precision === undefined ? undefined : Number(precision));
    const shown =
      formatted ?? (value === null || value === undefined ? `%!${verb}(<nil>)` : `%!${verb}(${goType(value)}=${goText(value)})`);
    return flags.includes('-') ? shown.padEnd(Number(width ?? 0)) : shown.padStart(Number(width ?? 0), flags.includes('0') ? '0' : ' ');
  });
  const extra = values.slice(used).map(value => `${goType(value)}=${goText(value)}`);
  return extra.length > 0 ? `${text}%!(EXTRA ${extra.join(', ')})` : text;
}

/** Values one after the other; a space only between two that are no texts. */
export const sprint = (values: readonly unknown[]): string =>
  values.map((value, i) => (i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string' ? ' ' : '') + goText(value)).join('');
