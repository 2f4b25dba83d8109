/** A schema and a rule in, the most that the rule may cost out: the numbers are those of Kubernetes' own test table (TestCostEstimation). */
import {expect, it} from 'vitest';
import {parse} from 'yaml';
import {estimateCost} from '../../../../src/engine/apiserver/cel/cost.ts';
import {analyse} from '../../../../src/engine/apiserver/cel/problem.ts';
import {typeOfSchema} from '../../../../src/engine/apiserver/cel/schema-type.ts';
import type {Schema} from '../../../../src/engine/apiserver/validation/custom/schema.ts';

function costOf(schema: Schema, rule: string): number {
  const type = typeOfSchema(schema, false, 'selfType0')!;
  const analysis = analyse(rule, {self: type, oldSelf: type});
  if ('fault' in analysis) throw new Error(analysis.fault);
  return estimateCost(analysis.checked, type).max;
}

/** With MAX for the limit that is set in one of two runs. */
const ITEM = {
  number: '{type: number}',
  string: '{type: string}',
  boolean: '{type: boolean}',
  duration: '{type: string, format: duration}',
  date: '{type: string, format: date}',
  'date-time': '{type: string, format: date-time}',
  'int-or-string': '{x-kubernetes-int-or-string: true}',
  object: '{type: object, required: [required], properties: {required: {type: string}, optional: {type: string}}}',
} as const;
const listOf = (item: string): string => `{type: array, items: ${item}, MAX}`;
const mapOf = (item: string): string => `{type: object, additionalProperties: ${item}, MAX}`;
const MAX_OF = {array: 'maxItems', object: 'maxProperties', string: 'maxLength'} as const;

function schemaOf(text: string, max?: number): Schema {
  const kind = /^\{type: (array|object|string)/.exec(text)![1] as keyof typeof MAX_OF;
  return parse(text.replace(/, MAX\}/g, max === undefined ? '}' : `, ${MAX_OF[kind]}: ${max}}`)) as Schema;
}

const STRING = '{type: string, MAX}';

it.each([
  [listOf(ITEM.number), 'self.all(x, true)', 4718591, 10, 32],
  [listOf(ITEM.string), 'self.all(x, true)', 3145727, 20, 62],
  [listOf(ITEM.boolean), 'self.all(x, true)', 1887437, 5, 17],
  [listOf('{type: array, items: {type: number}}'), 'self.all(x, true)', 3145727, 100, 302],
  [mapOf(ITEM.number), 'self.all(x, true)', 1348169, 10, 32],
  [mapOf(ITEM.string), 'self.all(x, true)', 1179647, 3, 11],
  [mapOf(ITEM.boolean), 'self.all(x, true)', 943718, 100, 302],
  [STRING, "self.contains('test')", 314574, 10, 5],
  [STRING, "self.startsWith('test')", 2, 15, 2],
  [STRING, 'size(self + "hello") > size("hello")', 314578, 4, 7],
  [listOf(ITEM.number), 'self[1] == 0.0', 2, 5000, 2],
  [listOf(ITEM.string), 'self[1] == self[1]', 314577, 8, 314577],
  [STRING, 'self.matches("x")', 314574, 50, 22],
  [STRING, '"".matches("(((((((((())))))))))[0-9]")', 7, 10, 7],
  [STRING, 'self.matches("")', 1, 100, 1],
  [mapOf(ITEM.number), 'self["x"] == 0.0', 2, 0, 2],
  [STRING, 'self == "x"', 2, 0, 1],
  ['{type: string, format: byte, MAX}', 'self == b"x"', 2, 0, 1],
  [listOf(ITEM.number), 'self.all(x, x == 0.0)', 6291454, 3 * 1024 * 2048, 25165826],
  [listOf(ITEM['int-or-string']), 'self.all(x, true)', 4718591, 10, 32],
  [listOf(ITEM['int-or-string']), 'self[0] == 5', 3, 10, 3],
  [listOf(ITEM.object), 'self[0] == null', 2, 422, 2],
  [listOf('{type: array, items: {type: number}}'), 'self[0][0] == -1.0', 3, 51, 3],
  [listOf(mapOf(ITEM.number).replace(', MAX', '')), 'self.all(x, x.y == 25.2)', 6291452, 12, 74],
  [listOf(mapOf(ITEM.number).replace(', MAX', '')), 'self[0].x > 2.0', 4, 3000, 4],
  [listOf(ITEM.duration), 'self.all(x, true)', 2359295, 5, 17],
  [listOf(ITEM.duration), 'self[0].getHours() == 2', 4, 525, 4],
  [listOf(ITEM.date), 'self.all(x, true)', 725936, 15, 47],
  [listOf(ITEM['date-time']), 'self.all(x, true)', 428963, 25, 77],
  [listOf(ITEM['date-time']), 'self[2].getMinutes() == 45', 4, 99, 4],
  [mapOf(ITEM['int-or-string']), 'self.all(x, true)', 1348169, 15, 47],
  [mapOf(ITEM.date), 'self.all(x, true)', 524288, 10, 32],
  [mapOf(ITEM['date-time']), 'self.all(x, true)', 349526, 25, 77],
  [STRING, "self.find('[0-9]+') == ''", 629147, 10, 11],
  [STRING, "self.lowerAscii() == 'lower!'", 314575, 10, 6],
  [mapOf('{type: integer}'), 'oldSelf.size() == self.size()', 5, 10, 5],
  [mapOf(ITEM['date-time']), 'self["a"] == self["b"]', 8, 7, 8],
  [mapOf(ITEM.duration), 'self["c"] == self["d"]', 8, 42, 8],
  ['{type: string, enum: [A, B, C, LongValue], MAX}', "self.contains('A')", 2, 1000, 401],
] as const)('%s, %s', (schema, rule, unbounded, max, bounded) => {
  expect(costOf(schemaOf(schema), rule)).toBe(unbounded);
  expect(costOf(schemaOf(schema, max), rule)).toBe(bounded);
});

it.each([
  ['self.all(x, self.all(y, true))', 352],
  ['self.all(x, self.all(y, self.all(z, true)))', 3552],
])('a loop in a loop costs the product: %s', (rule, bounded) => {
  expect(costOf(schemaOf(listOf(ITEM.number)), rule)).toBeGreaterThan(10_000_000);
  expect(costOf(schemaOf(listOf(ITEM.number), 10), rule)).toBe(bounded);
});

const both = (max?: number): Schema => {
  const string: Schema = {type: 'string', ...(max !== undefined && {maxLength: max})};
  return {type: 'array', items: string, ...(max !== undefined && {maxItems: max})};
};

it.each([
  ["self.join(' ') == 'aa bb'", 329853068905, 43],
  ['self.isSorted() == true', 329854432052, 52],
])('what goes through all strings of a list: %s', (rule, unbounded, bounded) => {
  expect(costOf(both(), rule)).toBe(unbounded);
  expect(costOf(both(10), rule)).toBe(bounded);
});

it.each([
  [{before: 2, after: 4}, 'self.str.replace(self.before, self.after) == "does not matter"', 629154, 4, 12],
  [{}, 'self.str.split(self.separator) == []', 629160, 10, 22],
])('what makes new strings: %j, %s', (lengths, rule, unbounded, max, bounded) => {
  const schema = (limit?: number): Schema => {
    const string: Schema = {type: 'string', ...(limit !== undefined && {maxLength: limit})};
    const fixed = Object.fromEntries(Object.entries(lengths).map(([name, maxLength]) => [name, {type: 'string', maxLength}]));
    return {type: 'object', properties: {str: string, separator: string, ...fixed}};
  };
  expect(costOf(schema(), rule)).toBe(unbounded);
  expect(costOf(schema(max), rule)).toBe(bounded);
});

it('an object that is written out costs 40, a map 30', () => {
  const schema = {type: 'object', properties: {}} as Schema;
  expect(costOf(schema, 'Object{spec: Object.spec{replicas: 3}}')).toBe(80);
  expect(costOf(schema, '{"spec": {"replicas": 3}}')).toBe(60);
});
