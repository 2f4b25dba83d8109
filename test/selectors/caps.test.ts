import fc from 'fast-check';
import {expect, test} from 'vitest';
import {createMachine} from '../../src/engine/machine/machine.ts';
import {firstOf, shared} from '../../src/selectors/caps.ts';
import {ranked} from '../../src/selectors/ranking.ts';
import {balanceOf} from '../../src/selectors/reading.ts';

test('the first of a list are those that sorting would put first', () => {
  const byTens = (one: number, other: number): number => Math.floor(one / 10) - Math.floor(other / 10);
  fc.assert(
    fc.property(fc.array(fc.nat(100)), fc.nat(20), (numbers, most) => {
      expect(firstOf(numbers, most, byTens)).toEqual(numbers.toSorted(byTens).slice(0, most));
    }),
  );
});

test('lists share what room there is in the order in which they ask', () => {
  const room = shared({each: 5, together: 12});
  expect([3, 9, 7, 2].map(room)).toEqual([3, 5, 4, 0]);
});

interface Page {
  readonly revision: number;
  readonly torn?: boolean;
}

test('a ranking follows its table forth and back', () => {
  const youngest = ranked<Page>(
    'pages',
    page => !page.torn,
    page => page.revision,
  );
  const act = fc.oneof(
    fc.record({type: fc.constantFrom('write', 'tear', 'remove'), data: fc.nat(5)}),
    fc.record({type: fc.constant('seek'), data: fc.nat(30)}),
  );
  fc.assert(
    fc.property(fc.array(act, {maxLength: 40}), fc.nat(4), (acts, most) => {
      let revision = 0;
      const machine = createMachine({
        seed: 1,
        indexes: [],
        handlers: {
          write: (tx, {data}) => tx.put('pages', data as number, {revision: ++revision}),
          tear: (tx, {data}) => tx.put('pages', data as number, {revision: ++revision, torn: true}),
          remove: (tx, {data}) => void (tx.table('pages').get(data as number) && tx.remove('pages', data as number)),
        },
      });
      for (const {type, data} of acts) {
        if (type === 'seek') machine.seek(data);
        else machine.dispatch({type, data});
        const pages = [...machine.table<Page>('pages').entries()].map(([, page]) => page).filter(page => !page.torn);
        const expected = pages.toSorted((one, other) => other.revision - one.revision).slice(0, most);
        expect(balanceOf(machine, youngest).highest(most)).toEqual(expected);
      }
    }),
  );
});
