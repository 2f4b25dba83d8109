/** The schema of a custom resource, and how it is walked along with a value. */
import {isJsonObject} from '../../../api/clone.ts';
import {entryOf} from '../fields.ts';

/** apiextensions.k8s.io/v1 JSONSchemaProps, as far as it is looked at. */
export interface Schema {
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
  format?: string;
  multipleOf?: number;
  minProperties?: number;
  maxProperties?: number;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  not?: Schema;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-map-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: Rule[];
}

/** A rule in CEL. */
export interface Rule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  /** Whether it is also asked about new values: `oldSelf` may then be empty. */
  optionalOldSelf?: boolean;
}

/** Every object has these, whatever its schema says. */
export const OWN = new Set(['apiVersion', 'kind', 'metadata']);

export const withoutOwn = ({properties = {}}: Schema): Record<string, Schema> =>
  Object.fromEntries(Object.entries(properties).filter(([field]) => !OWN.has(field)));

export const isKnown = (schema: Schema, field: string): boolean =>
  entryOf(schema.properties, field) !== undefined ||
  !!schema.additionalProperties ||
  schema['x-kubernetes-preserve-unknown-fields'] === true;

export const partOf = (schema: Schema, field: string): Schema | undefined =>
  entryOf(schema.properties, field) ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);

export const typeOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'number'
        ? Number.isInteger(value)
          ? 'integer'
          : 'number'
        : typeof value;

export const below = (path: string, field: string): string => (path ? `${path}.${field}` : field);

/** The item of an older list that is the same one: only keys tell. */
export function sameItem(schema: Schema, item: unknown, old: unknown): unknown {
  const keys = schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : undefined;
  if (!keys || !Array.isArray(old) || !isJsonObject(item)) return undefined;
  return old.find(one => isJsonObject(one) && keys.every(key => one[key] === item[key]));
}
