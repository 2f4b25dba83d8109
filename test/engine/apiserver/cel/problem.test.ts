/** An expression in, what is wrong with it out. */
import {expect, it} from 'vitest';
import {celProblem} from '../../../../src/engine/apiserver/cel/problem.ts';
import {DYN, INT, listOf, mapOf, recordType, STRING} from '../../../../src/engine/apiserver/cel/types.ts';

const NAMES = {object: DYN, params: DYN};

it.each([
  ['object.spec.replicas <= params.max'],
  ['object.spec.containers.all(c, !c.image.endsWith(":latest")) && has(object.metadata.labels)'],
  ['type(object.x) == string || object.?y.orValue(true)'],
  ['quantity(object.x).isGreaterThan(quantity("1Gi"))'],
  ['ip.isCanonical(object.x) && sets.contains([1], [1])'],
  ['object.spec.paused == true'],
])('%s is in order', expression => expect(celProblem(expression, NAMES, 'bool')).toBeUndefined());

it('names that nobody has declared', () => {
  expect(celProblem('object.a == 1 && other.b', NAMES)).toEqual({
    fault: "ERROR: <input>:1:18: undeclared reference to 'other' (in container '')\n | object.a == 1 && other.b\n | .................^",
  });
  expect(celProblem('object.items.all(x,\n  y > 1)', NAMES)).toEqual({
    fault: "ERROR: <input>:2:3: undeclared reference to 'y' (in container '')\n |   y > 1)\n | ..^",
  });
});

it('values that do not go together', () => {
  expect(celProblem('"a" + 1 == object.b', NAMES)).toEqual({
    fault: "ERROR: <input>:1:5: found no matching overload for '_+_' applied to '(string, int)'\n | \"a\" + 1 == object.b\n | ....^",
  });
});

it('what is no expression, and what comes to something else', () => {
  expect(celProblem('object ==', NAMES)).toEqual({
    fault: expect.stringMatching(/^ERROR: <input>:1:10: Syntax error: mismatched input '<EOF>' expecting \{'\['/),
  });
  expect(celProblem('object.a object.b', NAMES)).toEqual({
    fault: "ERROR: <input>:1:10: Syntax error: extraneous input 'object.b' expecting <EOF>\n | object.a object.b\n | .........^",
  });
  expect(celProblem('object.spec.paused', NAMES, 'bool')).toEqual({got: 'dyn'});
  expect(celProblem('string(object.a)', NAMES, 'bool')).toEqual({got: 'string'});
  expect(celProblem('object.a > 1', NAMES, 'string')).toEqual({got: 'bool'});
});

it('what is too deep or too long to be read', () => {
  const deep = {fault: 'ERROR: <input>:-1:0: expression recursion limit exceeded: 250'};
  const nested = (open: string, levels: number, close: string): string => `${open.repeat(levels)}true${close.repeat(levels)}`;
  for (const levels of [300, 15_000])
    for (const [open, close] of [
      ['(', ')'],
      ['[', ']'],
      ['type(', ')'],
    ] as const)
      expect(celProblem(nested(open, levels, close), NAMES)).toEqual(deep);
  expect(celProblem(`object${'.a'.repeat(300)}`, NAMES)).toEqual(deep);
  expect(celProblem(nested('!', 90_000, ''), NAMES)).toEqual(deep);
  expect(celProblem(nested('(', 200, ')'), NAMES, 'bool')).toBeUndefined();
  expect(celProblem(`[${'1, '.repeat(2000)}1].all(x, x == 1)`, NAMES, 'bool')).toBeUndefined();
  expect(celProblem(`"${'é'.repeat(100_000)}" == object`, NAMES)).toEqual({
    fault: 'ERROR: <input>:-1:0: expression code point size exceeds limit: size: 100012, limit 100000',
  });
});

it('names between backticks are not taken', () => {
  expect(celProblem('object.`a-b` == 1', NAMES)).toEqual({
    fault: "ERROR: <input>:1:8: unsupported syntax: '`'\n | object.`a-b` == 1\n | .......^",
  });
});

const TYPED = {
  self: recordType('selfType0', {
    text: STRING,
    count: INT,
    items: listOf(recordType('selfType0.items.@idx', {n: INT})),
    labels: mapOf(STRING, STRING),
  }),
};
const faultOf = (expression: string): string => {
  const problem = celProblem(expression, TYPED);
  return problem && 'fault' in problem ? problem.fault.split('\n')[0]! : JSON.stringify(problem ?? 'fine');
};

it.each([
  ['self.items.all(i, i.n > 1 && i.m > 1)', "ERROR: <input>:1:31: undefined field 'm'"],
  ['has(self.nothing)', "ERROR: <input>:1:4: undefined field 'nothing'"],
  ['self.text.size() > "a"', "ERROR: <input>:1:18: found no matching overload for '_>_' applied to '(int, string)'"],
  ['self.text.foo()', "ERROR: <input>:1:14: undeclared reference to 'foo' (in container '')"],
  ['foo(self)', "ERROR: <input>:1:4: undeclared reference to 'foo' (in container '')"],
  ['self.text.startsWith(1)', "ERROR: <input>:1:21: found no matching overload for 'startsWith' applied to 'string.(int)'"],
  [
    'self.count.exists(c, c > 1)',
    "ERROR: <input>:1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)",
  ],
  ['self.items.all(i, i.n)', "ERROR: <input>:1:15: found no matching overload for '_&&_' applied to '(bool, int)'"],
  ['[1, "a"] == []', "ERROR: <input>:1:5: expected type 'int' but found 'string'"],
  ['self.items.map(i, i.n) == ["a"]', "ERROR: <input>:1:24: found no matching overload for '_==_' applied to '(list(int), list(string))'"],
  ['self.text.matches("(")', 'ERROR: <input>:1:19: invalid matches argument'],
  ['duration("1 day") > duration("1h")', 'ERROR: <input>:1:10: invalid duration argument'],
  ['self.labels["a"] == "b" && self.labels.a != "c" && "a" in self.labels', '"fine"'],
  ['type(self.count) == int && dyn(self.count) == "a"', '"fine"'],
  ['self.labels.all(k, v, k != v && self.items.exists(i, item, i == item.n))', '"fine"'],
  ['self.labels.transformMap(k, v, size(v))["a"] == 1 && self.items.transformList(i, item, item.n + i) == [1]', '"fine"'],
  ['self.labels.transformMapEntry(k, v, {v: k}) == self.labels && self.?labels[?"a"].optMap(l, l + "!").orValue("") == ""', '"fine"'],
  [
    'self.labels.transformMapEntry(k, v, v) == {}',
    "ERROR: <input>:1:30: found no matching overload for 'cel.@mapInsert' applied to '(map(dyn, dyn), string)'",
  ],
  [
    'self.items.all(i, item, item > 0)',
    "ERROR: <input>:1:30: found no matching overload for '_>_' applied to '(selfType0.items.@idx, int)'",
  ],
  ['[1, ?self.?labels[?"a"]] == []', "ERROR: <input>:1:18: expected type 'int' but found 'string'"],
  ['[?self.count] == [1]', "ERROR: <input>:1:7: expected type 'optional_type(int)' but found 'int'"],
  ['self.items.filter(i, i.n > 0).map(i, string(i.n)).join(",") != "" && cel.bind(x, self.count, x > 1.5 || x < 2u)', '"fine"'],
])('types are known: %s', (expression, fault) => expect(faultOf(expression)).toBe(fault));
