/** What a call has cost, once it has been made. upstream: cel-go interpreter/runtimecost.go costCall; apiserver/pkg/cel/library/cost.go CallCost */
import type {Overload} from './functions.ts';
import {type CelValue, isMap, keysOf, lookUp, Opaque, sizeOf} from './values.ts';

/** More than this no expression may cost. upstream: apiserver/pkg/apis/cel/config.go PerCallLimit */
export const PER_CALL_LIMIT = 1_000_000;

const TRAVERSAL = 0.1;
const PATTERN = 0.25;
const size = (value: CelValue): number => sizeOf(value) ?? 1;
const traversed = (letters: number, times = 1): number => Math.ceil(letters * times * TRAVERSAL);

type Cost = (args: readonly CelValue[], result: CelValue) => number;

const one: Cost = () => 1;
const ofText: Cost = ([text]) => traversed(size(text));
const ofTextTwice: Cost = ([text]) => traversed(size(text), 2);
const ofPattern: Cost = ([text, pattern]) => traversed(1 + size(text)) * Math.ceil(size(pattern) * PATTERN);
const ofShorter: Cost = ([a, b]) => (a instanceof Opaque ? 1 : traversed(Math.min(size(a), size(b))));

/** Everything that there is to see of a value. */
function whole(value: CelValue): number {
  if (typeof value === 'string') return Math.floor(new TextEncoder().encode(value).length * TRAVERSAL);
  if (value instanceof Uint8Array) return Math.floor(value.length * TRAVERSAL);
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + whole(item), 0);
  if (isMap(value)) return keysOf(value).reduce<number>((sum, key) => sum + whole(key) + whole(lookUp(value, key)!.value), 0);
  return 1;
}

const contained =
  (more: (block: number) => number): Cost =>
  ([block, other]) =>
    traversed(size(block), 2) + more(size(block)) + (typeof other === 'string' ? traversed(other.length) : 0);

const named = (names: string, cost: Cost): Record<string, Cost> => Object.fromEntries(names.split(' ').map(name => [name, cost]));

/** By the name of the function: whatever the types are. */
const ALWAYS: Readonly<Record<string, Cost>> = {
  check: () => 350_000,
  ...named('isSorted sum max min indexOf lastIndexOf', ([list]) => whole(list)),
  ...named('url lowerAscii upperAscii substring trim', ofText),
  ...named('replace split', ofTextTwice),
  join: (_args, result) => traversed(size(result), 2),
  ...named('find findAll', ofPattern),
  ...named('cidr isIP isCIDR quantity isQuantity semver isSemver', ofText),
  ip: args => (typeof args[0] === 'string' ? ofText(args, undefined) : 1),
  'ip.isCanonical': ofTextTwice,
  containsIP: contained(() => 0),
  containsCIDR: contained(block => traversed(block) + 1),
  validate: ([format, text]) => traversed(1 + size(text)) * Math.ceil((format as {longest: number}).longest * PATTERN),
  ...named('_==_ _!=_', ofShorter),
  ...named('startsWith endsWith', ofText),
  contains: ([text, part]) => traversed(size(text)) * traversed(size(part)),
};

/** Only where it is known beforehand which of several ways it is. */
const BY_TYPE: Readonly<Record<string, (params: Overload['params']) => Cost | undefined>> = {
  ...Object.fromEntries(['_<_', '_<=_', '_>_', '_>=_'].map(name => [name, params => (isText(params[0]!) ? ofShorter : undefined)])),
  '_+_': ([left]) => (isText(left!) ? ([a, b]) => traversed(size(a) + size(b)) : undefined),
  '@in': params => (params[1]!.kind === 'list' ? ([, list]) => size(list) : undefined),
  matches: () => ofPattern,
  bytes: ([from]) => (from!.name === 'string' ? ofText : undefined),
  string: ([from]) => (from!.name === 'bytes' ? ofText : undefined),
};
const isText = ({name}: {name: string}): boolean => name === 'string' || name === 'bytes';

/** `overloads`: the ways that its types left open. */
export function costOfCall(name: string, overloads: readonly Overload[], args: readonly CelValue[], result: CelValue): number {
  const always = Object.hasOwn(ALWAYS, name) ? ALWAYS[name] : undefined;
  if (always) return always(args, result);
  const [only, ...others] = overloads;
  const known = only && others.length === 0 && Object.hasOwn(BY_TYPE, name) ? BY_TYPE[name]!(only.params) : undefined;
  return (known ?? one)(args, result);
}
