import fc from 'fast-check';
import {expect, test} from 'vitest';
import {changed, changeOf} from '../../../src/session/far/change.ts';

const plain = fc.letrec(tie => ({
  value: fc.oneof({maxDepth: 3}, fc.integer({min: 0, max: 3}), fc.constantFrom('a', 'b', undefined, null), tie('list'), tie('record')),
  list: fc.array(tie('value'), {maxLength: 5}),
  record: fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('value'), {noNullPrototype: true}),
})).value;

test('what is changed by the change is the other, on this side of a message and on the other', () => {
  fc.assert(
    fc.property(plain, plain, (one, other) => {
      expect(changed(one, structuredClone(changeOf(one, other)))).toStrictEqual(other);
    }),
    {numRuns: 1000},
  );
});

test('what is alike needs no change', () => {
  fc.assert(fc.property(plain, one => changeOf(one, structuredClone(one)) === undefined));
});

test('only what differs is told, and the rest stays the object that it was', () => {
  const before = {pods: [{name: 'a'}, {name: 'b'}, {name: 'c'}], nodes: [{name: 'n'}], gone: 1};
  const change = changeOf(before, {pods: [{name: 'a'}, {name: 'x'}, {name: 'y'}, {name: 'c'}], nodes: [{name: 'n'}]});
  expect(change).toEqual({fields: {pods: {at: 1, drop: 1, items: [{name: 'x'}, {name: 'y'}]}}, gone: ['gone']});
  const after = changed(before, change) as typeof before;
  expect(after.pods[0]).toBe(before.pods[0]);
  expect(after.pods[3]).toBe(before.pods[2]);
  expect(after.nodes).toBe(before.nodes);
});
