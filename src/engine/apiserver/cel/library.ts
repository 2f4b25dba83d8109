/** Kubernetes' own functions at work, beyond the language's. upstream: apiserver/pkg/cel/library; cel-go ext/{strings,formatting,sets}.go */
import type {Environment} from '@marcbachmann/cel-js';
import {add, cmp, newQuantity, parseQuantity, type Quantity, sign, sub, tryParseQuantity} from '../../api/quantity.ts';

type Value = unknown;

/** The language's values are told apart by what made them. */
class CelQuantity {
  readonly quantity: Quantity;
  constructor(quantity: Quantity) {
    this.quantity = quantity;
  }
}
class SetsNamespace {}

const QUANTITY = 'kubernetes.Quantity';
const quantityOf = (value: CelQuantity | bigint): Quantity => (typeof value === 'bigint' ? newQuantity(value) : value.quantity);
const isWhole = ({unscaled, scale}: Quantity): boolean => scale >= 0 || unscaled % 10n ** BigInt(-scale) === 0n;

type Pair = (a: CelQuantity, b: CelQuantity | bigint) => Value;
const OF_TWO_QUANTITIES: Readonly<Record<string, Pair>> = {
  [`isGreaterThan(${QUANTITY}): bool`]: (a, b) => cmp(a.quantity, quantityOf(b)) > 0,
  [`isLessThan(${QUANTITY}): bool`]: (a, b) => cmp(a.quantity, quantityOf(b)) < 0,
  [`compareTo(${QUANTITY}): int`]: (a, b) => BigInt(cmp(a.quantity, quantityOf(b))),
  [`add(${QUANTITY}): ${QUANTITY}`]: (a, b) => new CelQuantity(add(a.quantity, quantityOf(b))),
  [`add(int): ${QUANTITY}`]: (a, b) => new CelQuantity(add(a.quantity, quantityOf(b))),
  [`sub(${QUANTITY}): ${QUANTITY}`]: (a, b) => new CelQuantity(sub(a.quantity, quantityOf(b))),
  [`sub(int): ${QUANTITY}`]: (a, b) => new CelQuantity(sub(a.quantity, quantityOf(b))),
};

const OF_A_QUANTITY: Readonly<Record<string, (a: CelQuantity) => Value>> = {
  'sign(): int': ({quantity}) => BigInt(sign(quantity)),
  'isInteger(): bool': ({quantity}) => isWhole(quantity),
  'asInteger(): int': ({quantity}) => {
    if (!isWhole(quantity)) throw new Error('cannot convert value to integer');
    return BigInt(quantity.value);
  },
  'asApproximateFloat(): double': ({quantity}) => Number(quantity.unscaled) * 10 ** quantity.scale,
};

type Ordered = bigint | number | string;
const holds = (list: readonly Value[], one: Value): boolean => list.some(other => sameValue(other, one));
const extreme = (list: readonly Ordered[], isBetter: (a: Ordered, b: Ordered) => boolean, name: string): Ordered => {
  if (list.length === 0) throw new Error(`${name} called on empty list`);
  return list.reduce((best, next) => (isBetter(next, best) ? next : best));
};

const OF_A_LIST: Readonly<Record<string, (list: readonly never[], item: Value) => Value>> = {
  'isSorted(): bool': (list: readonly Ordered[]) => list.every((item, i) => i === 0 || list[i - 1]! <= item),
  'sum(): dyn': (list: readonly (bigint & number)[]) =>
    list.length === 0 ? 0n : list.reduce((sum, item) => (sum + item) as bigint & number),
  'min(): dyn': (list: readonly Ordered[]) => extreme(list, (a, b) => a < b, 'min'),
  'max(): dyn': (list: readonly Ordered[]) => extreme(list, (a, b) => a > b, 'max'),
  'indexOf(dyn): int': (list: readonly Value[], item) => BigInt(list.findIndex(other => sameValue(other, item))),
  'lastIndexOf(dyn): int': (list: readonly Value[], item) => BigInt(list.findLastIndex(other => sameValue(other, item))),
};

type OfLists = (a: readonly Value[], b: readonly Value[]) => boolean;
const SETS: Readonly<Record<string, OfLists>> = {
  contains: (a, b) => b.every(item => holds(a, item)),
  equivalent: (a, b) => a.every(item => holds(b, item)) && b.every(item => holds(a, item)),
  intersects: (a, b) => a.some(item => holds(b, item)),
};

function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  const [left, right] = [Object.entries(a), b as Record<string, Value>];
  return left.length === Object.keys(b).length && left.every(([field, value]) => sameValue(value, right[field]));
}

/** Registers them; returns the environment. */
export function withLibrary(environment: Environment): Environment {
  environment
    .registerType(QUANTITY, CelQuantity)
    .registerType('SetsNamespace', SetsNamespace)
    .registerConstant('sets', 'SetsNamespace', new SetsNamespace())
    .registerFunction(`quantity(string): ${QUANTITY}`, (text: string) => new CelQuantity(parseQuantity(text)))
    .registerFunction('isQuantity(string): bool', (text: string) => tryParseQuantity(text) !== undefined)
    .registerFunction('string.find(string): string', (text: string, pattern: string) => new RegExp(pattern).exec(text)?.[0] ?? '')
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => text.match(new RegExp(pattern, 'g')) ?? [])
    .registerFunction('string.replace(string, string): string', (text: string, out: string, put: string) => text.replaceAll(out, () => put))
    .registerFunction('string.format(list): string', format)
    .registerOperator(`${QUANTITY} == ${QUANTITY}`, (a: CelQuantity, b: CelQuantity) => cmp(a.quantity, b.quantity) === 0);
  for (const [signature, pair] of Object.entries(OF_TWO_QUANTITIES)) environment.registerFunction(`${QUANTITY}.${signature}`, pair);
  for (const [signature, one] of Object.entries(OF_A_QUANTITY)) environment.registerFunction(`${QUANTITY}.${signature}`, one);
  for (const [signature, ofList] of Object.entries(OF_A_LIST)) environment.registerFunction(`list.${signature}`, ofList);
  for (const [name, compare] of Object.entries(SETS))
    environment.registerFunction(`SetsNamespace.${name}(list, list): bool`, (_sets: Value, a: readonly Value[], b: readonly Value[]) =>
      compare(a, b),
    );
  return environment;
}

const RADIX: Readonly<Record<string, number>> = {d: 10, b: 2, o: 8, x: 16, X: 16};

/** `%s`, `%d`, `%.2f` and their kin. Throws Error where a value is missing or of the wrong sort. */
function format(text: string, values: readonly Value[]): string {
  let used = 0;
  return text.replace(/%(?:\.(\d+))?([a-zA-Z%])/g, (_all, digits: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (used >= values.length) throw new Error(`index ${used} out of range`);
    const value = values[used++];
    if (verb === 's') return print(value);
    if ((verb === 'f' || verb === 'e') && (typeof value === 'number' || typeof value === 'bigint')) {
      const places = digits === undefined ? 6 : Number(digits);
      return verb === 'f'
        ? Number(value).toFixed(places)
        : Number(value)
            .toExponential(places)
            .replace(/e([+-])(\d)$/, 'e$10$2');
    }
    const radix = RADIX[verb];
    if (radix === undefined) throw new Error(`unrecognized formatting clause "${verb}"`);
    const whole = Object(value).valueOf();
    if (typeof whole !== 'bigint') throw new Error(`error during formatting: only integers can be formatted with %${verb}`);
    const number = whole.toString(radix);
    return verb === 'X' ? number.toUpperCase() : number;
  });
}

/** A value as `%s` shows it: maps in the order of their keys. */
function print(value: Value): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (typeof value !== 'object' || typeof Object(value).valueOf() === 'bigint') return String(value);
  const entries = Object.entries(value as Record<string, Value>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([field, inner]) => `${field}: ${print(inner)}`).join(', ')}}`;
}
