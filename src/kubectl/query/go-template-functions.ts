/** The functions that a template may call. upstream: Go text/template/funcs.go; cli-runtime/pkg/printers/template.go */
import {fromBase64} from '../../engine/api/base64.ts';
import {goText, goType} from '../../engine/api/go-text.ts';
import {sprint, sprintf} from './go-format.ts';

/** A call that went wrong; its words stand behind `error calling NAME: `. */
export class CallError extends Error {}

interface TemplateFunction {
  /** How many arguments it takes; with `more`, at least so many. */
  readonly takes: number;
  readonly more?: true;
  readonly call: (...args: readonly unknown[]) => unknown;
}

export const isTrue = (value: unknown): boolean => {
  if (value === null || value === undefined || value === false || value === '') return false;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) !== 0;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
};

const fail = (why: string): never => {
  throw new CallError(why);
};

type Basic = 'string' | 'bool' | 'int' | 'float' | 'other';
const BASIC: Readonly<Record<string, Basic>> = {string: 'string', bool: 'bool', int: 'int', int64: 'int', float64: 'float'};
const basicOf = (value: unknown): Basic => BASIC[goType(value)] ?? 'other';

const isNil = (value: unknown): boolean => value === null || value === undefined;

function equal(a: unknown, b: unknown): boolean {
  const kind = basicOf(a);
  if (kind !== basicOf(b)) return isNil(a) || isNil(b) ? false : fail('incompatible types for comparison');
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  if (kind === 'other') return fail(`non-comparable type ${goText(b)}: ${goType(b)}`);
  return kind === 'int' ? BigInt(a as number) === BigInt(b as number) : a === b;
}

function less(a: unknown, b: unknown): boolean {
  const kind = basicOf(a);
  if (kind === 'other' || basicOf(b) === 'other') return fail('invalid type for comparison');
  if (kind !== basicOf(b)) return fail('incompatible types for comparison');
  if (kind === 'bool') return fail('invalid type for comparison');
  return (a as number) < (b as number);
}

function placeOf(key: unknown, length: number): number {
  if (isNil(key)) return fail('cannot index slice/array with nil');
  if (basicOf(key) !== 'int') return fail(`cannot index slice/array with type ${goType(key)}`);
  const place = Number(key);
  return place < 0 || place >= length ? fail(`index out of range: ${place}`) : place;
}

function indexed(value: unknown, key: unknown): unknown {
  if (isNil(value)) return fail('index of untyped nil');
  if (Array.isArray(value)) return value[placeOf(key, value.length)];
  if (typeof value === 'string') return value.charCodeAt(placeOf(key, value.length));
  if (typeof value !== 'object') return fail(`can't index item of type ${goType(value)}`);
  if (isNil(key)) return fail('value is nil; should be of type string');
  if (typeof key !== 'string') return fail(`value has type ${goType(key)}; should be string`);
  return Object.hasOwn(value!, key) ? (value as Record<string, unknown>)[key] : null;
}

function lengthOf(value: unknown): bigint {
  if (typeof value === 'string') return BigInt(new TextEncoder().encode(value).length);
  if (Array.isArray(value)) return BigInt(value.length);
  if (isNil(value)) return fail('len of untyped nil');
  return typeof value === 'object' ? BigInt(Object.keys(value!).length) : fail(`len of type ${goType(value)}`);
}

function sliced(value: unknown, ...places: readonly unknown[]): unknown {
  if (typeof value !== 'string' && !Array.isArray(value))
    return fail(isNil(value) ? 'slice of untyped nil' : `can't slice item of type ${goType(value)}`);
  const [from = 0, to = value.length] = places.map(place => placeOf(place, value.length + 1));
  return from > to ? fail(`invalid slice index: ${from} > ${to}`) : value.slice(from, to);
}

const HTML: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;'};
const SCRIPT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
  '\n': '\\u000A',
};

function decoded(text: unknown): string {
  if (typeof text !== 'string') return fail(`wrong type for value; expected string; got ${goType(text)}`);
  const wrong = text.search(/[^A-Za-z0-9+/=]/);
  const why = wrong >= 0 ? wrong : text.length % 4 ? text.length : undefined;
  return why === undefined ? fromBase64(text) : fail(`base64 decode failed: illegal base64 data at input byte ${why}`);
}

/** `and` and `or` are worked out where they stand: they look no further than they must. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: {takes: 1, more: true, call: (...args) => args.at(-1)},
  or: {takes: 1, more: true, call: (...args) => args.at(-1)},
  not: {takes: 1, call: value => !isTrue(value)},
  eq: {
    takes: 1,
    more: true,
    call: (a, ...others) => (others.length === 0 ? fail('missing argument for comparison') : others.some(b => equal(a, b))),
  },
  ne: {takes: 2, call: (a, b) => !equal(a, b)},
  lt: {takes: 2, call: less},
  le: {takes: 2, call: (a, b) => less(a, b) || equal(a, b)},
  gt: {takes: 2, call: (a, b) => !less(a, b) && !equal(a, b)},
  ge: {takes: 2, call: (a, b) => !less(a, b)},
  len: {takes: 1, call: lengthOf},
  index: {takes: 1, more: true, call: (value, ...keys) => keys.reduce(indexed, value)},
  slice: {takes: 1, more: true, call: sliced},
  print: {takes: 0, more: true, call: (...args) => sprint(args)},
  println: {takes: 0, more: true, call: (...args) => `${args.map(goText).join(' ')}\n`},
  printf: {takes: 1, more: true, call: (format, ...args) => sprintf(String(format), args)},
  html: {takes: 0, more: true, call: (...args) => sprint(args).replace(/[&<>"']/g, c => HTML[c]!)},
  js: {takes: 0, more: true, call: (...args) => sprint(args).replace(/[\\'"<>&=\n]/g, c => SCRIPT[c]!)},
  urlquery: {takes: 0, more: true, call: (...args) => encodeURIComponent(sprint(args)).replaceAll('%20', '+')},
  exists: {
    takes: 1,
    more: true,
    call(value, ...keys) {
      try {
        keys.reduce(
          (at, key) =>
            !Array.isArray(at) && typeof at === 'object' && at !== null && !Object.hasOwn(at, String(key)) ? fail('') : indexed(at, key),
          value,
        );
        return true;
      } catch (error) {
        if (error instanceof CallError) return false;
        throw error;
      }
    },
  },
  base64decode: {takes: 1, call: decoded},
};
