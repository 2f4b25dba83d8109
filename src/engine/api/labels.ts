/** Label selectors: parsed, matched, printed. upstream: staging/src/k8s.io/apimachinery/pkg/labels/selector.go, pkg/apis/meta/v1/helpers.go */

import {type FieldError, invalidValue, notSupported, toAggregate} from './field-errors.ts';
import {isQualifiedName, isValidLabelValue} from './names.ts';
import {byText} from './order.ts';
import type {LabelSelector} from './types.ts';

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** All requirements must hold; none at all match everything, unless `nothing` is set. */
export interface Selector {
  readonly nothing: boolean;
  readonly requirements: readonly Requirement[];
}

export type Labels = Readonly<Record<string, string>>;

export class SelectorError extends Error {}

export const EVERYTHING: Selector = {nothing: false, requirements: []};
export const NOTHING: Selector = {nothing: true, requirements: []};

const BINARY_OPERATORS = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'] as const;
const ALL_OPERATORS = [...BINARY_OPERATORS, '!', 'exists'] as const;

const IN_EMPTY = "for 'in', 'notin' operators, values set can't be empty";
const EXACT_ONE = 'exact-match compatibility requires one single value';
const EXISTS_NONE = 'values set must be empty for exists and does not exist';
const COMPARE_ONE = "for 'Gt', 'Lt' operators, exactly one value is required";
const COMPARE_INTEGER = "for 'Gt', 'Lt' operators, the value must be an integer";

/** The int64 a text says, or undefined. Go's ParseInt takes a sign and digits. */
const parseInt64 = (text: string): bigint | undefined => {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const n = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, n) === n ? n : undefined;
};

const keyError = (field: string, key: string): FieldError[] => {
  const messages = isQualifiedName(key);
  return messages.length > 0 ? [invalidValue(field, key, messages.join('; '))] : [];
};

const VALUE_RULES: Readonly<Record<Operator, (values: readonly string[]) => FieldError[]>> = {
  in: v => (v.length === 0 ? [invalidValue('values', null, IN_EMPTY)] : []),
  notin: v => (v.length === 0 ? [invalidValue('values', null, IN_EMPTY)] : []),
  '=': v => (v.length === 1 ? [] : [invalidValue('values', v, EXACT_ONE)]),
  '==': v => (v.length === 1 ? [] : [invalidValue('values', v, EXACT_ONE)]),
  '!=': v => (v.length === 1 ? [] : [invalidValue('values', v, EXACT_ONE)]),
  exists: v => (v.length === 0 ? [] : [invalidValue('values', v, EXISTS_NONE)]),
  '!': v => (v.length === 0 ? [] : [invalidValue('values', v, EXISTS_NONE)]),
  gt: compareRule,
  lt: compareRule,
};

function compareRule(values: readonly string[]): FieldError[] {
  const errors = values.length === 1 ? [] : [invalidValue('values', values, COMPARE_ONE)];
  values.forEach((v, i) => {
    if (parseInt64(v) === undefined) errors.push(invalidValue(`values[${i}]`, v, COMPARE_INTEGER));
  });
  return errors;
}

/** All that is wrong with a requirement. */
export function requirementErrors(key: string, operator: Operator, values: readonly string[]): FieldError[] {
  const errors = keyError('key', key);
  const rule = VALUE_RULES[operator];
  errors.push(...(rule ? rule(values) : [notSupported('operator', operator, ALL_OPERATORS)]));
  values.forEach((v, i) => {
    const messages = isValidLabelValue(v);
    if (messages.length > 0) errors.push(invalidValue(`values[${i}][${key}]`, v, messages.join('; ')));
  });
  return errors;
}

/** A requirement that has been checked; throws SelectorError with all that is wrong. */
export function newRequirement(key: string, operator: Operator, values: readonly string[]): Requirement {
  const errors = requirementErrors(key, operator, values);
  if (errors.length > 0) throw new SelectorError(toAggregate(errors));
  return {key, operator, values};
}

const sorted = (requirements: Requirement[]): Selector => ({
  nothing: false,
  requirements: requirements.sort((a, b) => byText(a.key, b.key)),
});

type TokenType = ')' | ',' | '!' | '==' | '=' | '>' | '<' | '!=' | '(' | 'in' | 'notin' | 'identifier' | 'end';
interface Token {
  type: TokenType;
  text: string;
}

const KEYWORDS: ReadonlySet<string> = new Set(['in', 'notin']);

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [match] of text.matchAll(/==|!=|[=!(),<>]|[^=!(),<>\x20\t\r\n]+/g)) {
    const isSymbol = /^[=!(),<>]/.test(match);
    tokens.push({type: isSymbol || KEYWORDS.has(match) ? (match as TokenType) : 'identifier', text: match});
  }
  return [...tokens, {type: 'end', text: ''}];
}

const OPERATORS: Partial<Record<TokenType, Operator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

/** Parses `a=b,c in (d,e),!f`. Throws SelectorError with the server's text. */
export function parseSelector(text: string): Selector {
  const tokens = tokenize(text);
  let at = 0;
  /** Keywords are plain words except where an operator stands. */
  const asValue = (t: Token): TokenType => (KEYWORDS.has(t.type) ? 'identifier' : t.type);
  const look = (): Token => tokens[Math.min(at, tokens.length - 1)]!;
  const take = (): Token => tokens[Math.min(at++, tokens.length - 1)]!;
  const fail = (message: string): never => {
    throw new SelectorError(message);
  };

  const identifiers = (): string[] => {
    const values = new Set<string>();
    for (;;) {
      const token = take();
      const type = asValue(token);
      if (type === 'identifier') {
        values.add(token.text);
        const next = look();
        if (next.type === ')') return [...values];
        if (next.type !== ',') fail(`found '${next.text}', expected: ',' or ')'`);
      } else if (type === ',') {
        if (values.size === 0) values.add('');
        if (look().type === ')') return [...values.add('')];
        if (look().type === ',') values.add('');
      } else fail(`found '${token.text}', expected: ',', or identifier`);
    }
  };

  const list = (): string[] => {
    const open = take();
    if (open.type !== '(') fail(`found '${open.text}' expected: '('`);
    const first = look();
    const type = asValue(first);
    if (type === ')') {
      take();
      return [''];
    }
    if (type !== 'identifier' && type !== ',') fail(`found '${first.text}', expected: ',', ')' or identifier`);
    const values = identifiers();
    take();
    return values.sort();
  };

  const exact = (): string[] => {
    const next = look();
    if (next.type === 'end' || next.type === ',') return [''];
    take();
    if (asValue(next) !== 'identifier') fail(`found '${next.text}', expected: identifier`);
    return [next.text];
  };

  const requirement = (): Requirement => {
    let token = take();
    const negated = token.type === '!';
    if (negated) token = take();
    if (asValue(token) !== 'identifier') fail(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const wrong = keyError('', key);
    if (wrong.length > 0) fail(toAggregate(wrong));
    const next = look().type;
    if (next === 'end' || next === ',') return newRequirement(key, negated ? '!' : 'exists', []);
    if (negated) return newRequirement(key, '!', []);
    const symbol = take();
    const operator = OPERATORS[symbol.type] ?? fail(`found '${symbol.text}', expected: ${BINARY_OPERATORS.join(', ')}`);
    return newRequirement(key, operator, operator === 'in' || operator === 'notin' ? list() : exact());
  };

  const requirements: Requirement[] = [];
  for (;;) {
    const token = look();
    const type = asValue(token);
    if (type === 'end') return sorted(requirements);
    if (type !== 'identifier' && type !== '!') fail(`found '${token.text}', expected: !, identifier, or 'end of string'`);
    try {
      requirements.push(requirement());
    } catch (error) {
      if (error instanceof SelectorError) fail(`unable to parse requirement: ${error.message}`);
      throw error;
    }
    const after = take();
    if (after.type === 'end') return sorted(requirements);
    if (after.type !== ',') fail(`found '${after.text}', expected: ',' or 'end of string'`);
    const next = look();
    if (asValue(next) !== 'identifier' && next.type !== '!') fail(`found '${next.text}', expected: identifier after ','`);
  }
}

/** The operators of matchExpressions as those of written selectors. */
export const EXPRESSION_OPERATORS: Readonly<Record<string, Operator>> = {In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!'};

const compiled = new WeakMap<LabelSelector, Selector>();

/**
 * The selector of an object's LabelSelector: undefined selects nothing, an empty one everything. Throws SelectorError.
 * Remembered by identity, for stored objects are frozen.
 */
export function selectorFrom(selector: LabelSelector | null | undefined): Selector {
  if (!selector) return NOTHING;
  const known = compiled.get(selector);
  if (known) return known;
  const requirements = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => newRequirement(key, '=', [value]));
  for (const e of selector.matchExpressions ?? []) {
    const operator = EXPRESSION_OPERATORS[e.operator];
    if (!operator) throw new SelectorError(`"${e.operator}" is not a valid label selector operator`);
    requirements.push(newRequirement(e.key, operator, e.values ?? []));
  }
  const result = sorted(requirements);
  if (Object.isFrozen(selector)) compiled.set(selector, result);
  return result;
}

/** Exactly these labels; none of them matches everything. Not validated. */
export const selectorFromSet = (labels: Labels | undefined): Selector =>
  sorted(Object.entries(labels ?? {}).map(([key, value]) => ({key, operator: '=', values: [value]})));

const NO_LABELS: Labels = {};

function holds(r: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, r.key) ? labels[r.key] : undefined;
  switch (r.operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && r.values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !r.values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    default: {
      if (value === undefined) return false;
      const [have, want] = [parseInt64(value), parseInt64(r.values[0] ?? '')];
      if (have === undefined || want === undefined) return false;
      return r.operator === 'gt' ? have > want : have < want;
    }
  }
}

/** Whether the labels satisfy every requirement. */
export function matches(selector: Selector, labels: Labels | undefined): boolean {
  if (selector.nothing) return false;
  for (const r of selector.requirements) if (!holds(r, labels ?? NO_LABELS)) return false;
  return true;
}

const PRINTED: Partial<Record<Operator, string>> = {gt: '>', lt: '<', in: ' in ', notin: ' notin '};

function printRequirement(r: Requirement): string {
  if (r.operator === '!') return `!${r.key}`;
  if (r.operator === 'exists') return r.key;
  const values = r.values.length === 1 ? r.values[0]! : [...r.values].sort().join(',');
  const set = r.operator === 'in' || r.operator === 'notin';
  return `${r.key}${PRINTED[r.operator] ?? r.operator}${set ? `(${values})` : values}`;
}

/** `a=b,c in (d,e),!f`, by key. */
export const printSelector = (selector: Selector): string => selector.requirements.map(printRequirement).join(',');

/** A LabelSelector as describe and get show it. upstream: metav1.FormatLabelSelector */
export function formatLabelSelector(selector: LabelSelector | null | undefined): string {
  try {
    return printSelector(selectorFrom(selector)) || '<none>';
  } catch {
    return '<error>';
  }
}
