/**
 * Custom resources held to the schema of their definition: what it does not know is pruned, what it has defaults for is filled in, the rest is checked.
 * upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource
 */
import {type FieldErrorType, invalidValue, printFieldError} from '../../api/field-errors.ts';
import {pruned, withDefaults} from './custom/conform.ts';
import {type Broken, checkRules, hasRules} from './custom/expressions.ts';
import {checkMembers} from './custom/list-members.ts';
import {type Schema, withoutOwn} from './custom/schema.ts';
import {check} from './custom/values.ts';
import type {Errors, Fields} from './fields.ts';
import type {KindRules} from './rules.ts';

/** The rules of a custom kind. With a status subresource, a new object's status is not its author's to write. */
export function customRules(schema: unknown, hasStatus: boolean): KindRules {
  const root = schema as Schema;
  const whole = {...root, properties: withoutOwn(root)};
  const conformRoot = (object: Fields): void => {
    const kept = withDefaults(whole, pruned({...whole, 'x-kubernetes-embedded-resource': true}, object)) as Fields;
    for (const field of Object.keys(object)) if (!(field in kept)) delete object[field];
    Object.assign(object, kept);
  };
  return {
    generation: true,
    newStatus: 'keep',
    prepareForCreate(object) {
      if (hasStatus) delete object['status'];
      conformRoot(object);
    },
    prepareForUpdate: conformRoot,
    validate: (errors, object) => checkWhole({errors, warnings: []}, whole, object, undefined),
    validateUpdate: (errors, object, old) => checkWhole({errors, warnings: []}, whole, object, old),
    subresources: {
      status: {
        prepare: keepAllButStatus,
        validate: (errors, object, old) => checkWhole({errors, warnings: []}, whole, object, old),
      },
    },
    warnings(object, old) {
      const found: Broken = {errors: [], warnings: []};
      if (old) checkWhole(found, whole, object, old);
      return found.warnings.map(printFieldError);
    },
  };
}

/** Not even labels change with the status. */
function keepAllButStatus(object: Fields, old: Fields): void {
  const {metadata, status} = object;
  for (const field of Object.keys(object)) delete object[field];
  const {resourceVersion, managedFields} = metadata;
  Object.assign(object, old, {metadata: {...old['metadata'], resourceVersion, ...(managedFields && {managedFields})}});
  if (status === undefined) delete object['status'];
  else object['status'] = status;
}

export const RULES_NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** Rules in CEL count on the shape that these are about. */
const BLOCKING: readonly FieldErrorType[] = [
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
];

/** First the shape; rules in CEL only for what has it. */
function checkWhole(found: Broken, schema: Schema, object: Fields, old: Fields | undefined): void {
  const [content, before] = [withoutMeta(object), old && withoutMeta(old)];
  const problems: Errors = [];
  check(problems, schema, content, '', before);
  if (!before || isSound(schema, before)) checkMembers(problems, schema, content, '');
  found.errors.push(...problems);
  if (!problems.some(({type}) => BLOCKING.includes(type))) checkRules(found, schema, object, old, '');
  else if (hasRules(schema)) found.errors.push(invalidValue('', null, RULES_NOT_CHECKED));
}

/** Lists that had members twice may keep them. */
function isSound(schema: Schema, old: Fields): boolean {
  const errors: Errors = [];
  checkMembers(errors, schema, old, '');
  return errors.length === 0;
}

/** A value of its own, such as a default. */
export function validateValue(errors: Errors, schema: Schema, value: unknown, path: string): void {
  const problems: Errors = [];
  check(problems, schema, value, path);
  if (problems.length === 0) checkRules({errors: problems, warnings: problems}, schema, value, value, path);
  errors.push(...problems);
}

const withoutMeta = ({apiVersion: _a, kind: _k, ...rest}: Fields): Fields => rest;
