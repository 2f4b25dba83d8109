/** Lists and sets. upstream: apiserver/pkg/cel/library/lists.go, cel-go ext/sets.go, cel/library.go (first and last) */
import {Optional} from '@marcbachmann/cel-js';
import {CelError, type CelValue, compare, equals} from '../values.ts';
import type {Implementations} from './types.ts';

type List = readonly CelValue[];

const holds = (list: List, one: CelValue): boolean => list.some(other => equals(other, one));

const extreme =
  (name: string, sign: 1 | -1) =>
  (list: List): CelValue => {
    if (list.length === 0) throw new CelError(`${name} called on empty list`);
    return list.reduce((best, next) => ((compare(next, best) ?? 0) * sign > 0 ? next : best));
  };

const found = (index: number): bigint => BigInt(index);
const optional = (list: List, index: number): Optional => (list.length === 0 ? Optional.none() : Optional.of(list.at(index)));

/** `add`: the sum of two. */
export const listsWith = (add: (a: CelValue, b: CelValue) => CelValue): Implementations => ({
  isSorted: {list: (list: List) => list.every((item, i) => i === 0 || (compare(list[i - 1], item) ?? 0) <= 0)},
  sum: {list: (list: List) => (list.length === 0 ? 0n : list.reduce(add))},
  min: {list: extreme('min', -1)},
  max: {list: extreme('max', 1)},
  indexOf: {'list,*': (list: List, item: CelValue) => found(list.findIndex(other => equals(other, item)))},
  lastIndexOf: {'list,*': (list: List, item: CelValue) => found(list.findLastIndex(other => equals(other, item)))},
  first: {list: (list: List) => optional(list, 0)},
  last: {list: (list: List) => optional(list, -1)},
  join: {list: joined, 'list,string': joined},
  'sets.contains': {'list,list': (a: List, b: List) => b.every(item => holds(a, item))},
  'sets.equivalent': {'list,list': (a: List, b: List) => a.every(item => holds(b, item)) && b.every(item => holds(a, item))},
  'sets.intersects': {'list,list': (a: List, b: List) => a.some(item => holds(b, item))},
});

function joined(list: List, separator = ''): string {
  if (!list.every(item => typeof item === 'string')) throw new CelError('no such overload');
  return list.join(separator);
}
