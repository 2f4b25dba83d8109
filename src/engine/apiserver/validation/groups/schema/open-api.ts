/** What OpenAPI's own rules and Kubernetes' additions ask of every node of a schema. upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation ValidateCustomResourceDefinitionOpenAPISchema */

import {type FieldError, forbiddenField, invalidValue, notSupported} from '../../../../api/field-errors.ts';
import {product} from '../../../cel/ranges.ts';
import {OWN} from '../../custom/schema.ts';
import {type Errors, type Fields, has, keysOf} from '../../fields.ts';
import {type CostBill, settleBill} from './cost-bill.ts';
import {validateRules, validateRuleTexts} from './expression-rules.ts';
import {validateListType, validateMapType} from './list-types.ts';
import {itemsOf} from './structural.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'];

/** What a node knows of the nodes around it. */
interface Surroundings {
  readonly root?: boolean;
  /** Why there may be no default. */
  readonly noDefault?: string;
  readonly insideMeta?: boolean;
  /** The topmost node whose values cannot be told from those of an older object. */
  readonly uncorrelated?: string;
  /** How many such values there may be in one object; undefined: nothing bounds them. */
  readonly cardinality?: number | undefined;
  /** Where rules in CEL are charged to; undefined: they are not even compiled. */
  readonly bill?: CostBill | undefined;
}

interface Findings {
  readonly ofSchema: Errors;
  readonly ofRules: Errors;
}

/** First those of the schema. `bill`: for its rules; undefined: it is not sound enough for them to be compiled. */
export function openApiErrors(schema: Fields, path: string, bill?: CostBill): FieldError[] {
  const {ofSchema, ofRules} = examine(schema, path, {root: true, cardinality: 1, bill});
  const errors = [...ofSchema, ...ofRules];
  if (bill) settleBill(errors, bill, path);
  return errors;
}

function examine(schema: Fields, path: string, around: Surroundings): Findings {
  const found: Findings = {ofSchema: [], ofRules: []};
  const errors = found.ofSchema;
  validateNode(errors, schema, path, around);
  for (const [part, at, surroundings] of partsOf(schema, path, around)) {
    const below = examine(part, at, surroundings);
    errors.push(...below.ofSchema);
    found.ofRules.push(...below.ofRules);
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.push(invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  validateMapType(errors, schema, path);
  validateListType(errors, schema, path);
  validateRuleTexts(errors, schema, path);
  const {bill, cardinality, uncorrelated} = around;
  const root = around.root === true || schema['x-kubernetes-embedded-resource'] === true;
  if (bill && errors.length === 0 && has(schema['x-kubernetes-validations']))
    validateRules(found.ofRules, bill, schema, {
      path,
      root,
      ...(uncorrelated && {uncorrelated}),
      ...(cardinality !== undefined && {cardinality}),
    });
  return found;
}

/** How many parts a value may have for one of its own; undefined: nothing bounds them. */
function mostParts({type, additionalProperties, maxProperties, maxItems}: Fields): number | undefined {
  const most = type === 'array' ? maxItems : type === 'object' && additionalProperties !== undefined ? maxProperties : 1;
  return most === undefined ? undefined : Math.max(most, 0);
}

function validateNode(errors: Errors, schema: Fields, path: string, {noDefault, insideMeta}: Surroundings): void {
  const {type, properties, additionalProperties} = schema;
  if (type && !TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, TYPES));
  if (schema['default'] !== undefined && noDefault) errors.push(forbiddenField(`${path}.default`, `must not be set ${noDefault}`));
  for (const field of UNSUPPORTED) if (schema[field]) errors.push(forbiddenField(`${path}.${field}`, `${field} is not supported`));
  if (type === 'null') errors.push(forbiddenField(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
  if (Array.isArray(schema['items'])) errors.push(forbiddenField(`${path}.items`, 'items must be a schema object and not an array'));
  if (insideMeta && schema['x-kubernetes-embedded-resource'])
    errors.push(forbiddenField(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta'));
  if (schema['uniqueItems'])
    errors.push(forbiddenField(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  if (additionalProperties !== undefined && additionalProperties !== true && keysOf(properties).length > 0)
    errors.push(forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
}

type Part = readonly [Fields, string, Surroundings];

function partsOf(schema: Fields, path: string, {root, ...outside}: Surroundings): Part[] {
  const {properties, additionalProperties, not, items} = schema;
  const most = mostParts(schema);
  const {cardinality} = outside;
  const around = {...outside, cardinality: cardinality === undefined || most === undefined ? undefined : product(cardinality, most)};
  const parts: Part[] = [];
  if (additionalProperties && typeof additionalProperties === 'object')
    parts.push([
      additionalProperties,
      `${path}.additionalProperties`,
      around.insideMeta ? {...around, noDefault: 'inside additionalProperties applying to object metadata'} : around,
    ]);
  const ofProperties = schema['x-kubernetes-map-type'] === 'atomic' ? {uncorrelated: path, ...around} : around;
  for (const name of keysOf(properties)) {
    const ofObject = OWN.has(name) && (root || schema['x-kubernetes-embedded-resource']);
    const own = ofObject && {insideMeta: true, ...(root && {noDefault: `in top-level ${name}`})};
    parts.push([properties[name], `${path}.properties[${name}]`, {...ofProperties, ...own}]);
  }
  const ofBranch = {...around, bill: undefined};
  if (not) parts.push([not, `${path}.not`, ofBranch]);
  for (const junctor of ['allOf', 'oneOf', 'anyOf'])
    for (const [i, branch] of (schema[junctor] ?? []).entries()) parts.push([branch, `${path}.${junctor}[${i}]`, ofBranch]);
  const ofItems = schema['x-kubernetes-list-type'] === 'map' ? around : {uncorrelated: path, ...around};
  const one = itemsOf(schema);
  if (one) parts.push([one, `${path}.items`, ofItems]);
  else for (const [i, item] of (items ?? []).entries()) parts.push([item, `${path}.items[${i}]`, ofItems]);
  return parts;
}

/** Those of the status subresource split the root: only what survives that may stand there. */
const WITH_STATUS = {
  Description: 'description',
  Type: 'type',
  Format: 'format',
  Title: 'title',
  Maximum: 'maximum',
  ExclusiveMaximum: 'exclusiveMaximum',
  Minimum: 'minimum',
  ExclusiveMinimum: 'exclusiveMinimum',
  MaxLength: 'maxLength',
  MinLength: 'minLength',
  Pattern: 'pattern',
  MaxItems: 'maxItems',
  MinItems: 'minItems',
  UniqueItems: 'uniqueItems',
  MultipleOf: 'multipleOf',
  Required: 'required',
  Items: 'items',
  Properties: 'properties',
  ExternalDocs: 'externalDocs',
  Example: 'example',
  XPreserveUnknownFields: 'x-kubernetes-preserve-unknown-fields',
  XValidations: 'x-kubernetes-validations',
} as const satisfies Record<string, string>;
const ALLOWED_WITH_STATUS: ReadonlySet<string> = new Set(Object.values(WITH_STATUS));

export function validateRoot(errors: Errors, schema: Fields, hasStatus: boolean, path: string): void {
  const {type, nullable} = schema;
  if (hasStatus && type && type !== 'object')
    errors.push(
      invalidValue(
        `${path}.type`,
        type,
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
      ),
    );
  else if (hasStatus && Object.entries(schema).some(([field, value]) => value !== false && value !== '' && !ALLOWED_WITH_STATUS.has(field)))
    errors.push(
      invalidValue(
        path,
        schema,
        `only [${Object.keys(WITH_STATUS).join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`,
      ),
    );
  if (nullable) errors.push(forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root'));
}
