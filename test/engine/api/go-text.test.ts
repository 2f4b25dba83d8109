import {expect, it} from 'vitest';
import {goSyntax, goText} from '../../../src/engine/api/go-text.ts';

it.each([
  [{b: [1, true, null], a: {z: 'x', Y: 1.5}}, 'map[a:map[Y:1.5 z:x] b:[1 true <nil>]]'],
  [{}, 'map[]'],
])('%j with %%v', (value, text) => {
  expect(goText(value)).toBe(text);
});

it.each([
  [{b: [1, 'two'], a: {}}, 'map[string]interface {}{"a":map[string]interface {}{}, "b":[]interface {}{1, "two"}}'],
  [{say: 'a "b"\n', none: null}, 'map[string]interface {}{"none":interface {}(nil), "say":"a \\"b\\"\\n"}'],
])('%j with %%#v', (value, text) => {
  expect(goSyntax(value)).toBe(text);
});
