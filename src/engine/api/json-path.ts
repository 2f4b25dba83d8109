/** Evaluates kubectl's JSONPath templates. upstream: staging/src/k8s.io/client-go/util/jsonpath/jsonpath.go */

import {isJsonObject} from './clone.ts';
import {compactJson, prettyJson} from './go-json.ts';
import {goType} from './go-text.ts';
import {JsonPathError, type Operand, type Part, parseJsonPath, type Step} from './json-path-parser.ts';

export interface JsonPathOptions {
  /** Silence about fields that are not there; else `x is not found`. */
  allowMissingKeys?: boolean;
}

function slice(input: readonly unknown[], step: Step & {kind: 'slice'}): unknown[] {
  return input.flatMap(value => {
    if (value === null || value === undefined) return [];
    if (!Array.isArray(value)) throw new JsonPathError(`${goType(value)} is not array or slice`);
    let from = step.from ?? 0;
    if (from < 0) from += value.length;
    let to = step.single ? from + 1 : (step.to ?? value.length);
    if (!step.single && to < 0) to += value.length;
    if (from === to) return [];
    const outOfBounds = (index: number): JsonPathError =>
      new JsonPathError(`array index out of bounds: index ${index}, length ${value.length}`);
    if (from >= value.length || from < 0) throw outOfBounds(from);
    if (to > value.length || to < 0) throw outOfBounds(to - 1);
    if (from > to) throw new JsonPathError(`starting index ${from} is greater than ending index ${to}`);
    if (step.step !== undefined && step.step <= 0) throw new JsonPathError('step must be > 0');
    return value.slice(from, to).filter((_, i) => i % (step.step ?? 1) === 0);
  });
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value)
    ? Object.keys(value)
        .sort()
        .map(key => value[key])
    : [];
}

const descendants = (value: unknown): unknown[] => [value, ...children(value).flatMap(descendants)];

const COMPARE: Readonly<Record<string, (a: string | number | boolean, b: string | number | boolean) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

type Scalar = string | number | boolean;

function holds(item: unknown, step: Step & {kind: 'filter'}, options: JsonPathOptions): boolean {
  const evaluate = (operand: Operand): unknown[] => {
    try {
      return walk([item], operand, {...options, allowMissingKeys: false});
    } catch (error) {
      if (error instanceof JsonPathError) return [];
      throw error;
    }
  };
  const left = evaluate(step.left);
  if (step.operator === 'exists') return left.length > 0;
  const right = evaluate(step.right);
  if (left.length === 0 || right.length === 0) return false;
  if (left.length > 1 || right.length > 1) throw new JsonPathError('can only compare one element at a time');
  return COMPARE[step.operator]!(left[0] as Scalar, right[0] as Scalar);
}

const STEPS: {[K in Step['kind']]: (input: unknown[], step: Step & {kind: K}, options: JsonPathOptions) => unknown[]} = {
  value: (_, step) => [step.value],
  slice: (input, step) => slice(input, step),
  wildcard: input => input.flatMap(children),
  recursive: input => input.flatMap(descendants),
  union: (input, step, options) => step.members.flatMap(member => walk(input, member, options)),
  filter: (input, step, options) =>
    input.flatMap(value => {
      if (value === null || value === undefined) return [];
      if (!Array.isArray(value)) throw new JsonPathError(`${goType(value)} is not array or slice and cannot be filtered`);
      return value.filter(item => holds(item, step, options));
    }),
  field: (input, step, options) => {
    const found = input.filter(v => isJsonObject(v) && step.name in v).map(v => (v as Record<string, unknown>)[step.name]);
    if (found.length === 0 && !options.allowMissingKeys) throw new JsonPathError(`${step.name} is not found`);
    return found;
  },
};

function walk(input: unknown[], steps: readonly Step[], options: JsonPathOptions): unknown[] {
  let current = input;
  for (const step of steps) {
    const previous = steps[steps.indexOf(step) - 1];
    const lenient = previous?.kind === 'recursive' ? {...options, allowMissingKeys: true} : options;
    current = (STEPS[step.kind] as (i: unknown[], s: Step, o: JsonPathOptions) => unknown[])(current, step, lenient);
  }
  return current;
}

function results(parts: readonly Part[], data: unknown, options: JsonPathOptions): unknown[][] {
  return parts.flatMap((part): unknown[][] => {
    if (part.kind === 'text') return [[part.text]];
    const found = walk([data], part.steps, options);
    return part.kind === 'path' ? [found] : found.flatMap(item => results(part.body, item, options));
  });
}

/** All results of a template, a list for every action or text of it. Throws JsonPathError. */
export const findJsonPath = (template: string, data: unknown, options: JsonPathOptions = {}): unknown[][] =>
  results(parseJsonPath(template), data, options);

/** One value as jsonpath prints it: texts bare, objects and lists as JSON. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? compactJson(value) : String(value);
}

/** `-o jsonpath=...`: each action's results separated by spaces. */
export const printJsonPath = (template: string, data: unknown, options: JsonPathOptions = {}): string =>
  findJsonPath(template, data, options)
    .map(list => list.map(valueText).join(' '))
    .join('');

/** `-o jsonpath-as-json=...` */
export const printJsonPathAsJson = (template: string, data: unknown, options: JsonPathOptions = {}): string =>
  prettyJson(findJsonPath(template, data, options).flat());

/**
 * Loose paths as users type them, made strict: `x.y`, `.x.y`, `{x.y}` become `{.x.y}`. Throws JsonPathError.
 * upstream: kubectl/pkg/cmd/get RelaxedJSONPathExpression
 */
export function relaxedJsonPath(path: string): string {
  if (path === '') return '';
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path);
  if (!match)
    throw new JsonPathError(`unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`);
  return `{.${match[1] ?? match[2]}}`;
}
