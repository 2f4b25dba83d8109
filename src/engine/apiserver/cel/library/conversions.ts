/** From one type to another. upstream: cel-go common/types ConvertToType */
import {Optional} from '@marcbachmann/cel-js';
import {parseGoDuration} from '../../../api/duration.ts';
import {parseRfc3339} from '../../../api/time.ts';
import {CelError, CelType, type CelValue, Duration, sizeOf, typeName, Uint} from '../values.ts';
import {int, uint} from './operators.ts';
import type {Implementations} from './types.ts';

const same = <T>(value: T): T => value;

/** Reads a text, or says that it cannot be read. */
const read =
  <T>(to: string, reads: (text: string) => T | undefined) =>
  (text: string): T => {
    const value = reads(text);
    if (value === undefined) throw new CelError(`type conversion error from 'string' to '${to}'`);
    return value;
  };

const WHOLE = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WORDS_OF_NUMBERS: Readonly<Record<string, number>> = {inf: Infinity, infinity: Infinity, nan: Number.NaN};

function numberOf(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  const [, sign, word] = /^([+-]?)(inf|infinity|nan)$/i.exec(text) ?? [];
  const value = word && WORDS_OF_NUMBERS[word.toLowerCase()];
  return value ? (sign === '-' ? -value : value) : undefined;
}

const within = (text: string, least: bigint, most: bigint): bigint | undefined => {
  const value = WHOLE.test(text) ? BigInt(text.replace('+', '')) : undefined;
  return value !== undefined && value >= least && value <= most ? value : undefined;
};

const truncated = (value: number, overflow: string): bigint => {
  if (!Number.isFinite(value)) throw new CelError(overflow);
  return BigInt(Math.trunc(value));
};

const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'true', 'TRUE', 'True'].map(word => [word, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'false', 'FALSE', 'False'].map(word => [word, false])),
};

/** As Go writes a number with `%g`. */
export function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  if (exponent >= -4 && exponent < 21) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

function secondsOf(duration: Duration): string {
  const nanos = duration.nanos;
  const digits = String(nanos < 0n ? -nanos : nanos).padStart(10, '0');
  const rest = digits.slice(-9).replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${digits.slice(0, -9)}${rest && `.${rest}`}`;
}
export const printDuration = (duration: Duration): string => `${secondsOf(duration)}s`;
export const printTime = (time: Date): string => time.toISOString().replace(/\.?0*Z$/, 'Z');

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const MOST = 2n ** 63n;

export const CONVERSIONS: Implementations = {
  dyn: {'*': same},
  type: {'*': (value: CelValue) => new CelType(typeName(value))},
  bool: {bool: same, string: read('bool', text => BOOLEANS[text])},
  bytes: {bytes: same, string: (text: string) => new TextEncoder().encode(text)},
  double: {double: same, int: Number, uint: (value: Uint) => Number(value.value), string: read('double', numberOf)},
  int: {
    int: same,
    uint: (value: Uint) => int(value.value),
    double: (value: number) => int(truncated(value, 'integer overflow')),
    duration: ({nanos}: Duration) => nanos,
    timestamp: (time: Date) => BigInt(Math.floor(time.getTime() / 1000)),
    string: read('int', text => within(text, -MOST, MOST - 1n)),
  },
  uint: {
    uint: same,
    int: uint,
    double: (value: number) => uint(truncated(value, 'unsigned integer overflow')),
    string: read('uint', text => {
      const value = within(text, 0n, 2n * MOST - 1n);
      return value === undefined ? undefined : new Uint(value);
    }),
  },
  string: {
    string: same,
    bool: String,
    int: String,
    uint: String,
    double: printDouble,
    bytes: decoded,
    duration: printDuration,
    timestamp: printTime,
  },
  duration: {
    duration: same,
    int: (nanos: bigint) => new Duration(nanos),
    string: read('google.protobuf.Duration', text => {
      const ms = parseGoDuration(text);
      return ms === undefined ? undefined : new Duration(BigInt(Math.round(ms * 1_000_000)));
    }),
  },
  timestamp: {
    timestamp: same,
    int: (seconds: bigint) => new Date(Number(seconds) * 1000),
    string: read('google.protobuf.Timestamp', text => {
      const ms = parseRfc3339(text);
      return ms === undefined ? undefined : new Date(ms);
    }),
  },
  size: {
    ...Object.fromEntries(['string', 'bytes', 'list', 'map'].map(type => [type, (value: CelValue) => BigInt(sizeOf(value)!)])),
  },

  'optional.none': {'': () => Optional.none()},
  'optional.of': {'*': (value: CelValue) => Optional.of(value)},
  'optional.ofNonZeroValue': {'*': (value: CelValue) => (isZero(value) ? Optional.none() : Optional.of(value))},
  'optional.unwrap': {list: present},
  unwrapOpt: {list: present},
  hasValue: {optional_type: (optional: Optional) => optional.hasValue()},
  value: {optional_type: valueIn},
};

export function valueIn(optional: Optional): CelValue {
  if (!optional.hasValue()) throw new CelError('optional.none() dereference');
  return optional.value();
}

function present(optionals: readonly Optional[]): CelValue[] {
  return optionals.filter(optional => optional.hasValue()).map(optional => optional.value());
}

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0 || value === 0n || sizeOf(value) === 0) return true;
  if (value instanceof Optional) return !value.hasValue();
  return value instanceof Uint && value.value === 0n;
}
