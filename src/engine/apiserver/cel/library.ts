/** All functions that expressions may call, as they work. upstream: apiserver/pkg/cel/environment/base.go */
import {ADDRESSES} from './library/addresses.ts';
import {AUTHORIZERS} from './library/authorizer.ts';
import {CONVERSIONS} from './library/conversions.ts';
import {NAMED_FORMATS} from './library/formats.ts';
import {IMAGES} from './library/images.ts';
import {listsWith} from './library/lists.ts';
import {OPERATORS} from './library/operators.ts';
import {QUANTITIES} from './library/quantities.ts';
import {STRINGS} from './library/strings.ts';
import {TIMES} from './library/times.ts';
import type {Implementation} from './library/types.ts';
import {URLS} from './library/urls.ts';
import {VERSIONS} from './library/versions.ts';
import {CelError, type CelValue, noSuchOverload, typeName} from './values.ts';

const SHORT: Readonly<Record<string, string>> = {'google.protobuf.Timestamp': 'timestamp', 'google.protobuf.Duration': 'duration'};
const shortName = (value: CelValue): string => {
  const name = typeName(value);
  return name.startsWith('google') ? SHORT[name]! : name;
};

const LIBRARIES = [
  ...[OPERATORS, CONVERSIONS, STRINGS, TIMES, QUANTITIES, ADDRESSES, URLS, VERSIONS, IMAGES, NAMED_FORMATS, AUTHORIZERS],
  listsWith((a, b) => call('_+_', [a, b])),
];

interface Ways {
  readonly given: Map<string, Implementation>;
  /** By the types of values that have come, those without a way too. */
  readonly found: Map<string, Implementation | undefined>;
}

const functions = new Map<string, Ways>();
for (const library of LIBRARIES)
  for (const [name, ways] of Object.entries(library)) {
    const {given} = functions.get(name) ?? functions.set(name, {given: new Map(), found: new Map()}).get(name)!;
    for (const [types, way] of Object.entries(ways)) given.set(types, way);
  }

/** Signs say less than functions do. */
const isSign = (name: string): boolean => /^[@_!-]/.test(name);

function wayFor(given: ReadonlyMap<string, Implementation>, types: readonly string[]): Implementation | undefined {
  const [first, ...others] = types;
  const open = others.map(() => '*');
  const candidates = [types, [first, ...open], ['*', ...others], types.map(() => '*')];
  return candidates.map(candidate => given.get(candidate.join())).find(way => way !== undefined);
}

/** Calls a function in the way that is for values of these types. Throws CelError. */
export function call(name: string, args: readonly CelValue[]): CelValue {
  const ways = functions.get(name);
  let types = '';
  for (const [i, arg] of args.entries()) types += i === 0 ? shortName(arg) : `,${shortName(arg)}`;
  let way = ways?.found.get(types);
  if (!way && ways && !ways.found.has(types)) ways.found.set(types, (way = wayFor(ways.given, types.split(','))));
  if (!way) throw isSign(name) ? noSuchOverload() : new CelError(`no such overload: ${name}(${args.map(typeName).join(', ')})`);
  return way(...(args as never[]));
}
