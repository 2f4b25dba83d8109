/** Formats with names. upstream: apiserver/pkg/cel/library/format.go */
import {Optional} from '@marcbachmann/cel-js';
import {isDNS1035Label, isDNS1123Label, isDNS1123Subdomain, isQualifiedName, isValidLabelValue} from '../../../api/names.ts';
import {parseRfc3339} from '../../../api/time.ts';
import {Opaque} from '../values.ts';
import type {Implementations} from './types.ts';
import {urlProblem} from './urls.ts';

type Validate = (text: string) => readonly string[];

class CelFormat extends Opaque {
  readonly typeName = 'kubernetes.NamedFormat';
  readonly name: string;
  readonly validate: Validate;
  /** Letters of the longest pattern that it stands for: what a check is charged by. */
  readonly longest: number;
  constructor(name: string, longest: number, validate: Validate) {
    super();
    this.name = name;
    this.longest = longest;
    this.validate = validate;
  }
  equals({name}: this): boolean {
    return this.name === name;
  }
}

/** What stands before a generated end may end in a dash. */
const asPrefix =
  (validate: Validate): Validate =>
  text =>
    validate(text.replace(/-$/, 'a'));

const told =
  (holds: (text: string) => boolean, why: string): Validate =>
  text =>
    holds(text) ? [] : [why];

const UUID = /^[0-9A-Fa-f]{8}-?([0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && parseRfc3339(`${text}T00:00:00Z`) !== undefined;
const isDateTime = (text: string): boolean => parseRfc3339(text.toUpperCase()) !== undefined;

const TABLE: readonly (readonly [name: string, longest: number, validate: Validate])[] = [
  ['dns1123Label', 30, isDNS1123Label],
  ['dns1123Subdomain', 60, isDNS1123Subdomain],
  ['dns1035Label', 30, isDNS1035Label],
  ['qualifiedName', 60, isQualifiedName],
  ['dns1123LabelPrefix', 30, asPrefix(isDNS1123Label)],
  ['dns1123SubdomainPrefix', 60, asPrefix(isDNS1123Subdomain)],
  ['dns1035LabelPrefix', 30, asPrefix(isDNS1035Label)],
  ['labelValue', 40, isValidLabelValue],
  ['uri', 1000, text => urlProblem(text) ?? []],
  ['uuid', 86, told(text => UUID.test(text), 'does not match the UUID format')],
  ['byte', 84, told(text => BASE64.test(text), 'invalid base64')],
  ['date', 73, told(isDate, 'invalid date')],
  ['datetime', 73, told(isDateTime, 'invalid datetime')],
];

const FORMATS = new Map(TABLE.map(([name, longest, validate]) => [name, new CelFormat(name, longest, validate)]));

function validate(format: CelFormat, text: string): Optional {
  const problems = format.validate(text);
  return problems.length === 0 ? Optional.none() : Optional.of([...problems]);
}

export const NAMED_FORMATS: Implementations = {
  'format.named': {string: (name: string) => (FORMATS.has(name) ? Optional.of(FORMATS.get(name)) : Optional.none())},
  ...Object.fromEntries([...FORMATS].map(([name, format]) => [`format.${name}`, {'': () => format}])),
  validate: {'kubernetes.NamedFormat,string': validate},
};
