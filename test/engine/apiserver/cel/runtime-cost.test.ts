/** An object and a rule in, what the rule has cost out: the numbers are those of Kubernetes' own test table (TestCelCostStability). */
import {expect, it} from 'vitest';
import {parse} from 'yaml';
import {compile} from '../../../../src/engine/apiserver/cel/program.ts';
import {typeOfSchema} from '../../../../src/engine/apiserver/cel/schema-type.ts';
import {typedValue} from '../../../../src/engine/apiserver/cel/typed-value.ts';
import type {Schema} from '../../../../src/engine/apiserver/validation/custom/schema.ts';

/** What it came to, and what that cost. */
function run(schema: Schema, object: unknown, rule: string): {value: unknown; cost: number} {
  const type = typeOfSchema(schema, true, 'selfType0')!;
  let cost = 0;
  const value = compile(rule, {self: type})({self: typedValue(object, type)}, units => void (cost = units));
  return {value, cost};
}

/** `val1`, `val2` ... of these types. */
const values = (types: string, ...given: unknown[]): {schema: Schema; object: Record<string, unknown>} => {
  const properties = Object.fromEntries((parse(types) as Schema[]).map((type, i) => [`val${i + 1}`, type]));
  return {schema: {type: 'object', properties}, object: Object.fromEntries(given.map((value, i) => [`val${i + 1}`, value]))};
};
const both = (literal: string): string => `self.val1 == ${literal} && self.val2 == ${literal} && self.val1 == self.val2`;

const INTEGERS = values('[{type: integer}, {type: integer}]', 2147483647, 2147483647);
const NUMBERS = values('[{type: integer}, {type: number}]', 5, 10.0);
const STRINGS = values('[{type: string}, {type: string}]', 'Rook takes 👑', 'Rook takes 👑');
const BYTES = values('[{type: string, format: byte}, {type: string, format: byte}]', 'QUI=', 'QUI=');
const DURATIONS = values('[{type: string, format: duration}, {type: string, format: duration}]', '1h2m3s4ms', '1h2m3s4ms');
const DATES = values('[{type: string, format: date}, {type: string, format: date}]', '1997-07-16', '1997-07-16');
const TIMES = values(
  '[{type: string, format: date-time}, {type: string, format: date-time}]',
  '2011-08-18T19:03:37.010000000+01:00',
  '2011-08-18T19:03:37.010000000+01:00',
);
const LISTS = values('[{type: array, items: {type: integer}}, {type: array, items: {type: integer}}]', [1, 2, 3], [1, 2, 3]);
const MAPS = values(
  '[{type: object, additionalProperties: {type: string}}, {type: object, additionalProperties: {type: string}}]',
  {k1: 'a', k2: 'b'},
  {k2: 'b', k1: 'a'},
);

it.each([
  [INTEGERS, both('2147483647'), 11],
  [INTEGERS, 'type(self.val1) == int', 4],
  [INTEGERS, 'self.val1 + 1 == 2147483647 + 1', 5],
  [NUMBERS, 'double(self.val1) < self.val2', 6],
  [NUMBERS, 'self.val1 < int(self.val2)', 6],
  [NUMBERS, 'double(5) < 10.0', 1],
  [NUMBERS, 'double(self.val1) < 10.0', 4],
  [STRINGS, both("'Rook takes 👑'"), 14],
  [STRINGS, "self.val1.startsWith('Rook')", 4],
  [STRINGS, "!self.val1.startsWith('knight')", 5],
  [STRINGS, "self.val1.matches('^[^0-9]*$')", 8],
  [STRINGS, "!self.val1.matches('^[0-9]*$')", 7],
  [STRINGS, 'size(self.val1) == 12', 4],
  [STRINGS, "self.val1.charAt(3) == 'k'", 4],
  [STRINGS, "self.val1.indexOf('o', 2) == 2", 4],
  [STRINGS, "self.val1.replace(' ', 'x') == 'Rookxtakesx👑'", 7],
  [STRINGS, "self.val1.replace(' ', 'x', 1) == 'Rookxtakes 👑'", 7],
  [STRINGS, "self.val1.split(' ') == ['Rook', 'takes', '👑']", 6],
  [STRINGS, "self.val1.split(' ', 2) == ['Rook', 'takes 👑']", 6],
  [STRINGS, "self.val1.substring(5) == 'takes 👑'", 5],
  [STRINGS, "self.val1.substring(0, 4) == 'Rook'", 5],
  [STRINGS, "self.val1.substring(4, 10).trim() == 'takes'", 6],
  [STRINGS, "self.val1.upperAscii() == 'ROOK TAKES 👑'", 6],
  [BYTES, 'self.val1 == self.val2', 5],
  [BYTES, "self.val1 == b'AB'", 3],
  [BYTES, 'size(self.val1) == 2', 4],
  [DURATIONS, both("duration('1h2m3s4ms')"), 11],
  [DURATIONS, "self.val1 == duration('1h2m') + duration('3s4ms')", 4],
  [DURATIONS, 'self.val1.getHours() == 1', 4],
  [DURATIONS, 'type(self.val1) == google.protobuf.Duration', 4],
  [DATES, both("timestamp('1997-07-16T00:00:00.000Z')"), 11],
  [DATES, 'self.val1.getDate() == 16', 4],
  [TIMES, "self.val1 == timestamp('2011-08-18T00:00:00.000+01:00') + duration('19h3m37s10ms')", 4],
  [TIMES, "self.val1.getDate('01:00') == 18", 4],
  [LISTS, both('[1, 2, 3]'), 11],
  [LISTS, '1 in self.val1', 5],
  [LISTS, 'self.val2[0] in self.val1', 8],
  [LISTS, 'self.val1 + self.val2 == [1, 2, 3, 1, 2, 3]', 6],
  [LISTS, 'self.val1 + [4, 5] == [1, 2, 3, 4, 5]', 4],
  [MAPS, 'self.val1 == self.val2', 5],
  [MAPS, "'k1' in self.val1", 3],
  [MAPS, "self.val1 == {'k1': 'a', 'k2': 'b'}", 3],
] as const)('of plain values (%#)', ({schema, object}, rule, cost) => {
  expect(run(schema, object, rule)).toEqual({value: true, cost});
});

const OBJECT = parse(`
enumStr: Pending
objs: [{f1: a, f2: b}, {f1: a, f2: b}]
a: {b: 1}
val: {b: 1, d: 2}
something: 25%
listMap: [{k: a1, v: b1}, {k: a2, v: b2}, {k: a3, v: b3, v2: z}]
array: [1, 1, 2, 2, 3, 3, 4, 5]
current: 5
available: 10
set: [a, b, c]
otherSet: [a, c, b]
maps:
- [{k: a, v: "1"}, {k: b, v: "2"}]
- [{k: b, v: "2"}, {k: a, v: "1"}]
- [{k: b, v: "3"}, {k: a, v: "1"}]
- [{k: c, v: "4"}]
`);
const SCHEMA = parse(`
type: object
properties:
  enumStr: {type: string}
  objs: {type: array, items: {type: object, properties: {f1: {type: string}, f2: {type: string}}}}
  a: {type: object, properties: {b: {type: integer}, c: {type: integer}}}
  val: {type: object, additionalProperties: {type: integer}}
  something: {x-kubernetes-int-or-string: true}
  listMap: {type: array, items: {type: object, properties: {k: {type: string}, v: {type: string}, v2: {type: string}}}}
  array: {type: array, items: {type: integer}}
  current: {type: integer}
  available: {type: integer}
  set: {type: array, x-kubernetes-list-type: set, items: {type: string}}
  otherSet: {type: array, x-kubernetes-list-type: set, items: {type: string}}
  maps:
    type: array
    items:
      type: array
      x-kubernetes-list-type: map
      x-kubernetes-list-map-keys: [k]
      items: {type: object, properties: {k: {type: string}, v: {type: string}}}
`);

it.each([
  ["self.enumStr in ['Pending', 'Available']", 2],
  ['self.objs[0] == self.objs[1]', 7],
  ['self.objs == [self.objs[0], self.objs[1]]', 19],
  ["self.set == ['c', 'b', 'a']", 3],
  ['self.set == self.otherSet', 5],
  ["self.set + self.otherSet == ['a', 'b', 'c']", 6],
  ["self.set + ['c', 'd'] == ['a', 'b', 'c', 'd']", 4],
  ['self.maps[0] == self.maps[1]', 7],
  ['self.maps[0] + self.maps[2] == self.maps[2]', 11],
  ['self.maps[2] + self.maps[0] == self.maps[0]', 11],
  ['self.maps[0] == [self.maps[0][1], self.maps[0][0]]', 22],
  ['self.maps[2] + [self.maps[0][0], self.maps[0][1]] == self.maps[0]', 26],
  ['size(self.maps[0] + [self.maps[3][0]]) == 3', 20],
  ['has(self.a.b)', 2],
  ['!has(self.a.c)', 3],
  ["'b' in self.val", 3],
  ['!has(self.val.a)', 3],
  ['self.val.all(k, self.val[k] > 0)', 17],
  ['self.val.exists_one(k, self.val[k] == 2)', 14],
  ['!self.val.exists_one(k, self.val[k] > 0)', 17],
  ['size(self.val.filter(k, self.val[k] > 1)) == 1', 26],
  ['has(self.listMap[0].v)', 3],
  ["self.listMap.all(m, m.k.startsWith('a'))", 21],
  ["self.listMap.all(m, !has(m.v2) || m.v2 == 'z')", 21],
  ["self.listMap.exists(m, m.k.endsWith('1'))", 13],
  ["self.listMap.exists_one(m, m.k == 'a3')", 15],
  ["!self.listMap.all(m, m.k.endsWith('1'))", 18],
  ["!self.listMap.exists(m, m.v == 'x')", 25],
  ["size(self.listMap.filter(m, m.k == 'a1')) == 1", 27],
  ["self.listMap.exists(m, m.k == 'a1' && m.v == 'b1')", 16],
  ["self.listMap.map(m, m.v).exists(v, v == 'b1')", 55],
  ["self.listMap.exists(m, has(m.v2) && m.v2 == 'z')", 21],
  ["!self.listMap.all(m, has(m.v2) && m.v2 != 'z')", 10],
  ["self.listMap.exists_one(m, has(m.v2) && m.v2 == 'z')", 12],
  ["self.listMap.filter(m, has(m.v2) && m.v2 == 'z').size() == 1", 24],
  ["self.listMap.map(m, has(m.v2) && m.v2 == 'z', m.v2).size() == 1", 25],
  ["self.listMap.filter(m, has(m.v2) && m.v2 == 'z').map(m, m.v2).size() == 1", 39],
  ["self.listMap.exists(m, m.v2 == 'z')", 24],
  ["!self.listMap.all(m, m.v2 != 'z')", 22],
  ['2 in self.array', 10],
  ['self.array.all(e, e > 0)', 43],
  ['self.array.exists(e, e > 2)', 36],
  ['self.array.exists_one(e, e > 4)', 22],
  ['!self.array.all(e, e < 2)', 21],
  ['size(self.array.filter(e, e%2 == 0)) == 3', 68],
  ['self.array.map(e, e * 20).filter(e, e > 50).exists(e, e == 60)', 194],
  ["type(self.something) == int ? self.something == 1 : self.something == '25%'", 7],
  ["type(self.something) == string && self.something == '25%'", 7],
  ['self.something != 1', 3],
  ["self.something == 1 || self.something == '25%'", 6],
  ["self.something == '25%' || self.something == 1", 3],
  ["self.something != ['anything']", 3],
  ["type(self.something) == string && self.something.matches(r'(\\d+(\\.\\d+)?%)')", 10],
  [
    "type(self.something) == int ? self.current <= self.something : double(self.current) / double(self.available) >= double(self.something.replace('%', '')) / 100.0",
    17,
  ],
] as const)('of an object: %s', (rule, cost) => expect(run(SCHEMA, OBJECT, rule)).toEqual({value: true, cost}));

it.each([
  ['[1, 2, 3, 4, 5].sum() == 15', 6],
  ["url('https:://kubernetes.io/').getScheme() == 'https'", 5],
  ["ip('192.168.0.1').family() == 4", 4],
  ["ip.isCanonical('2001:db8:3333:4444:5555:6666:7777:8888')", 8],
  ["cidr('192.168.0.0/16').containsCIDR(cidr('192.168.0.0/30'))", 7],
  ["cidr('192.168.0.0/16').containsIP('192.168.0.1')", 5],
  ["quantity('12').isLessThan(quantity('5k'))", 3],
])('of the libraries: %s', (rule, cost) => expect(run(SCHEMA, OBJECT, rule)).toEqual({value: true, cost}));

it.each([
  // An object costs 40 each time, whatever is in it; a map with nothing but what is written out is made once, for nothing.
  ['Object{spec: Object.spec{replicas: 3}}', 80],
  ['{"spec": {"replicas": 3}}', 0],
  ['Object{spec: Object.spec{replicas: size([1, 2])}}', 81],
  ['[JSONPatch{op: "add", path: "/a", value: "b"}]', 50],
  ['Object{metadata: Object.metadata{labels: {"size": string(size("four"))}}}', 112],
])('%s costs %i', (expression, expected) => {
  let cost = 0;
  compile(expression)({}, units => void (cost = units));
  expect(cost).toBe(expected);
});
