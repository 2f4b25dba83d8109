/** Rules in CEL that a schema brings along. upstream: apiextensions-apiserver/pkg/apiserver/schema/cel */
import {duplicate, type FieldError, forbiddenField, invalidValue, required} from '../../../api/field-errors.ts';
import {celError, compile, toCel} from '../../admission/cel.ts';
import type {Errors} from '../fields.ts';
import {below, isObject, partOf, type Rule, type Schema} from './schema.ts';

export function hasRules(schema: Schema): boolean {
  const parts = [schema.items, schema.additionalProperties, ...Object.values(schema.properties ?? {})];
  return !!schema['x-kubernetes-validations']?.length || parts.some(part => typeof part === 'object' && hasRules(part));
}

/** Outermost first; a rule that compares with the old value holds only where there is one. */
export function checkRules(errors: Errors, schema: Schema, value: unknown, old: unknown, path: string): void {
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    if (/\boldSelf\b/.test(rule.rule) && old === undefined) continue;
    const variables = {self: toCel(value), oldSelf: toCel(old)};
    try {
      if (compile(rule.rule)(variables) === true) continue;
      errors.push(broken(rule, schema, path, messageOf(rule, variables)));
    } catch (error) {
      errors.push(invalidValue(path, schema.type ?? '', `${celError(error)} evaluating rule: ${rule.message?.trim() || rule.rule.trim()}`));
    }
  }
  if (Array.isArray(value) && schema.items)
    for (const [i, item] of value.entries()) checkRules(errors, schema.items, item, sameItem(schema, item, old), `${path}[${i}]`);
  if (!isObject(value)) return;
  for (const [field, part] of Object.entries(value)) {
    const inner = partOf(schema, field);
    if (inner && part !== undefined) checkRules(errors, inner, part, isObject(old) ? old[field] : undefined, below(path, field));
  }
}

function broken({reason, fieldPath = ''}: Rule, {type = ''}: Schema, path: string, message: string): FieldError {
  const at = fieldPath.startsWith('.') ? below(path, fieldPath.slice(1)) : path + fieldPath;
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(at, message);
    case 'FieldValueRequired':
      return required(at, message);
    case 'FieldValueDuplicate':
      return duplicate(at, type);
    default:
      return invalidValue(at, type, message);
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

/** Items of a list can be told from each other only by their keys. */
function sameItem(schema: Schema, item: unknown, old: unknown): unknown {
  const keys = schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : undefined;
  if (!keys || !Array.isArray(old) || !isObject(item)) return undefined;
  return old.find(one => isObject(one) && keys.every(key => one[key] === item[key]));
}
