/**
 * The schema of a custom resource has to be structural: what there is says its type, and the branches of anyOf and its kin only judge values.
 * upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{validation,complete}.go
 */

import {type FieldError, forbiddenField, invalidValue, printFieldError, required} from '../../../../api/field-errors.ts';
import {patternProblem} from '../../../../api/go-regexp.ts';
import {byKey} from '../../../../api/order.ts';
import {type Errors, entryOf, type Fields, has, keysOf, semanticEqual} from '../../fields.ts';

type Level = 'root' | 'item' | 'field';

const UNTYPED = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
} as const satisfies Record<Level, string>;

const PRESERVE = 'x-kubernetes-preserve-unknown-fields';
const EMBEDDED = 'x-kubernetes-embedded-resource';
const INT_OR_STRING = 'x-kubernetes-int-or-string';

/** What a branch may not say, and in which words it is told. */
const FORBIDDEN_IN_BRANCHES = {
  type: 'must be empty to be structural',
  additionalProperties: 'must be undefined to be structural',
  default: 'must be undefined to be structural',
  title: 'must be empty to be structural',
  description: 'must be empty to be structural',
  nullable: 'must be false to be structural',
  [PRESERVE]: 'must be false to be structural',
  [EMBEDDED]: 'must be false to be structural',
  [INT_OR_STRING]: 'must be false to be structural',
  'x-kubernetes-list-map-keys': 'must be empty to be structural',
  'x-kubernetes-list-type': 'must be undefined to be structural',
  'x-kubernetes-map-type': 'must be undefined to be structural',
  'x-kubernetes-validations': 'must be empty to be structural',
} as const satisfies Record<string, string>;

/** In the order of their text. */
export function structuralErrors(schema: Fields, path: string): FieldError[] {
  const errors: Errors = [];
  validateNode(errors, schema, 'root', path);
  validateComplete(errors, schema, schema, path, path);
  const keyed = errors.map(error => [printFieldError(error), error] as const);
  return keyed.sort(byKey).map(([, error]) => error);
}

/** The one schema of a list's items; lists of schemas are refused elsewhere. */
export const itemsOf = ({items}: Fields): Fields | undefined => (items && !Array.isArray(items) ? items : undefined);

function validateNode(errors: Errors, schema: Fields, level: Level, path: string): void {
  const {type = '', properties, additionalProperties} = schema;
  const items = itemsOf(schema);
  if (type === 'array' && !items) errors.push(required(`${path}.items`, 'must be specified'));
  if (items) validateNode(errors, items, 'item', `${path}.items`);
  for (const name of keysOf(properties)) validateNode(errors, properties[name], 'field', `${path}.properties[${name}]`);
  if (additionalProperties !== undefined && level === 'root')
    errors.push(forbiddenField(`${path}.additionalProperties`, 'must not be used at the root'));
  if (typeof additionalProperties === 'object') validateNode(errors, additionalProperties, 'field', `${path}.additionalProperties`);
  for (const extension of [PRESERVE, EMBEDDED])
    if (schema[INT_OR_STRING] && schema[extension])
      errors.push(invalidValue(`${path}.${extension}`, true, `must be false if ${INT_OR_STRING} is true`));
  validateValues(errors, schema, path, isEither(schema['anyOf']), isEither(schema['allOf']?.[0]?.anyOf));
  validateType(errors, schema, level, path);
  if (level === 'root' || schema[EMBEDDED]) validateMetadata(errors, schema, level, path);
  if (schema[EMBEDDED] && !schema[PRESERVE] && keysOf(properties).length === 0)
    errors.push(required(`${path}.properties`, `must not be empty if ${EMBEDDED} is true without ${PRESERVE}`));
}

/** The way to write "a number or a text" that needs no type. */
const isEither = (branches: unknown): boolean => semanticEqual(branches, [{type: 'integer'}, {type: 'string'}]);

function validateType(errors: Errors, schema: Fields, level: Level, path: string): void {
  const {type = ''} = schema;
  const at = `${path}.type`;
  if (schema[EMBEDDED] && type !== 'object') {
    const why = `must be object if ${EMBEDDED} is true`;
    errors.push(type ? invalidValue(at, type, why) : required(at, why));
  } else if (!type && !schema[INT_OR_STRING] && !schema[PRESERVE]) errors.push(required(at, UNTYPED[level]));
  if (schema[EMBEDDED] && schema['additionalProperties'] !== undefined)
    errors.push(forbiddenField(`${path}.additionalProperties`, `must not be used if ${EMBEDDED} is set`));
  if (level === 'root' && type && type !== 'object') errors.push(invalidValue(at, type, 'must be object at the root'));
}

/** Every object has a kind, a version and metadata already: a schema adds little to them. */
function validateMetadata(errors: Errors, {properties = {}}: Fields, level: Level, path: string): void {
  for (const [name, wanted] of [
    ['kind', 'string'],
    ['apiVersion', 'string'],
    ['metadata', 'object'],
  ] as const) {
    const {type = ''}: Fields = properties[name] ?? {type: wanted};
    if (type !== wanted) errors.push(invalidValue(`${path}.properties[${name}].type`, type, `must be ${wanted}`));
  }
  if (level !== 'root' || !properties['metadata']) return;
  const {type: _type, default: _default, properties: named, ...rest} = properties['metadata'];
  const strange = keysOf(named).some(name => name !== 'name' && name !== 'generateName');
  if (strange || Object.values(rest).some(isSet))
    errors.push(
      forbiddenField(
        `${path}.properties[metadata]`,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    );
}

const isSet = (value: unknown): boolean => value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && !has(value));

function validateValues(errors: Errors, schema: Fields, path: string, skipAnyOf: boolean, skipFirstAllOf: boolean): void {
  const {anyOf = [], allOf = [], oneOf = [], not, pattern} = schema;
  if (!skipAnyOf) for (const [i, branch] of anyOf.entries()) validateBranch(errors, branch, `${path}.anyOf[${i}]`);
  for (const [i, branch] of allOf.entries()) validateBranch(errors, branch, `${path}.allOf[${i}]`, skipFirstAllOf && i === 0);
  for (const [i, branch] of oneOf.entries()) validateBranch(errors, branch, `${path}.oneOf[${i}]`);
  if (not) validateBranch(errors, not, `${path}.not`);
  const problem = pattern ? patternProblem(pattern) : undefined;
  if (problem) errors.push(invalidValue(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${problem}`));
}

function validateBranch(errors: Errors, schema: Fields, path: string, skipAnyOf = false): void {
  validateValues(errors, schema, path, skipAnyOf, false);
  const items = itemsOf(schema);
  if (items) validateBranch(errors, items, `${path}.items`);
  for (const name of keysOf(schema['properties'])) validateBranch(errors, schema['properties'][name], `${path}.properties[${name}]`);
  for (const [field, why] of Object.entries(FORBIDDEN_IN_BRANCHES))
    if (isSet(schema[field]) || (field === 'additionalProperties' && schema[field] === false))
      errors.push(forbiddenField(`${path}.${field}`, why));
  if (schema['properties']?.metadata)
    errors.push(forbiddenField(`${path}.properties[metadata]`, 'must not be specified in a nested context'));
}

/** What a branch speaks of has to be there outside of it too. */
function validateComplete(errors: Errors, values: Fields, schema: Fields | undefined, path: string, valuesPath: string): void {
  const {anyOf = [], allOf = [], oneOf = [], not} = values;
  if (not) completeBranch(errors, not, schema, path, `${valuesPath}.not`);
  for (const [name, branches] of Object.entries({allOf, anyOf, oneOf}))
    for (const [i, branch] of branches.entries()) completeBranch(errors, branch, schema, path, `${valuesPath}.${name}[${i}]`);
}

function completeBranch(errors: Errors, branch: Fields, schema: Fields | undefined, path: string, valuesPath: string): void {
  if (!schema) {
    errors.push(required(path, `because it is defined in ${valuesPath}`));
    return;
  }
  validateComplete(errors, branch, schema, path, valuesPath);
  const items = itemsOf(branch);
  if (items) completeBranch(errors, items, itemsOf(schema), `${path}.items`, `${valuesPath}.items`);
  for (const name of keysOf(branch['properties'])) {
    const below = `.properties[${name}]`;
    completeBranch(errors, branch['properties'][name], entryOf(schema['properties'], name), path + below, valuesPath + below);
  }
}
