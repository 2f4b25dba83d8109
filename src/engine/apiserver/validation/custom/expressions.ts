/** Rules in CEL that a schema brings along. upstream: apiextensions-apiserver/pkg/apiserver/schema/cel */
import {Optional} from '@marcbachmann/cel-js';
import {equalJson, isJsonObject} from '../../../api/clone.ts';
import {duplicate, type FieldError, forbiddenField, GoValue, goQuote, invalidValue, required} from '../../../api/field-errors.ts';
import {byteLength} from '../../../api/names.ts';
import {type Budget, newBudget, OUT_OF_BUDGET} from '../../cel/budget.ts';
import type {Variables} from '../../cel/check.ts';
import {CostLimitExceeded} from '../../cel/evaluate.ts';
import {compile} from '../../cel/program.ts';
import {celError, isOverloadError} from '../../cel/runtime-errors.ts';
import {typeOfSchema} from '../../cel/schema-type.ts';
import {typedValue} from '../../cel/typed-value.ts';
import {type CelType, optionalOf} from '../../cel/types.ts';
import type {Errors} from '../fields.ts';
import {below, partOf, type Rule, type Schema, sameItem} from './schema.ts';

export function hasRules(schema: Schema): boolean {
  const parts = [schema.items, schema.additionalProperties, ...Object.values(schema.properties ?? {})];
  return !!schema['x-kubernetes-validations']?.length || parts.some(part => typeof part === 'object' && hasRules(part));
}

/** What broken rules say: errors, or only warnings where the value was as bad before. upstream: ratcheting */
export interface Broken {
  readonly errors: Errors;
  readonly warnings: Errors;
}

interface Typed {
  readonly type: CelType;
  /** What a rule may speak of; `optional`: where it takes that there is no old value. */
  readonly variables: Variables;
  readonly optional: Variables;
}

const types = new WeakMap<Schema, Typed>();

/** Rules are only let in where their schema says a type. */
function typeOf(schema: Schema, root: boolean): Typed {
  let typed = types.get(schema);
  if (!typed) {
    const type = typeOfSchema(schema, root || schema['x-kubernetes-embedded-resource'] === true, 'selfType0')!;
    typed = {type, variables: {self: type, oldSelf: type}, optional: {self: type, oldSelf: optionalOf(type)}};
    types.set(schema, typed);
  }
  return typed;
}

/** Outermost first; a rule that compares with the old value holds only where there is one. `budget`: for the whole object. */
export function checkRules(found: Broken, schema: Schema, value: unknown, old: unknown, path: string, budget = newBudget()): void {
  try {
    checkPart(found, schema, value, old, path, budget);
  } catch (error) {
    if (!(error instanceof EndOfRules)) throw error;
    found.errors.push(error.why);
  }
}

/** No rule after this one is looked at. */
class EndOfRules extends Error {
  readonly why: FieldError;
  constructor(why: FieldError) {
    super(OUT_OF_BUDGET);
    this.why = why;
  }
}

function checkPart(found: Broken, schema: Schema, value: unknown, old: unknown, path: string, budget: Budget): void {
  const rules = schema['x-kubernetes-validations'] ?? [];
  const unchanged = rules.length > 0 && old !== undefined && equalJson(value, old);
  const end = (why: string): never => {
    throw new EndOfRules(invalidValue(path, schema.type ?? '', why));
  };
  if (rules.length > 0 && value !== null && budget.isSpent()) end(OUT_OF_BUDGET);
  for (const rule of value === null ? [] : rules) {
    const compares = /\boldSelf\b/.test(rule.rule);
    if (compares && old === undefined && !rule.optionalOldSelf) continue;
    const {type, variables, optional} = typeOf(schema, path === '');
    const before = old === undefined ? undefined : typedValue(old, type);
    const values = {self: typedValue(value, type), oldSelf: rule.optionalOldSelf ? Optional.of(before) : (before ?? null)};
    const run = (expression: string): Outcome => evaluate(expression, rule.optionalOldSelf ? optional : variables, values);
    const {cost, ...outcome} = run(rule.rule);
    if (!budget.spend(cost)) end(OUT_OF_BUDGET);
    const named = rule.message?.trim() || rule.rule.trim();
    if (outcome.failure instanceof CostLimitExceeded)
      end(`'${outcome.failure.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${named}`);
    if (outcome.failure) found.errors.push(invalidValue(path, schema.type ?? '', failureOf(celError(outcome.failure), named)));
    else if (outcome.value !== true) {
      const {[unchanged && !compares ? 'warnings' : 'errors']: told} = found;
      told.push(broken(rule, value, path, messageOf(rule, run, budget, end)));
    }
  }
  if (Array.isArray(value) && schema.items)
    for (const [i, item] of value.entries()) checkPart(found, schema.items, item, sameItem(schema, item, old), `${path}[${i}]`, budget);
  if (!isJsonObject(value)) return;
  for (const [field, part] of Object.entries(value)) {
    const inner = partOf(schema, field);
    if (inner && part !== undefined) checkPart(found, inner, part, isJsonObject(old) ? old[field] : undefined, below(path, field), budget);
  }
}

interface Outcome {
  readonly cost: number;
  readonly value?: unknown;
  readonly failure?: Error;
}

function evaluate(expression: string, variables: Variables, values: Readonly<Record<string, unknown>>): Outcome {
  let cost = 0;
  try {
    const value = compile(expression, variables)(values, units => void (cost = units));
    return {cost, value};
  } catch (failure) {
    return {cost, failure: failure as Error};
  }
}

/** `rule`: its message, or else its text. */
const failureOf = (error: string, rule: string): string =>
  isOverloadError(error)
    ? `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${rule}`
    : `${error} evaluating rule: ${rule}`;

/** Lists and objects would be too much to show. */
const NOTHING_SHOWN = new GoValue('');

function broken({reason, fieldPath = ''}: Rule, value: unknown, path: string, message: string): FieldError {
  const at = fieldPath.startsWith('.') ? below(path, fieldPath.slice(1)) : path + fieldPath;
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(at, message);
    case 'FieldValueRequired':
      return required(at, message);
    case 'FieldValueDuplicate':
      return duplicate(at, value);
    default:
      return invalidValue(at, typeof value === 'object' ? NOTHING_SHOWN : value, message);
  }
}

/** Longer ones are not shown. upstream: apiserver/pkg/apis/cel/config.go MaxEvaluatedMessageExpressionSizeBytes */
const LONGEST_MESSAGE = 5 * 1024;

/** One that is worked out counts only where it comes to one line of text. */
function messageOf(
  {rule, message, messageExpression}: Rule,
  run: (expression: string) => Outcome,
  budget: Budget,
  end: (why: string) => never,
): string {
  const plain = message?.trim() || `failed rule: ${rule.trim()}`;
  if (!messageExpression) return plain;
  const {cost, value, failure} = run(messageExpression);
  if (!budget.spend(cost))
    end('messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run');
  if (failure instanceof CostLimitExceeded)
    end(`no further validation rules will be run due to call cost exceeds limit for messageExpression: ${goQuote(messageExpression)}`);
  const text = typeof value === 'string' ? value.trim() : '';
  return text && !text.includes('\n') && byteLength(text) <= LONGEST_MESSAGE ? text : plain;
}
