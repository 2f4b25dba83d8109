/** Texts, letter by letter. upstream: cel-go ext/strings.go (version 2); apiserver/pkg/cel/library/regex.go */
import {goQuote} from '../../../api/field-errors.ts';
import {patternProblem, regexOf} from '../../../api/go-regexp.ts';
import {CelError} from '../values.ts';
import {format} from './format-text.ts';
import type {Implementations} from './types.ts';

const letters = (text: string): string[] => [...text];

function within(letterCount: number, index: bigint): number {
  if (index < 0n || index > letterCount) throw new CelError(`index out of range: ${index}`);
  return Number(index);
}

const startsAt = (text: readonly string[], part: readonly string[], at: number): boolean =>
  part.every((letter, i) => text[at + i] === letter);

function indexOf(given: string, searched: string, offset = 0n): bigint {
  const [text, part] = [letters(given), letters(searched)];
  if (searched === '') return offset;
  for (let i = within(text.length, offset); i + part.length <= text.length; i++) if (startsAt(text, part, i)) return BigInt(i);
  return -1n;
}

function lastIndexOf(given: string, searched: string, offset?: bigint): bigint {
  const [text, part] = [letters(given), letters(searched)];
  if (searched === '') return offset ?? BigInt(text.length);
  const from = offset === undefined ? text.length : within(text.length, offset);
  for (let i = Math.min(from, text.length - part.length); i >= 0; i--) if (startsAt(text, part, i)) return BigInt(i);
  return -1n;
}

function substring(given: string, start: bigint, end?: bigint): string {
  const text = letters(given);
  const to = end ?? BigInt(text.length);
  if (end !== undefined && start > end) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  return text.slice(within(text.length, start), within(text.length, to)).join('');
}

/** A number below zero is all of them. */
function replace(text: string, out: string, put: string, most = -1n): string {
  const parts = out === '' ? ['', ...letters(text), ''] : text.split(out);
  const times = most < 0n ? parts.length - 1 : Math.min(Number(most), parts.length - 1);
  return parts.reduce((whole, part, i) => whole + (i <= times ? put : out) + part);
}

function split(text: string, separator: string, most = -1n): string[] {
  if (most === 0n) return [];
  const parts = separator === '' ? letters(text) : text.split(separator);
  if (most < 0n || parts.length <= most) return parts;
  const whole = Number(most) - 1;
  return [...parts.slice(0, whole), parts.slice(whole).join(separator)];
}

const ascii =
  (pattern: RegExp, change: (letter: string) => string) =>
  (text: string): string =>
    text.replace(pattern, change);

/** Throws CelError where it is no pattern. */
function read(pattern: string, flags = ''): RegExp {
  const problem = patternProblem(pattern);
  if (problem) throw new CelError(problem);
  return regexOf(pattern, flags);
}

const matches = (text: string, pattern: string): boolean => read(pattern).test(text);

function findAll(text: string, pattern: string, most = -1n): string[] {
  const found = Array.from(text.matchAll(read(pattern, 'g')), ([match]) => match);
  return most < 0n ? found : found.slice(0, Number(most));
}

export const STRINGS: Implementations = {
  contains: {'string,string': (text: string, part: string) => text.includes(part)},
  startsWith: {'string,string': (text: string, part: string) => text.startsWith(part)},
  endsWith: {'string,string': (text: string, part: string) => text.endsWith(part)},
  matches: {'string,string': matches},
  find: {'string,string': (text: string, pattern: string) => read(pattern).exec(text)?.[0] ?? ''},
  findAll: {'string,string': findAll, 'string,string,int': findAll},
  charAt: {
    'string,int': (text: string, index: bigint) => letters(text)[within(letters(text).length, index)] ?? '',
  },
  indexOf: {'string,string': indexOf, 'string,string,int': indexOf},
  lastIndexOf: {'string,string': lastIndexOf, 'string,string,int': lastIndexOf},
  lowerAscii: {string: ascii(/[A-Z]/g, letter => letter.toLowerCase())},
  upperAscii: {string: ascii(/[a-z]/g, letter => letter.toUpperCase())},
  replace: {'string,string,string': replace, 'string,string,string,int': replace},
  split: {'string,string': split, 'string,string,int': split},
  substring: {'string,int': substring, 'string,int,int': substring},
  trim: {string: (text: string) => text.trim()},
  format: {'string,list': format},
  'strings.quote': {string: goQuote},
  'jsonpatch.escapeKey': {string: (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')},
};
