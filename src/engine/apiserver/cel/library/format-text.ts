/** `'%s'.format([...])`. upstream: cel-go ext/formatting.go */
import {Optional} from '@marcbachmann/cel-js';
import {CelError, CelType, type CelValue, Duration, isMap, keysOf, lookUp, Timestamp, typeName, Uint} from '../values.ts';
import {printDouble, printDuration} from './conversions.ts';
import {printTime} from './times.ts';

const RADIX: Readonly<Record<string, number>> = {d: 10, b: 2, o: 8, x: 16, X: 16};
const DEFAULT_PLACES = 6;

/** `%s`, `%d`, `%.2f` and their kin. Throws CelError where a value is missing or of the wrong sort. */
export function format(text: string, values: readonly CelValue[]): string {
  let used = 0;
  return text.replace(/%(?:\.(\d+))?([a-zA-Z%])/g, (_all, digits: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (used >= values.length) throw new CelError(`index ${used} out of range`);
    const value = values[used++];
    if (verb === 's') return print(value);
    if (verb === 'f' || verb === 'e') return real(value, verb, digits === undefined ? DEFAULT_PLACES : Number(digits));
    if (!Object.hasOwn(RADIX, verb)) throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
    return whole(value, verb);
  });
}

function real(value: CelValue, verb: 'f' | 'e', places: number): string {
  const number = value instanceof Uint ? Number(value.value) : value;
  if (typeof number !== 'number' && typeof number !== 'bigint')
    throw new CelError(
      `error during formatting: ${verb === 'f' ? 'fixed-point' : 'scientific notation'} clause can only be used on doubles, was given ${typeName(value)}`,
    );
  if (verb === 'f') return Number(number).toFixed(places);
  return Number(number)
    .toExponential(places)
    .replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Texts and bytes have hexadecimal digits too. */
function whole(value: CelValue, verb: string): string {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  const cased = (digits: string): string => (verb === 'X' ? digits.toUpperCase() : digits);
  if (bytes instanceof Uint8Array && verb.toLowerCase() === 'x')
    return cased(Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(''));
  if (typeof value === 'boolean' && verb === 'b') return value ? '1' : '0';
  const number = value instanceof Uint ? value.value : value;
  if (typeof number !== 'bigint')
    throw new CelError(`error during formatting: only integers can be formatted with %${verb}, was given ${typeName(value)}`);
  return cased(number.toString(RADIX[verb]));
}

/** A value as `%s` shows it: maps in the order of their keys. */
export function print(value: CelValue): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return printDouble(value);
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
  if (value instanceof Timestamp) return printTime(value);
  if (value instanceof CelType) return value.name;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof Duration) return printDuration(value);
  if (value instanceof Optional) return value.hasValue() ? `optional.of(${print(value.value())})` : 'optional.none()';
  if (!isMap(value)) return String(value);
  const entries = keysOf(value).map(key => [print(key), print(lookUp(value, key)!.value)] as const);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, inner]) => `${key}: ${inner}`).join(', ')}}`;
}
