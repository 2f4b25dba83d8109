/** What the signs of the language do. upstream: cel-go common/types/{int,uint,double,timestamp,duration,list}.go, overflow.go */
import {membersOf, withMembers} from '../members.ts';
import {CelError, type CelValue, compare, Duration, equals, isSameMember, lookUp, Timestamp, Uint} from '../values.ts';
import type {Implementations} from './types.ts';

const MOST_INT = 2n ** 63n - 1n;
const LEAST_INT = -(2n ** 63n);
const MOST_UINT = 2n ** 64n - 1n;

export function int(value: bigint): bigint {
  if (value > MOST_INT || value < LEAST_INT) throw new CelError('integer overflow');
  return value;
}

export function uint(value: bigint): Uint {
  if (value > MOST_UINT || value < 0n) throw new CelError('unsigned integer overflow');
  return new Uint(value);
}

const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;
export const NANOS_A_SECOND = 1_000_000_000n;

/** Nanoseconds since 1970 of the years 1 to 9999. */
export function instant(nanos: bigint): bigint {
  if (nanos < FIRST_SECOND * NANOS_A_SECOND || nanos >= (LAST_SECOND + 1n) * NANOS_A_SECOND) throw new CelError('timestamp overflow');
  return nanos;
}

const notZero = (value: bigint, why: string): bigint => {
  if (value === 0n) throw new CelError(why);
  return value;
};

type Whole = (a: bigint, b: bigint) => bigint;
const ofWholes = (operate: Whole): Implementations[string] => ({
  'int,int': (a: bigint, b: bigint) => int(operate(a, b)),
  'uint,uint': (a: Uint, b: Uint) => uint(operate(a.value, b.value)),
});

const later = ({nanos, offsetMinutes}: Timestamp, more: bigint): Timestamp => new Timestamp(instant(nanos + more), offsetMinutes);

/** Of lists whose members are told apart, the second one's stand for those of the first that take the same place. */
function joined(a: readonly CelValue[], b: readonly CelValue[]): readonly CelValue[] {
  const members = membersOf(a);
  if (!members) return [...a, ...b];
  const takes = (place: CelValue, other: CelValue): boolean => isSameMember(members, place, other);
  const kept = a.map(one => b.find(other => takes(one, other)) ?? one);
  return withMembers([...kept, ...b.filter(other => !a.some(one => takes(one, other)))], members);
}

const ordered = (holds: (order: number) => boolean): Implementations[string] => {
  const way = (a: CelValue, b: CelValue): boolean => {
    const order = compare(a, b);
    if (order === undefined) throw new CelError('no such overload');
    return holds(order);
  };
  return {'*,*': way};
};

export const OPERATORS: Implementations = {
  '!_': {bool: (value: boolean) => !value},
  '-_': {int: (value: bigint) => int(-value), double: (value: number) => -value},
  '_==_': {'*,*': (a: CelValue, b: CelValue) => equals(a, b)},
  '_!=_': {'*,*': (a: CelValue, b: CelValue) => !equals(a, b)},
  '_<_': ordered(order => order < 0),
  '_<=_': ordered(order => order <= 0),
  '_>_': ordered(order => order > 0),
  '_>=_': ordered(order => order >= 0),
  '_+_': {
    ...ofWholes((a, b) => a + b),
    'double,double': (a: number, b: number) => a + b,
    'string,string': (a: string, b: string) => a + b,
    'bytes,bytes': (a: Uint8Array, b: Uint8Array) => Uint8Array.from([...a, ...b]),
    'list,list': joined,
    'duration,duration': (a: Duration, b: Duration) => new Duration(int(a.nanos + b.nanos)),
    'timestamp,duration': (time: Timestamp, more: Duration) => later(time, more.nanos),
    'duration,timestamp': (more: Duration, time: Timestamp) => later(time, more.nanos),
  },
  '_-_': {
    ...ofWholes((a, b) => a - b),
    'double,double': (a: number, b: number) => a - b,
    'duration,duration': (a: Duration, b: Duration) => new Duration(int(a.nanos - b.nanos)),
    'timestamp,timestamp': (a: Timestamp, b: Timestamp) => new Duration(int(a.nanos - b.nanos)),
    'timestamp,duration': (time: Timestamp, less: Duration) => later(time, int(-less.nanos)),
  },
  '_*_': {...ofWholes((a, b) => a * b), 'double,double': (a: number, b: number) => a * b},
  '_/_': {...ofWholes((a, b) => a / notZero(b, 'division by zero')), 'double,double': (a: number, b: number) => a / b},
  '_%_': ofWholes((a, b) => a % notZero(b, 'modulus by zero')),
  '@in': {
    '*,list': (item: CelValue, list: readonly CelValue[]) => list.some(other => equals(item, other)),
    '*,map': (key: CelValue, map: Parameters<typeof lookUp>[0]) => lookUp(map, key) !== undefined,
  },
};
