import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {markdownRows} from '../../src/selectors/markdown.ts';
import {as, plainText, row} from '../../src/selectors/styled.ts';
import {clean, cut, fitRow, pad, rowWidth, widthOf, wrap, wrapRow} from '../../src/selectors/text.ts';
import {clockText, spanText} from '../../src/selectors/time-text.ts';

describe('clean', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', '^[[31mred^[[0m'],
    ['\u001b]0;title\u0007', '^[]0;title^G'],
    ['a\tb', 'a    b'],
    ['\u009b2Jx', '2Jx'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['zero\u200bwidth', 'zerowidth'],
    ['世界', '世界'],
    ['👩‍👩‍👧 🇪🇺', '▪▪▪ ▪▪'],
  ])('%j', (text, expected) => expect(clean(text)).toBe(expected));

  test('leaves nothing that could act on a terminal', () => {
    fc.assert(fc.property(fc.string({unit: 'binary'}), text => !/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/.test(clean(text))));
  });
});

describe('cells', () => {
  test('are counted, not characters', () => {
    expect([widthOf('abc'), widthOf('世界'), widthOf('e\u0301')]).toEqual([3, 4, 1]);
    expect(cut('世界人', 4)).toBe('世…');
    expect(cut('long name', 5)).toBe('long…');
    expect(pad('世', 4)).toBe('世  ');
    expect(pad('7', 3, 'right')).toBe('  7');
  });

  test('a fitted row has exactly the width asked for, whatever is in it', () => {
    const anything = fc.array(fc.string({unit: 'binary'}), {maxLength: 5});
    fc.assert(fc.property(anything, fc.integer({min: 0, max: 60}), (texts, width) => rowWidth(fitRow(row(...texts), width)) === width));
  });

  test('a wrapped row never is wider, and loses nothing but blanks', () => {
    const words = fc.array(fc.string({unit: 'grapheme'}), {maxLength: 8});
    fc.assert(
      fc.property(words, fc.integer({min: 12, max: 40}), (texts, width) => {
        const lines = wrapRow(row(...texts), width, 2);
        const letters = (text: string): string => text.replace(/\s/g, '');
        return (
          lines.every(line => rowWidth(line) <= width) && letters(lines.map(plainText).join('')) === letters(texts.map(clean).join(''))
        );
      }),
    );
  });

  test('wrapping keeps columns apart whose blanks do not fit', () => {
    expect(wrap('NAME        READY     STATUS', 16)).toEqual(['NAME        ', 'READY     STATUS']);
    expect(wrap('STATE               NAME', 10)).toEqual(['STATE', 'NAME']);
  });

  test('wrapping keeps words of several meanings together', () => {
    expect(wrapRow(row('reaches ', as('command', 'etcd'), ', but'), 12).map(plainText)).toEqual(['reaches ', 'etcd, but']);
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  });
});

test('markdown becomes rows', () => {
  const text = '# Title\n\nA **pod** & `kubectl get pods`.\n\n1. one\n2. two\n\n```\nkubectl apply -f x\n```\n\n> quoted';
  expect(markdownRows(text, 40).map(plainText)).toEqual([
    'Title',
    '',
    'A pod & kubectl get pods.',
    '',
    '1. one',
    '2. two',
    '',
    '  kubectl apply -f x',
    '',
    '│ quoted',
  ]);
});

test('virtual time in words', () => {
  expect([0, 12, 14_200, 187_500, 3_723_000].map(clockText)).toEqual(['0.000s', '0.012s', '14.200s', '3:07.5', '1:02:03']);
  expect([0.4, 12, 1500, 187_000, 7_500_000].map(spanText)).toEqual(['0.4ms', '12ms', '1.5s', '3m07s', '2h05m']);
});
