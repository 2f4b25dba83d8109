/** An expression in, what is wrong with it out. */
import {expect, it} from 'vitest';
import {celProblem} from '../../../../src/engine/apiserver/admission/cel-check.ts';

const NAMES = ['object', 'params'];

it.each([
  ['object.spec.replicas <= params.max'],
  ['object.spec.containers.all(c, !c.image.endsWith(":latest")) && has(object.metadata.labels)'],
  ['type(object.x) == string || object.?y.orValue(true)'],
  ['quantity(object.x).isGreaterThan(quantity("1Gi"))'],
  ['ip.isCanonical(object.x) && sets.contains([1], [1])'],
  ['object.spec.paused'],
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
  expect(celProblem('object ==', NAMES)).toEqual({fault: expect.stringMatching(/^ERROR: /)});
  expect(celProblem('string(object.a)', NAMES, 'bool')).toEqual({got: 'string'});
  expect(celProblem('object.a > 1', NAMES, 'string')).toEqual({got: 'bool'});
});
