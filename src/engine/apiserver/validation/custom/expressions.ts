/** Rules in CEL that a schema brings along. upstream: apiextensions-apiserver/pkg/apiserver/schema/cel */
import {Optional} from '@marcbachmann/cel-js';
import {equalJson} from '../../../api/clone.ts';
import {duplicate, type FieldError, forbiddenField, GoValue, invalidValue, required} from '../../../api/field-errors.ts';
import {compile} from '../../cel/program.ts';
import {celError, isOverloadError} from '../../cel/runtime-errors.ts';
import {typeOfSchema} from '../../cel/schema-type.ts';
import {typedValue} from '../../cel/typed-value.ts';
import type {CelType} from '../../cel/types.ts';
import type {Errors} from '../fields.ts';
import {below, isObject, partOf, type Rule, type Schema, sameItem} from './schema.ts';

export function hasRules(schema: Schema): boolean {
  const parts = [schema.items, schema.additionalProperties, ...Object.values(schema.properties ?? {})];
  return !!schema['x-kubernetes-validations']?.length || parts.some(part => typeof part === 'object' && hasRules(part));
}

/** What broken rules say: errors, or only warnings where the value was as bad before. upstream: ratcheting */
export interface Broken {
  readonly errors: Errors;
  readonly warnings: Errors;
}

const types = new WeakMap<Schema, CelType>();

/** Rules are only let in where their schema says a type. */
function typeOf(schema: Schema, root: boolean): CelType {
  let type = types.get(schema);
  if (!type) types.set(schema, (type = typeOfSchema(schema, root || schema['x-kubernetes-embedded-resource'] === true, 'selfType0')!));
  return type;
}

/** Outermost first; a rule that compares with the old value holds only where there is one. */
export function checkRules(found: Broken, schema: Schema, value: unknown, old: unknown, path: string): void {
  const rules = schema['x-kubernetes-validations'] ?? [];
  const unchanged = rules.length > 0 && old !== undefined && equalJson(value, old);
  for (const rule of rules) {
    const compares = /\boldSelf\b/.test(rule.rule);
    if (compares && old === undefined && !rule.optionalOldSelf) continue;
    const {[unchanged && !compares ? 'warnings' : 'errors']: told} = found;
    const type = typeOf(schema, path === '');
    const before = old === undefined ? undefined : typedValue(old, type);
    const variables = {self: typedValue(value, type), oldSelf: rule.optionalOldSelf ? Optional.of(before) : (before ?? null)};
    try {
      if (compile(rule.rule)(variables) === true) continue;
      told.push(broken(rule, value, path, messageOf(rule, variables)));
    } catch (error) {
      told.push(invalidValue(path, schema.type ?? '', failureOf(celError(error), rule.message?.trim() || rule.rule.trim())));
    }
  }
  if (Array.isArray(value) && schema.items)
    for (const [i, item] of value.entries()) checkRules(found, schema.items, item, sameItem(schema, item, old), `${path}[${i}]`);
  if (!isObject(value)) return;
  for (const [field, part] of Object.entries(value)) {
    const inner = partOf(schema, field);
    if (inner && part !== undefined) checkRules(found, inner, part, isObject(old) ? old[field] : undefined, below(path, field));
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

/** One that is worked out counts only where it comes to one line of text. */
function messageOf({rule, message, messageExpression}: Rule, variables: Parameters<ReturnType<typeof compile>>[0]): string {
  const plain = message?.trim() || `failed rule: ${rule.trim()}`;
  if (!messageExpression) return plain;
  try {
    const text = compile(messageExpression)(variables);
    return typeof text === 'string' && text.trim() && !text.includes('\n') ? text.trim() : plain;
  } catch {
    return plain;
  }
}
