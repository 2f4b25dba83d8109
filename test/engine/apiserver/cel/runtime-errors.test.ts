/** An expression and its variables in, what the server says of the failure out. */
import {expect, it} from 'vitest';
import {compile, toCel} from '../../../../src/engine/apiserver/cel/program.ts';
import {celError} from '../../../../src/engine/apiserver/cel/runtime-errors.ts';

const object = toCel({spec: {replicas: 3, name: 'web', ports: [80, 443]}});

it.each([
  ['object.spec.nothing.here == 1', 'no such key: nothing'],
  ['object.spec["nothing"] == 1', 'no such key: nothing'],
  ['object.spec.replicas.high', 'no such key: high'],
  ['object.spec.ports[5] == 1', 'index out of bounds: 5'],
  ['object.spec.replicas / 0 == 1', 'division by zero'],
  ['object.spec.replicas % 0 == 1', 'modulus by zero'],
  ['9223372036854775807 + object.spec.replicas > 0', 'integer overflow'],
  ['object.spec.replicas + object.spec.name == "3web"', 'no such overload'],
  ['object.spec.name && true', 'no such overload'],
  ['object.spec.name ? 1 : 2', 'no such overload'],
  ['int(object.spec.name) > 1', "type conversion error from 'string' to 'int'"],
  ['duration(object.spec.name) > duration("1s")', "type conversion error from 'string' to 'google.protobuf.Duration'"],
])('%s: %s', (expression, words) => {
  let told = 'nothing';
  try {
    compile(expression)({object});
  } catch (error) {
    told = celError(error);
  }
  expect(told).toBe(words);
});
