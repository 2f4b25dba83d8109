/** Values in a template, told and formatted as Go does. upstream: Go fmt/{print,format}.go */
import {goQuote} from '../../engine/api/field-errors.ts';
import {Float, goFloat, goSyntax, goText, goType} from '../../engine/api/go-text.ts';

/** What stands between the percent sign and the letter. */
interface Form {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

const wholeOf = (value: unknown): bigint | undefined =>
  typeof value === 'bigint' ? value : typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
const realOf = (value: unknown): number | undefined =>
  value instanceof Float ? value.value : typeof value === 'number' && !Number.isInteger(value) ? value : undefined;

const hex = (text: string, spaced: boolean): string =>
  Array.from(new TextEncoder().encode(text), byte => byte.toString(16).padStart(2, '0')).join(spaced ? ' ' : '');

const ascii = (quoted: string): string =>
  quoted.replace(/[^\x20-\x7e]/gu, letter => {
    const code = letter.codePointAt(0)!.toString(16);
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
  });

function quoted(text: string, flags: string): string {
  if (flags.includes('#') && !text.includes('`')) return `\`${text}\``;
  return flags.includes('+') ? ascii(goQuote(text)) : goQuote(text);
}

const cut = (text: string, {precision}: Form): string => (precision === undefined ? text : [...text].slice(0, precision).join(''));
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

const OF_TEXT: Readonly<Record<string, (text: string, form: Form) => string>> = {
  v: cut,
  s: cut,
  q: (text, form) => quoted(cut(text, form), form.flags),
  x: (text, {flags}) => hex(text, flags.includes(' ')),
  X: (text, {flags}) => hex(text, flags.includes(' ')).toUpperCase(),
};

const RADIX: Readonly<Record<string, {readonly radix: number; readonly sign: string}>> = {
  v: {radix: 10, sign: ''},
  d: {radix: 10, sign: ''},
  b: {radix: 2, sign: '0b'},
  o: {radix: 8, sign: '0'},
  O: {radix: 8, sign: '0o'},
  x: {radix: 16, sign: '0x'},
  X: {radix: 16, sign: '0X'},
};

const letterOf = (value: bigint): string => {
  const code = Number(value);
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
};

function ofWhole(verb: string, value: bigint, {flags, precision = 0}: Form): string | undefined {
  const known = RADIX[verb];
  if (known) {
    const digits = (value < 0n ? -value : value).toString(known.radix).padStart(precision, '0');
    const prefix = verb === 'O' || flags.includes('#') ? known.sign : '';
    return signed(value < 0n, flags) + prefix + (verb === 'X' ? digits.toUpperCase() : digits);
  }
  if (verb === 'c') return letterOf(value);
  if (verb === 'q') {
    const letter = goQuote(letterOf(value)).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
    return `'${flags.includes('+') ? ascii(letter) : letter}'`;
  }
  if (verb !== 'U') return undefined;
  return `U+${value.toString(16).toUpperCase().padStart(4, '0')}${flags.includes('#') ? ` '${letterOf(value)}'` : ''}`;
}

const signed = (negative: boolean, flags: string): string => (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '');

function ofReal(verb: string, value: number, {flags, precision}: Form): string | undefined {
  const size = Math.abs(value);
  const general = (): string => (precision === undefined ? goFloat(size) : exponent(String(Number(size.toPrecision(precision || 1)))));
  const forms: Readonly<Record<string, () => string>> = {
    v: general,
    g: general,
    f: () => size.toFixed(precision ?? 6),
    e: () => exponent(size.toExponential(precision ?? 6)),
  };
  const form = forms[verb] ?? forms[verb.toLowerCase()];
  if (!form || verb === 'V') return undefined;
  const text = form();
  return signed(value < 0, flags.replace(verb === 'v' ? '+' : '', '')) + (verb === 'E' || verb === 'G' ? text.toUpperCase() : text);
}

/** A value in its form; what does not go with it is told in the text. */
function formatted(verb: string, value: unknown, form: Form): string {
  if (verb === 'T') return goType(value);
  if (verb === 'v' && form.flags.includes('#') && !(value instanceof Float)) return isNil(value) ? '<nil>' : goSyntax(value);
  if (isNil(value)) return verb === 'v' ? '<nil>' : `%!${verb}(<nil>)`;
  if (Array.isArray(value)) return `[${value.map(item => padded(formatted(verb, item, form), form)).join(' ')}]`;
  const [whole, real] = [wholeOf(value), realOf(value)];
  if (typeof value === 'object' && real === undefined) return ofMap(verb, value as Readonly<Record<string, unknown>>, form);
  const own = verb === 'v' ? {...form, flags: form.flags.replace('+', '')} : form;
  const text =
    typeof value === 'string'
      ? OF_TEXT[verb]?.(value, form)
      : typeof value === 'boolean'
        ? verb === 't' || verb === 'v'
          ? String(value)
          : undefined
        : whole !== undefined
          ? ofWhole(verb, whole, own)
          : ofReal(verb, real!, own);
  return text ?? `%!${verb}(${goType(value)}=${goText(value)})`;
}

function ofMap(verb: string, map: Readonly<Record<string, unknown>>, form: Form): string {
  const keys = Object.keys(map).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const one = (value: unknown): string => padded(formatted(verb, value, form), form);
  return `map[${keys.map(key => `${one(key)}:${one(map[key])}`).join(' ')}]`;
}

export const isNil = (value: unknown): boolean => value === null || value === undefined;

function padded(text: string, {flags, width}: Form): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

const VERB = /%([-+# 0]*)(\[[^\]]*\])?(\d+|\*)?(?:(\.)(\[[^\]]*\])?(\d+|\*)?)?(\[[^\]]*\])?(.|$)/gsu;

/** `%s`, `%-10s`, `%[2]d`. */
export function sprintf(format: string, values: readonly unknown[]): string {
  let next = 0;
  let reordered = false;
  const text = format.replace(VERB, (...[, flags = '', first, width, point, second, precision, third, verb]: (string | undefined)[]) => {
    if (!verb) return '%!(NOVERB)';
    let bad = false;
    const jump = (place: string | undefined): void => {
      if (place === undefined) return;
      reordered = true;
      const index = /^\[(\d+)\]$/.exec(place)?.[1];
      if (index && Number(index) >= 1 && Number(index) <= values.length) next = Number(index) - 1;
      else bad = true;
    };
    const count = (given: string | undefined): number | undefined =>
      given === '*' ? Number(wholeOf(values[next++])) : given === undefined ? undefined : Number(given);
    jump(first);
    const wide = count(width) ?? 0;
    jump(second);
    const exact = count(precision);
    jump(third);
    if (verb === '%') return '%';
    if (bad) return `%!${verb}(BADINDEX)`;
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const form = {flags: wide < 0 ? `${flags}-` : flags, width: Math.abs(wide), precision: exact ?? (point ? 0 : undefined)};
    const value = values[next++];
    const whole = formatted(verb, value, form);
    return typeof value === 'object' && !isNil(value) && !(value instanceof Float) ? whole : padded(whole, form);
  });
  const extra = reordered ? [] : values.slice(next).map(value => (isNil(value) ? '<nil>' : `${goType(value)}=${goText(value)}`));
  return extra.length > 0 ? `${text}%!(EXTRA ${extra.join(', ')})` : text;
}

/** Values one after the other; a space only between two that are no texts. */
export const sprint = (values: readonly unknown[]): string =>
  values.map((value, i) => (i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string' ? ' ' : '') + goText(value)).join('');
