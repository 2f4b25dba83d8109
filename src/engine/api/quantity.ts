/**
 * Exact quantities: `500m`, `1.5Gi`, `1e3`. A quantity is `unscaled * 10^scale`; arithmetic never rounds, reading a whole number rounds away from zero.
 * upstream: staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go, suffix.go, scale_int.go
 */

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

export interface Quantity {
  readonly unscaled: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  /** Kept by upstream as an arbitrary precision decimal rather than an int64: decides what an overflow reads as. */
  readonly big: boolean;
  /** What was parsed, where upstream takes it to be canonical already and prints it back. */
  readonly text: string | undefined;
  /** Whole units, rounded away from zero; a double, so exact below 2^53. */
  readonly value: number;
  /** Thousandths, rounded away from zero; a double. */
  readonly milli: number;
}

export class QuantityError extends Error {}

const ERR_FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const ERR_SUFFIX = "unable to parse quantity's suffix";
const ERR_NUMERIC = 'unable to parse numeric part of quantity';

const DECIMAL_SUFFIX: Readonly<Record<string, number>> = {n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18};
const BINARY_SUFFIX: Readonly<Record<string, number>> = {Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60};
const decimalSuffixOf = new Map(Object.entries(DECIMAL_SUFFIX).map(([s, e]) => [e, s]));
const binarySuffixOf = new Map(Object.entries(BINARY_SUFFIX).map(([s, e]) => [e, s]));

const MAX_INT64 = 2n ** 63n - 1n;
/** More digits than this are not attempted as an int64. */
const MAX_INT64_DIGITS = 18;
const NANO = -9;

const fitsInt64 = (n: bigint): boolean => n >= -MAX_INT64 - 1n && n <= MAX_INT64;
const abs = (n: bigint): bigint => (n < 0n ? -n : n);

const powers: bigint[] = Array.from({length: 40}, (_, i) => 10n ** BigInt(i));
const pow10 = (n: number): bigint => powers[n] ?? 10n ** BigInt(n);

/** Far beyond every suffix; keeps a hostile exponent from asking for gigabytes. */
const EXPONENT_BOUND = 1000;

/** `unscaled * 10^scale` in units of `10^target`, rounded away from zero. */
function rescale(unscaled: bigint, scale: number, target: number): bigint {
  const shift = scale - target;
  if (shift >= 0) return unscaled * pow10(Math.min(shift, EXPONENT_BOUND));
  if (-shift > EXPONENT_BOUND) return unscaled === 0n ? 0n : unscaled < 0n ? -1n : 1n;
  const divisor = pow10(-shift);
  const whole = unscaled / divisor;
  return whole * divisor === unscaled ? whole : unscaled < 0n ? whole - 1n : whole + 1n;
}

const make = (unscaled: bigint, scale: number, format: QuantityFormat, big: boolean, text?: string): Quantity => ({
  unscaled,
  scale,
  format,
  big: big || !fitsInt64(unscaled),
  text,
  value: Number(rescale(unscaled, scale, 0)),
  milli: Number(rescale(unscaled, scale, -3)),
});

const SYNTAX = /^([+-]?)(0*)([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;

interface Suffix {
  base: 2 | 10;
  exponent: number;
  format: QuantityFormat;
}

function interpretSuffix(suffix: string): Suffix | undefined {
  const decimal = DECIMAL_SUFFIX[suffix];
  if (decimal !== undefined) return {base: 10, exponent: decimal, format: 'DecimalSI'};
  const binary = BINARY_SUFFIX[suffix];
  if (binary !== undefined) return {base: 2, exponent: binary, format: 'BinarySI'};
  if (/^[eE][+-]?[0-9]+$/.test(suffix)) return {base: 10, exponent: Number(suffix.slice(1)), format: 'DecimalExponent'};
  return undefined;
}

function parse(text: string): Quantity {
  const parts = SYNTAX.exec(text);
  if (text === '' || !parts) throw new QuantityError(ERR_FORMAT_WRONG);
  const [, sign, , digits, point, denominator = '', suffixText] = parts;
  const numerator = digits || '0';
  const suffix = interpretSuffix(suffixText!);
  if (!suffix) throw new QuantityError(ERR_SUFFIX);
  const negative = sign === '-';
  const {exponent, format} = suffix;

  // 1. The way of almost all: an int64 and a power of ten.
  const binary = format === 'BinarySI';
  const room = binary
    ? denominator === ''
      ? 15 - numerator.length - Math.trunc((exponent * 3) / 10) - 1
      : -1
    : MAX_INT64_DIGITS - numerator.length - denominator.length;
  const scale = (binary ? 0 : exponent) - denominator.length;
  if (room >= 0 && scale >= NANO) {
    const shifted = numerator + denominator;
    const magnitude = BigInt(shifted);
    const result = binary ? magnitude << BigInt(exponent) : magnitude;
    if (fitsInt64(result)) {
      const canonicalAlready = binary ? (magnitude & 7n) !== 0n : scale % 3 === 0 && !shifted.endsWith('000') && shifted[0] !== '0';
      return make(negative ? -result : result, scale, format, false, canonicalAlready ? text : undefined);
    }
  }

  // 2. Anything else: a decimal, at least one nano, binary ones at most an int64.
  if (!digits && !point && !parts[2]) throw new QuantityError(ERR_NUMERIC);
  let magnitude = BigInt(numerator + denominator);
  let decimals = -denominator.length;
  if (suffix.base === 10) decimals += exponent;
  else magnitude <<= BigInt(exponent);
  if (decimals < NANO) {
    magnitude = rescale(magnitude, decimals, NANO);
    decimals = NANO;
  }
  let shown = format;
  if (binary) {
    if (rescale(magnitude, decimals, NANO) > rescale(MAX_INT64, 0, NANO)) [magnitude, decimals] = [MAX_INT64, 0];
    if (magnitude > 0n && rescale(magnitude, decimals, NANO) < pow10(9)) shown = 'DecimalSI';
  }
  return make(negative ? -magnitude : magnitude, decimals, shown, true);
}

/** Parsed texts; quantities repeat endlessly in a cluster. Only ever a cache. */
const memo = new Map<string, Quantity>();
const MEMO_LIMIT = 20_000;

/** Takes a quantity's text (or the number that stood in a manifest); throws QuantityError. */
export function parseQuantity(text: string | number): Quantity {
  const key = typeof text === 'string' ? text : String(text);
  const known = memo.get(key);
  if (known) return known;
  const parsed = parse(key);
  if (memo.size >= MEMO_LIMIT) memo.clear();
  memo.set(key, parsed);
  return parsed;
}

/** The quantity of a text, or undefined where it is none. */
export function tryParseQuantity(text: unknown): Quantity | undefined {
  if (typeof text !== 'string' && typeof text !== 'number') return undefined;
  try {
    return parseQuantity(text);
  } catch {
    return undefined;
  }
}

export const ZERO: Quantity = make(0n, 0, 'DecimalSI', false);

/** `n * 10^scale`; `n` a whole number. */
export const newQuantity = (n: number | bigint, format: QuantityFormat = 'DecimalSI', scale = 0): Quantity =>
  make(BigInt(n), scale, format, false);

/** Whole units of a quantity's text, rounded up. */
export const quantityValue = (text: string | number): number => parseQuantity(text).value;

/** Thousandths of a quantity's text, rounded up. */
export const quantityMilli = (text: string | number): number => parseQuantity(text).milli;

/** As Go's ScaledValue reads it, an int64: 0 or a wrapped number where it does not fit. */
export function scaledValue(q: Quantity, scale: number): bigint {
  const exact = rescale(q.unscaled, q.scale, scale);
  if (fitsInt64(exact)) return exact;
  return q.big ? BigInt.asIntN(64, exact) : 0n;
}

/** -1, 0 or 1. */
export const sign = (q: Quantity): -1 | 0 | 1 => (q.unscaled === 0n ? 0 : q.unscaled < 0n ? -1 : 1);
/** Whether it is nothing. */
export const isZero = (q: Quantity): boolean => q.unscaled === 0n;

const align = (a: Quantity, b: Quantity): [bigint, bigint, number] => {
  if (a.scale === b.scale) return [a.unscaled, b.unscaled, a.scale];
  const scale = Math.min(a.scale, b.scale);
  return [rescale(a.unscaled, a.scale, scale), rescale(b.unscaled, b.scale, scale), scale];
};

/** -1, 0 or 1, as `a` is less than, equal to or more than `b`; the form does not count. */
export function cmp(a: Quantity, b: Quantity): -1 | 0 | 1 {
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The sum keeps a's format unless a is zero. */
export function add(a: Quantity, b: Quantity): Quantity {
  const [x, y, scale] = align(a, b);
  return make(x + y, scale, isZero(a) ? b.format : a.format, a.big || b.big);
}

/** `a` less `b`, in the form of `a`. */
export function sub(a: Quantity, b: Quantity): Quantity {
  const [x, y, scale] = align(a, b);
  return make(x - y, scale, isZero(a) ? b.format : a.format, a.big || b.big);
}

/** Rounded away from zero to a power of ten (-3: thousandths). */
export const roundUp = (q: Quantity, scale: number): Quantity =>
  q.scale >= scale ? q : make(rescale(q.unscaled, q.scale, scale), scale, q.format, q.big);

const decimalForm = (q: Quantity, exponentForm: boolean): string => {
  let {unscaled, scale} = q;
  while (unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale++;
  }
  while (scale % 3 !== 0) {
    unscaled *= 10n;
    scale--;
  }
  if (exponentForm) return scale === 0 ? String(unscaled) : `${unscaled}e${scale}`;
  return `${unscaled}${decimalSuffixOf.get(scale) ?? ''}`;
};

const isWhole = (q: Quantity): boolean => q.scale >= 0 || rescale(rescale(q.unscaled, q.scale, 0), 0, q.scale) === q.unscaled;

/** The canonical form: the largest suffix that leaves no fraction. */
export function canonical(q: Quantity): string {
  if (isZero(q)) return '0';
  if (q.format !== 'BinarySI') return decimalForm(q, q.format === 'DecimalExponent');
  let units = rescale(q.unscaled, q.scale, 0);
  if (!isWhole(q) || abs(units) < 1024n) return decimalForm(q, false);
  let exponent = 0;
  while (units % 1024n === 0n) {
    units /= 1024n;
    exponent += 10;
  }
  return `${units}${binarySuffixOf.get(exponent) ?? ''}`;
}

/** What the API server writes for it: the text it came as where that counts as canonical, else the canonical form. */
export const printQuantity = (q: Quantity): string => q.text ?? canonical(q);
