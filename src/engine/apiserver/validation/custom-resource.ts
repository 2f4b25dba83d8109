/**
 * Custom resources held to the schema of their definition: what it does not know is pruned, what it has defaults for is filled in, the rest is checked.
 * upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource
 */
import {invalidValue} from '../../api/field-errors.ts';
import {pruned, withDefaults} from './custom/conform.ts';
import {checkRules, hasRules} from './custom/expressions.ts';
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

/** A value of its own, such as a default. */
export function validateValue(errors: Errors, schema: Schema, value: unknown, path: string): void {
  const before = errors.length;
  check(errors, schema, value, path);
  if (errors.length === before) checkRules(errors, schema, value, value, path);
}

const withoutMeta = ({apiVersion: _a, kind: _k, ...rest}: Fields): Fields => rest;
