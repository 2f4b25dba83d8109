/** Semantic versions. upstream: apiserver/pkg/cel/library/semver.go (version 1); blang/semver */
import {goQuote} from '../../../api/field-errors.ts';
import {CelError, type CelValue, Opaque} from '../values.ts';
import type {Implementations} from './types.ts';

class CelSemver extends Opaque {
  readonly typeName = 'kubernetes.Semver';
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];
  constructor(numbers: readonly bigint[], pre: readonly string[]) {
    super();
    this.numbers = numbers;
    this.pre = pre;
  }
  equals(other: this): boolean {
    return compare(this, other) === 0;
  }
}

const PARTS = ['major', 'minor', 'patch'] as const;
const titled = (word: string): string => word[0]!.toUpperCase() + word.slice(1);

/** The version, or what is wrong with it. */
function parse(text: string): CelSemver | string {
  if (text === '') return 'Version string empty';
  const [plain = '', build] = text.split(/\+(.*)/s);
  const [core = '', pre] = plain.split(/-(.*)/s);
  const numbers = core.split('.');
  if (numbers.length !== 3) return 'No Major.Minor.Patch elements found';
  for (const [i, number] of numbers.entries()) {
    if (!/^\d+$/.test(number)) return `Invalid character(s) found in ${PARTS[i]} number ${goQuote(number)}`;
    if (/^0\d/.test(number)) return `${titled(PARTS[i]!)} number must not contain leading zeroes ${goQuote(number)}`;
  }
  const prerelease = pre === undefined ? [] : pre.split('.');
  for (const part of prerelease) {
    if (part === '') return 'Prerelease is empty';
    if (!/^[0-9A-Za-z-]+$/.test(part)) return `Invalid character(s) found in prerelease ${goQuote(part)}`;
    if (/^0\d+$/.test(part)) return `Numeric PreRelease version must not contain leading zeroes ${goQuote(part)}`;
  }
  for (const part of build === undefined ? [] : build.split('.')) {
    if (part === '') return 'Build meta data is empty';
    if (!/^[0-9A-Za-z-]+$/.test(part)) return `Invalid character(s) found in build meta data ${goQuote(part)}`;
  }
  return new CelSemver(numbers.map(BigInt), prerelease);
}

/** Without a `v` in front and zeros before a number, and with all three numbers. */
function normalized(text: string): string {
  const [, core = '', rest = ''] = /^v?([^+-]*)(.*)$/s.exec(text)!;
  const numbers = core.split('.').map(number => number.replace(/^0+(?=\d)/, ''));
  if (numbers.length < 3 && rest) return text.replace(/^v/, '');
  while (numbers.length < 3) numbers.push('0');
  return numbers.join('.') + rest;
}

const reading = (text: string, normalize = false): CelSemver | string => parse(normalize ? normalized(text) : text);

function read(text: string, normalize?: boolean): CelSemver {
  const version = reading(text, normalize);
  if (typeof version === 'string') throw new CelError(version);
  return version;
}
const isRead = (text: string, normalize?: boolean): boolean => typeof reading(text, normalize) !== 'string';

const order = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function comparePart(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) return order(BigInt(a), BigInt(b));
  return left === right ? order(a, b) : left ? -1 : 1;
}

function compare(a: CelSemver, b: CelSemver): number {
  for (const [i, number] of a.numbers.entries()) if (number !== b.numbers[i]) return order(number, b.numbers[i]!);
  if (a.pre.length === 0 || b.pre.length === 0) return order(b.pre.length, a.pre.length) && (a.pre.length === 0 ? 1 : -1);
  for (const [i, part] of a.pre.entries()) {
    const other = b.pre[i];
    const difference = other === undefined ? 1 : comparePart(part, other);
    if (difference !== 0) return difference;
  }
  return a.pre.length < b.pre.length ? -1 : 0;
}

const V = 'kubernetes.Semver';
const compared = (tell: (difference: number) => CelValue): Implementations[string] => ({
  [`${V},${V}`]: (a: CelSemver, b: CelSemver) => tell(compare(a, b)),
});

export const VERSIONS: Implementations = {
  semver: {string: read, 'string,bool': read},
  isSemver: {string: isRead, 'string,bool': isRead},
  isLessThan: compared(difference => difference < 0),
  isGreaterThan: compared(difference => difference > 0),
  compareTo: compared(BigInt),
  ...Object.fromEntries(PARTS.map((name, i) => [name, {[V]: ({numbers}: CelSemver) => numbers[i]}])),
};
