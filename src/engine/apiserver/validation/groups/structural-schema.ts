/** The schema of a custom resource has to be structural: a type at every node. upstream: apiextensions-apiserver/pkg/apiserver/schema/validation.go, pkg/apis/apiextensions/validation */
import {forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {type Errors, type Fields, keysOf} from '../fields.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const JUNCTORS = ['allOf', 'anyOf', 'oneOf'] as const;
const FORBIDDEN = [
  'definitions',
  'dependencies',
  'deprecated',
  'discriminator',
  'id',
  'patternProperties',
  'readOnly',
  'writeOnly',
  'xml',
  '$ref',
];

/** In branches of allOf and its kin only values are spoken of, not structure. */
function validateBranch(errors: Errors, schema: Fields, path: string): void {
  for (const field of ['type', 'default', 'additionalProperties', 'title', 'description', 'nullable'])
    if (schema[field] !== undefined && schema[field] !== '' && schema[field] !== false)
      errors.push(forbiddenField(`${path}.${field}`, 'must be empty to be structural'));
}

function validateNode(errors: Errors, schema: Fields, path: string, root: boolean): void {
  const {type, properties, additionalProperties, items} = schema;
  const anyType = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
  if (!type) {
    if (root || !anyType)
      errors.push(required(`${path}.type`, root ? 'must not be empty at the root' : 'must not be empty for specified object fields'));
  } else if (!TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, TYPES));
  else if (root && type !== 'object') errors.push(invalidValue(`${path}.type`, type, 'must be object at the root'));
  if (schema['uniqueItems'])
    errors.push(forbiddenField(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  for (const field of FORBIDDEN)
    if (schema[field] !== undefined) errors.push(forbiddenField(`${path}.${field}`, `${field} is not supported`));
  if (additionalProperties !== undefined && keysOf(properties).length > 0 && additionalProperties !== true)
    errors.push(forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  if (type === 'array' && !items) errors.push(required(`${path}.items`, 'must be specified'));
  for (const name of keysOf(properties)) validateNode(errors, properties[name] ?? {}, `${path}.properties[${name}]`, false);
  if (typeof additionalProperties === 'object' && additionalProperties)
    validateNode(errors, additionalProperties, `${path}.additionalProperties`, false);
  if (Array.isArray(items)) errors.push(forbiddenField(`${path}.items`, 'items must be a schema object and not an array'));
  else if (items && typeof items === 'object') validateNode(errors, items, `${path}.items`, false);
  for (const junctor of JUNCTORS) {
    const branches: readonly Fields[] = schema[junctor] ?? [];
    for (const [i, branch] of branches.entries())
      if (!(schema['x-kubernetes-int-or-string'] && junctor !== 'oneOf')) validateBranch(errors, branch, `${path}.${junctor}[${i}]`);
  }
}

export const validateStructuralSchema = (errors: Errors, schema: Fields, path: string): void => validateNode(errors, schema, path, true);
