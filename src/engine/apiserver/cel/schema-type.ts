/** The type that a schema gives to values in expressions. upstream: apiserver/pkg/cel/{common/schemas,escaping,limits}.go */
import {BODY_LIMIT} from '../../api/status.ts';
import type {Schema} from '../validation/custom/schema.ts';
import type {Members} from './members.ts';
import {BOOL, BYTES, type CelType, DOUBLE, DURATION, DYN, INT, listOf, mapOf, objectType, STRING, TIMESTAMP} from './types.ts';

/** Letters of `"2006-01-02"` and of the longest duration, as JSON. upstream: limits.go JSONDateSize, MaxDurationSizeJSON */
const DATE_SIZE = 12;
const LONGEST_TIME = 32;

/** Strings that are more than strings. */
const FORMATS: Readonly<Record<string, (schema: Schema) => CelType>> = {
  byte: ({maxLength}) => ({...BYTES, maxElements: maxLength ?? BODY_LIMIT - 2}),
  duration: () => ({...DURATION, maxElements: LONGEST_TIME}),
  date: () => ({...TIMESTAMP, maxElements: DATE_SIZE}),
  'date-time': () => ({...TIMESTAMP, minSize: 21, maxElements: LONGEST_TIME}),
};

/** A character may take four bytes. */
function longest({maxLength, enum: values}: Schema): number {
  if (maxLength !== undefined) return Math.max(maxLength, 0) * 4;
  if (values?.length) return Math.max(0, ...values.map(value => (typeof value === 'string' ? value.length : 0)));
  return BODY_LIMIT - 2;
}

/** How often a value of at least this many bytes fits into a request. */
export const mostOf = ({minSize}: CelType): number => Math.floor(BODY_LIMIT / (minSize + 1));

const asObject = (schema: Schema): Schema => {
  const {kind, apiVersion, metadata} = schema.properties ?? {};
  const named = metadata?.properties?.['name']?.type === 'string' && metadata.properties['generateName']?.type === 'string';
  if (kind?.type === 'string' && apiVersion?.type === 'string' && named) return schema;
  const text: Schema = {type: 'string'};
  const own = {kind: text, apiVersion: text, metadata: {type: 'object', properties: {name: text, generateName: text}}};
  return {...schema, properties: {...schema.properties, ...own}};
};

/**
 * `root`: whether it is that of a whole object, which has a kind and a name whatever its schema says. `name`: what complaints call the type.
 * undefined: expressions see nothing of it, for it says no type.
 */
export function typeOfSchema(given: Schema, root: boolean, name: string): CelType | undefined {
  if (given['x-kubernetes-int-or-string']) return {...DYN, maxElements: given.maxLength === undefined ? BODY_LIMIT - 2 : longest(given)};
  const schema = root ? asObject(given) : given;
  switch (schema.type) {
    case 'array': {
      const item = schema.items && ofPart(schema.items, `${name}.@idx`);
      if (!item) return undefined;
      const list = listOf(item, Math.max(schema.maxItems ?? Math.floor((BODY_LIMIT - 2) / (item.minSize + 1)), 0));
      const members = membersIn(schema);
      return members ? {...list, members} : list;
    }
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? typeOfMap(schema, schema.additionalProperties, name)
        : typeOfObject(schema, name);
    case 'string':
      return Object.hasOwn(FORMATS, schema.format ?? '') ? FORMATS[schema.format!]!(schema) : {...STRING, maxElements: longest(schema)};
    case 'boolean':
      return BOOL;
    case 'number':
      return DOUBLE;
    case 'integer':
      return INT;
    default:
      return undefined;
  }
}

function membersIn(schema: Schema): Members | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return schema['x-kubernetes-list-type'] === 'set'
    ? {is: 'set'}
    : schema['x-kubernetes-list-type'] === 'map'
      ? {is: 'map', keys: keys.map(key => escapeName(key) ?? key)}
      : undefined;
}

const ofPart = (part: Schema, name: string): CelType | undefined =>
  typeOfSchema(part, part['x-kubernetes-embedded-resource'] === true, name);

function typeOfMap({maxProperties}: Schema, values: Schema, name: string): CelType | undefined {
  const value = ofPart(values, `${name}.@elem`);
  return value && mapOf(STRING, value, Math.max(maxProperties ?? Math.floor((BODY_LIMIT - 2) / (value.minSize + 6)), 0));
}

function typeOfObject({properties = {}, required = []}: Schema, name: string): CelType {
  const fields = new Map<string, CelType>();
  let minSize = 2;
  for (const [field, part] of Object.entries(properties)) {
    const escaped = escapeName(field);
    const type = ofPart(part, `${name}.${escaped ?? field}`);
    if (!type) continue;
    if (escaped !== undefined) fields.set(escaped, type);
    if (required.includes(field) && part.default === undefined) minSize += field.length + type.minSize + 4;
  }
  return objectType(name, field => fields.get(field) ?? (KEYWORDS.has(field) ? fields.get(`__${field}__`) : undefined), minSize);
}

/** Words of the language: as names of fields they stand between underscores. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const SIGNS: Readonly<Record<string, string>> = {__: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__'};

/** The name of a field as expressions write it; undefined: they cannot. */
export function escapeName(field: string): string | undefined {
  if (KEYWORDS.has(field)) return `__${field}__`;
  return /^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(field) ? field.replace(/__|[./-]/g, sign => SIGNS[sign]!) : undefined;
}
