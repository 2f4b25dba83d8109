/** Values held to a schema. upstream: k8s.io/kube-openapi/pkg/validation/validate (texts), apiextensions-apiserver/pkg/apiserver/validation */
import {equalJson, isJsonObject} from '../../../api/clone.ts';
import {goQuote, invalidValue, notSupported, required, tooLong, tooMany, typeInvalid} from '../../../api/field-errors.ts';
import type {Errors, Fields} from '../fields.ts';
import {isFormatted} from './formats.ts';
import {below, partOf, type Schema, sameItem, typeOf} from './schema.ts';

function hasType({type, nullable, 'x-kubernetes-int-or-string': either}: Schema, value: unknown): boolean {
  const actual = typeOf(value);
  if (actual === 'null') return nullable === true || (!type && !either);
  if (either) return actual === 'integer' || actual === 'string';
  return !type || actual === type || (type === 'number' && actual === 'integer');
}

/** What is as it was before is not looked at again. upstream: CRDValidationRatcheting */
export function check(errors: Errors, schema: Schema, value: unknown, path: string, old?: unknown): void {
  if (old !== undefined && equalJson(value, old)) return;
  const wrong = (shown: unknown, why: string): void => void errors.push(invalidValue(path, shown, `${path} in body ${why}`));
  if (!hasType(schema, value)) {
    const actual = typeOf(value);
    errors.push(typeInvalid(path, actual, `${path} in body must be of type ${schema.type ?? 'integer,string'}: "${actual}"`));
    return;
  }
  if (schema.enum && !schema.enum.includes(value)) errors.push(notSupported(path, value, schema.enum.map(String)));
  if (typeof value === 'number') checkNumber(schema, value, wrong);
  if (typeof value === 'string') checkString(errors, schema, value, path, wrong);
  if (Array.isArray(value)) {
    if (schema.minItems !== undefined && value.length < schema.minItems)
      wrong(value.length, `should have at least ${schema.minItems} items`);
    if (schema.maxItems !== undefined && value.length > schema.maxItems) errors.push(tooMany(path, value.length, schema.maxItems));
    if (schema.items)
      for (const [i, item] of value.entries()) check(errors, schema.items, item, `${path}[${i}]`, sameItem(schema, item, old));
  }
  if (isJsonObject(value)) checkObject(errors, schema, value, path, isJsonObject(old) ? old : {});
  checkBranches(errors, schema, value, path, old);
}

/** Of branches that all fail, the first one's errors are told. */
function checkBranches(
  errors: Errors,
  {allOf = [], anyOf = [], oneOf = [], not}: Schema,
  value: unknown,
  path: string,
  old: unknown,
): void {
  const failed = (why: string): void => void errors.push(invalidValue('', '', `${goQuote(path)} must ${why}`));
  const of = (branch: Schema): Errors => {
    const found: Errors = [];
    check(found, branch, value, path, old);
    return found;
  };
  const [all, any, one] = [allOf.map(of), anyOf.map(of), oneOf.map(of)];
  const isMet = ({length}: Errors): boolean => length === 0;
  errors.push(...all.flat());
  if (!all.every(isMet)) failed(`validate all the schemas (allOf)${all.some(isMet) ? '' : '. None validated'}`);
  if (any.length > 0 && !any.some(isMet)) {
    failed('validate at least one schema (anyOf)');
    errors.push(...any[0]!);
  }
  const met = one.filter(isMet).length;
  if (one.length > 0 && met !== 1) {
    failed(`validate one and only one schema (oneOf). ${met === 0 ? 'Found none valid' : `Found ${met} valid alternatives`}`);
    if (met === 0) errors.push(...one[0]!);
  }
  if (not && isMet(of(not))) failed('not validate the schema (not)');
}

function checkNumber(
  {minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf}: Schema,
  value: number,
  wrong: (shown: unknown, why: string) => void,
): void {
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    wrong(value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    wrong(value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) wrong(value, `should be a multiple of ${multipleOf}`);
}

function checkString(
  errors: Errors,
  {minLength, maxLength, pattern, format}: Schema,
  value: string,
  path: string,
  wrong: (shown: unknown, why: string) => void,
): void {
  if (minLength !== undefined && [...value].length < minLength) wrong(value, `should be at least ${minLength} chars long`);
  if (maxLength !== undefined && [...value].length > maxLength) errors.push(tooLong(path, maxLength));
  if (pattern !== undefined && !matchesPattern(pattern, value)) wrong(value, `should match '${pattern}'`);
  if (format !== undefined && !isFormatted(format, value))
    errors.push(typeInvalid(path, value, `${path} in body must be of type ${format}: ${goQuote(value)}`));
}

/** V8 matches without the flag in linear time at need, which it does not with it. */
const flagsFor = (pattern: string, value: string): string => (/^[\0-\x7f]*$/.test(pattern + value) && !/\\[pP]/.test(pattern) ? '' : 'u');

function matchesPattern(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, flagsFor(pattern, value)).test(value);
  } catch {
    return true;
  }
}

function checkObject(errors: Errors, schema: Schema, value: Fields, path: string, old: Fields): void {
  const {minProperties, maxProperties} = schema;
  const size = Object.keys(value).length;
  if (minProperties !== undefined && size < minProperties)
    errors.push(invalidValue(path, size, `${path} in body should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && size > maxProperties) errors.push(tooMany(path, size, maxProperties));
  for (const field of schema.required ?? []) if (value[field] === undefined) errors.push(required(below(path, field)));
  for (const [field, part] of Object.entries(value)) {
    const inner = partOf(schema, field);
    if (inner && part !== undefined) check(errors, inner, part, below(path, field), old[field]);
  }
}
