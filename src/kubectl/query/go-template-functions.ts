/** The functions that a template may call. upstream: Go text/template/funcs.go; cli-runtime/pkg/printers/template.go */
import {fromBase64} from '../../engine/api/base64.ts';
import {Float, goText, goType} from '../../engine/api/go-text.ts';
import {isNil, sprint, sprintf} from './go-format.ts';

/** A call that went wrong; its words stand behind `error calling NAME: `. */
export class CallError extends Error {}

interface TemplateFunction {
  /** How many arguments it takes; with `more`, at least so many. */
  readonly takes: number;
  readonly more?: true;
  /** Its first argument is a text; of the others any value will do. */
  readonly text?: true;
  readonly call: (...args: readonly unknown[]) => unknown;
}

export const isTrue = (value: unknown): boolean => {
  if (value === null || value === undefined || value === false || value === '') return false;
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return Number(value) !== 0;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
};

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const fail = (why: string): never => {
  throw new CallError(why);
};

type Basic = 'string' | 'bool' | 'int' | 'float' | 'other';
const BASIC: Readonly<Record<string, Basic>> = {string: 'string', bool: 'bool', int: 'int', int64: 'int', float64: 'float'};
const basicOf = (value: unknown): Basic => BASIC[goType(value)] ?? 'other';

function equal(a: unknown, b: unknown): boolean {
  const kind = basicOf(a);
  if (kind !== basicOf(b)) return isNil(a) || isNil(b) ? false : fail('incompatible types for comparison');
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  if (kind === 'other') return fail(`non-comparable type ${goText(b)}: ${goType(b)}`);
  if (kind === 'int') return BigInt(a as number) === BigInt(b as number);
  return kind === 'float' ? Number(a) === Number(b) : a === b;
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
  return place < 0 || place > length ? fail(`index out of range: ${place}`) : place;
}

/** What Go's reflection says where there is nothing to look at. */
const TYPE_OF_NOTHING = 'reflect: call of reflect.Value.Type on zero Value';

function itemAt(list: ArrayLike<unknown>, key: unknown, of: string): unknown {
  const place = placeOf(key, list.length);
  return place === list.length ? fail(`reflect: ${of} index out of range`) : list[place];
}

function indexed(value: unknown, key: unknown): unknown {
  if (isNil(value)) return fail('index of untyped nil');
  if (Array.isArray(value)) return itemAt(value, key, 'slice');
  if (typeof value === 'string') return BigInt(itemAt(bytesOf(value), key, 'string') as number);
  if (typeof value !== 'object') return fail(`can't index item of type ${goType(value)}`);
  if (isNil(key)) return fail('value is nil; should be of type string');
  if (typeof key !== 'string') return fail(`value has type ${goType(key)}; should be string`);
  return Object.hasOwn(value!, key) ? (value as Record<string, unknown>)[key] : null;
}

function lengthOf(value: unknown): bigint {
  if (typeof value === 'string') return BigInt(bytesOf(value).length);
  if (Array.isArray(value)) return BigInt(value.length);
  if (isNil(value)) return fail(TYPE_OF_NOTHING);
  return typeof value === 'object' && !(value instanceof Float) ? BigInt(Object.keys(value!).length) : fail(`len of type ${goType(value)}`);
}

function sliced(value: unknown, ...places: readonly unknown[]): unknown {
  if (typeof value !== 'string' && !Array.isArray(value))
    return fail(isNil(value) ? 'slice of untyped nil' : `can't slice item of type ${goType(value)}`);
  if (places.length > 3) return fail(`too many slice indexes: ${places.length}`);
  if (places.length === 3 && typeof value === 'string') return fail('cannot 3-index slice a string');
  const list = typeof value === 'string' ? bytesOf(value) : value;
  const [from = 0, to = list.length, most = list.length] = places.map(place => placeOf(place, list.length));
  if (from > to) return fail(`invalid slice index: ${from} > ${to}`);
  if (to > most) return fail(`invalid slice index: ${to} > ${most}`);
  const part = list.slice(from, to);
  return part instanceof Uint8Array ? new TextDecoder().decode(part) : part;
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

/** Values as `html`, `js` and `urlquery` take them. */
const shown = (args: readonly unknown[]): string => sprint(args.map(arg => (isNil(arg) ? '<no value>' : arg)));

function decoded(text: string): string {
  const wrong = text.search(/[^A-Za-z0-9+/=]/);
  const why = wrong >= 0 ? wrong : text.length % 4 ? text.length - (text.length % 4) : undefined;
  return why === undefined ? fromBase64(text) : fail(`base64 decode failed: illegal base64 data at input byte ${why}`);
}

const queryOf = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

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
  call: {
    takes: 1,
    more: true,
    call: value => fail(isNil(value) ? 'call of nil' : `non-function of type ${goType(value)}`),
  },
  len: {takes: 1, call: lengthOf},
  index: {takes: 1, more: true, call: (value, ...keys) => keys.reduce(indexed, value)},
  slice: {takes: 1, more: true, call: sliced},
  print: {takes: 0, more: true, call: (...args) => sprint(args)},
  println: {takes: 0, more: true, call: (...args) => `${args.map(goText).join(' ')}\n`},
  printf: {takes: 1, more: true, text: true, call: (format, ...args) => sprintf(String(format), args)},
  html: {takes: 0, more: true, call: (...args) => shown(args).replace(/[&<>"']/g, c => HTML[c]!)},
  js: {takes: 0, more: true, call: (...args) => shown(args).replace(/[\\'"<>&=\n]/g, c => SCRIPT[c]!)},
  urlquery: {takes: 0, more: true, call: (...args) => queryOf(shown(args))},
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
  base64decode: {takes: 1, text: true, call: text => decoded(String(text))},
};
