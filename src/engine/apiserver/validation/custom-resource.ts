/**
 * Custom resources held to the schema of their definition: what it does not know is pruned, what it has defaults for is filled in, the rest is checked.
 * upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/{schema,validation}, github.com/go-openapi/validate (texts)
 */
import {cloneJson} from '../../api/clone.ts';
import {invalidValue, notSupported, required, tooLong, tooMany} from '../../api/field-errors.ts';
import {celError, compile, toCel} from '../admission/cel.ts';
import type {Errors, Fields} from './fields.ts';
import type {KindRules} from './rules.ts';

/** apiextensions.k8s.io/v1 JSONSchemaProps, as far as it is looked at. */
interface Schema {
  type?: string;
  nullable?: boolean;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  required?: string[];
  default?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-validations'?: {rule: string; message?: string; messageExpression?: string}[];
}

/** Every object has these, whatever its schema says. */
const OWN = new Set(['apiVersion', 'kind', 'metadata']);

/** The rules of a custom kind. With a status subresource, a new object's status is not its author's to write. */
export function customRules(schema: unknown, hasStatus: boolean): KindRules {
  const root = schema as Schema;
  const conformRoot = (object: Fields): void => {
    for (const [field, value] of Object.entries(object))
      if (!OWN.has(field) && !isKnown(root, field)) delete object[field];
      else if (root.properties?.[field] && !OWN.has(field)) object[field] = conformed(root.properties[field], value);
    fillDefaults(root, object);
  };
  return {
    generation: true,
    newStatus: 'keep',
    prepareForCreate(object) {
      if (hasStatus) delete object['status'];
      conformRoot(object);
    },
    prepareForUpdate: conformRoot,
    validate: (errors, object) => checkWhole(errors, root, object, undefined),
    validateUpdate: (errors, object, old) => checkWhole(errors, root, object, old),
  };
}

export const RULES_NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** First the shape; rules in CEL only for what has it. */
function checkWhole(errors: Errors, root: Schema, object: Fields, old: Fields | undefined): void {
  const schema = {...root, properties: withoutOwn(root)};
  const content = withoutMeta(object);
  const before = errors.length;
  check(errors, schema, content, '');
  if (errors.length === before) checkRules(errors, schema, content, old && withoutMeta(old), '');
  else if (hasRules(schema)) errors.push(invalidValue('', null, RULES_NOT_CHECKED));
}

function hasRules(schema: Schema): boolean {
  const parts = [schema.items, schema.additionalProperties, ...Object.values(schema.properties ?? {})];
  return !!schema['x-kubernetes-validations']?.length || parts.some(part => typeof part === 'object' && hasRules(part));
}

const withoutOwn = ({properties = {}}: Schema): Record<string, Schema> =>
  Object.fromEntries(Object.entries(properties).filter(([field]) => !OWN.has(field)));
const withoutMeta = ({apiVersion: _a, kind: _k, ...rest}: Fields): Fields => rest;

const isKnown = (schema: Schema, field: string): boolean =>
  schema.properties?.[field] !== undefined || !!schema.additionalProperties || schema['x-kubernetes-preserve-unknown-fields'] === true;

const isObject = (value: unknown): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value);
const partOf = (schema: Schema, field: string): Schema | undefined =>
  schema.properties?.[field] ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);

/** The value without unknown fields and with defaults. */
function conformed(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return schema.items ? value.map(item => conformed(schema.items!, item)) : value;
  if (!isObject(value)) return value;
  const kept: Fields = {};
  for (const [field, part] of Object.entries(value)) {
    const inner = partOf(schema, field);
    if (inner) kept[field] = conformed(inner, part);
    else if (isKnown(schema, field)) kept[field] = part;
  }
  fillDefaults(schema, kept);
  return kept;
}

function fillDefaults({properties = {}}: Schema, object: Fields): void {
  for (const [field, {default: value}] of Object.entries(properties))
    if (value !== undefined && object[field] === undefined) object[field] = cloneJson(value);
}

const typeOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'number'
        ? Number.isInteger(value)
          ? 'integer'
          : 'number'
        : typeof value;

function hasType({type, nullable, 'x-kubernetes-int-or-string': either}: Schema, value: unknown): boolean {
  const actual = typeOf(value);
  if (actual === 'null') return nullable === true;
  if (either) return actual === 'integer' || actual === 'string';
  return !type || actual === type || (type === 'number' && actual === 'integer');
}

function check(errors: Errors, schema: Schema, value: unknown, path: string): void {
  const wrong = (shown: unknown, why: string): void => void errors.push(invalidValue(path, shown, `${path} in body ${why}`));
  if (!hasType(schema, value)) {
    const actual = typeOf(value);
    return wrong(actual, `must be of type ${schema.type ?? 'integer,string'}: "${actual}"`);
  }
  if (schema.enum && !schema.enum.includes(value)) errors.push(notSupported(path, value, schema.enum.map(String)));
  if (typeof value === 'number') checkNumber(schema, value, wrong);
  if (typeof value === 'string') checkString(errors, schema, value, path, wrong);
  if (Array.isArray(value)) {
    if (schema.minItems !== undefined && value.length < schema.minItems)
      wrong(value.length, `should have at least ${schema.minItems} items`);
    if (schema.maxItems !== undefined && value.length > schema.maxItems) errors.push(tooMany(path, value.length, schema.maxItems));
    if (schema.items) for (const [i, item] of value.entries()) check(errors, schema.items, item, `${path}[${i}]`);
  }
  if (isObject(value)) checkObject(errors, schema, value, path);
}

function checkNumber(
  {minimum, maximum, exclusiveMinimum, exclusiveMaximum}: Schema,
  value: number,
  wrong: (shown: unknown, why: string) => void,
): void {
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    wrong(value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    wrong(value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
}

function checkString(
  errors: Errors,
  {minLength, maxLength, pattern}: Schema,
  value: string,
  path: string,
  wrong: (shown: unknown, why: string) => void,
): void {
  if (minLength !== undefined && [...value].length < minLength) wrong(value, `should be at least ${minLength} chars long`);
  if (maxLength !== undefined && [...value].length > maxLength) errors.push(tooLong(path, maxLength));
  if (pattern !== undefined && !matchesPattern(pattern, value)) wrong(value, `should match '${pattern}'`);
}

function matchesPattern(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

function checkObject(errors: Errors, schema: Schema, value: Fields, path: string): void {
  for (const field of schema.required ?? []) if (value[field] === undefined) errors.push(required(below(path, field)));
  for (const [field, part] of Object.entries(value)) {
    const inner = partOf(schema, field);
    if (inner && part !== undefined) check(errors, inner, part, below(path, field));
  }
}

const below = (path: string, field: string): string => (path ? `${path}.${field}` : field);

/** Rules in CEL, outermost first; one that compares with the old value holds only where there is one. */
function checkRules(errors: Errors, schema: Schema, value: unknown, old: unknown, path: string): void {
  for (const {rule, message} of schema['x-kubernetes-validations'] ?? []) {
    if (/\boldSelf\b/.test(rule) && old === undefined) continue;
    try {
      if (compile(rule)({self: toCel(value), oldSelf: toCel(old)}) === true) continue;
      errors.push(invalidValue(path, typeOf(value), message ?? `failed rule: ${rule}`));
    } catch (error) {
      errors.push(invalidValue(path, typeOf(value), `rule evaluation error: ${celError(error)}`));
    }
  }
  if (Array.isArray(value) && schema.items)
    for (const [i, item] of value.entries()) checkRules(errors, schema.items, item, undefined, `${path}[${i}]`);
  if (!isObject(value)) return;
  for (const [field, part] of Object.entries(value)) {
    const inner = partOf(schema, field);
    if (inner && part !== undefined) checkRules(errors, inner, part, isObject(old) ? old[field] : undefined, below(path, field));
  }
}
