import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  type LessonProgress,
  mergeProgress,
  NO_PROGRESS,
  type Progress,
  parseProgress,
  starNames,
  without,
  withResult,
  withTested,
} from '../../src/course/progress.ts';

const result = fc
  .record({solved: fc.boolean(), tested: fc.boolean(), passed: fc.boolean(), stars: fc.subarray(starNames), commands: fc.nat(30)})
  .map((each): LessonProgress => (each.solved ? each : {...each, commands: 0}));
const progress = fc
  .record({
    last: fc.option(fc.constantFrom('a', 'b', 'c'), {nil: undefined}),
    lessons: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), result),
  })
  .map((each): Progress => ({version: 1, last: each.last, lessons: {...each.lessons}}));

/** What is written to the file, the order of its keys included. */
const written = (each: Progress): string => JSON.stringify(each);

describe('progress', () => {
  test('merges in any order to the same', () => {
    fc.assert(
      fc.property(progress, progress, (a, b) => {
        expect(written(mergeProgress(a, b))).toBe(written(mergeProgress(b, a)));
      }),
    );
    fc.assert(
      fc.property(progress, progress, progress, (a, b, c) => {
        expect(written(mergeProgress(mergeProgress(a, b), c))).toBe(written(mergeProgress(a, mergeProgress(b, c))));
      }),
    );
  });

  test('merges as often as one likes to the same', () => {
    fc.assert(
      fc.property(progress, progress, (a, b) => {
        const once = mergeProgress(a, b);
        expect(written(mergeProgress(once, b))).toBe(written(once));
        expect(written(mergeProgress(once, once))).toBe(written(once));
      }),
    );
  });

  test('loses nothing by a merge', () => {
    fc.assert(
      fc.property(progress, progress, (a, b) => {
        const merged = mergeProgress(a, b);
        for (const [id, before] of Object.entries(a.lessons)) {
          const after = merged.lessons[id]!;
          expect(after.stars).toEqual(expect.arrayContaining([...before.stars]));
          if (before.solved) expect(after).toMatchObject({solved: true});
          if (before.solved) expect(after.commands).toBeLessThanOrEqual(before.commands);
          if (before.tested) expect(after.tested).toBe(true);
          if (before.passed) expect(after.passed).toBe(true);
        }
      }),
    );
  });

  test('is read as it was written', () => {
    fc.assert(
      fc.property(progress, each => {
        expect(parseProgress(JSON.parse(written(each)))).toEqual(JSON.parse(written(each)));
      }),
    );
  });

  test.each<[unknown, RegExp]>([
    [undefined, /version/],
    [{version: 2}, /version/],
    [{version: 1, lessons: []}, /map/],
    [{version: 1, last: 3, lessons: {}}, /last/],
    [{version: 1, lessons: {a: {solved: true}}}, /lessons\.a is not whole/],
    [{version: 1, lessons: {a: {solved: true, tested: false, stars: ['gold'], commands: 1}}}, /knows no gold/],
    [{version: 1, lessons: {a: {solved: true, tested: false, stars: [], commands: -1}}}, /commands/],
    [{version: 1, lessons: {a: {solved: true, tested: false, passed: 1, stars: [], commands: 1}}}, /passed/],
  ])('refuses %j', (value, why) => {
    expect(() => parseProgress(value)).toThrow(why);
  });

  test('adds stars of one run to those of another', () => {
    const first = withResult(NO_PROGRESS, 'a', {solved: true, tested: false, passed: false, stars: ['solved', 'unaided'], commands: 9});
    const second = withResult(first, 'a', {solved: true, tested: false, passed: false, stars: ['solved', 'brief'], commands: 4});
    expect(second).toEqual({
      version: 1,
      last: 'a',
      lessons: {a: {solved: true, tested: false, passed: false, stars: ['solved', 'unaided', 'brief'], commands: 4}},
    });
    expect(without(withTested(second, ['a', 'b']), ['a'])).toEqual({
      version: 1,
      last: undefined,
      lessons: {b: {solved: false, tested: true, passed: false, stars: [], commands: 0}},
    });
  });
});
