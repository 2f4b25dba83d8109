/** From one type to another. upstream: cel-go common/types ConvertToType */
import {Optional} from '@marcbachmann/cel-js';
import {goDurationNanos} from '../../../api/duration.ts';
import {readRfc3339} from '../../../api/time.ts';
import {CelError, CelType, type CelValue, Duration, sizeOf, Timestamp, typeName, Uint} from '../values.ts';
import {instant, int, NANOS_A_SECOND, uint} from './operators.ts';
import {printTime, secondsOf} from './times.ts';
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

/** As Go writes the number of its seconds: with as many digits as that number has, which of a long time are not all. */
export function printDuration({nanos}: Duration): string {
  const seconds = Number(nanos / NANOS_A_SECOND) + Number(nanos % NANOS_A_SECOND) / 1e9;
  return `${Math.abs(seconds) < 1e-6 ? seconds.toFixed(9).replace(/\.?0+$/, '') : seconds}s`;
}

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
    timestamp: secondsOf,
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
      const nanos = goDurationNanos(text);
      return nanos === undefined ? undefined : new Duration(nanos);
    }),
  },
  timestamp: {
    timestamp: same,
    int: (seconds: bigint) => new Timestamp(instant(seconds * NANOS_A_SECOND), 0),
    string: read('google.protobuf.Timestamp', text => {
      const time = readRfc3339(text);
      return time && new Timestamp(instant(BigInt(time.seconds) * NANOS_A_SECOND + BigInt(time.nanos)), time.offsetMinutes);
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

/** The zero of Go's time.Time, in seconds since 1970. */
const YEAR_ONE = -62_135_596_800n;

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0 || value === 0n || sizeOf(value) === 0) return true;
  if (value instanceof Optional) return !value.hasValue();
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Timestamp) return secondsOf(value) === YEAR_ONE && value.nanos % NANOS_A_SECOND === 0n;
  return value instanceof Uint && value.value === 0n;
}
