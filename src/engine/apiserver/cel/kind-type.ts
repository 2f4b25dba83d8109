/** The type that objects of a kind have in expressions. upstream: apiserver/pkg/cel/openapi/resolver, pkg/cel/common/schemas.go SchemaDeclType */
import type {Kind} from '../../api/kinds.ts';
import {type Definition, definitionOf, definitionOfKind, type FieldType, type Scalar} from '../decoding/schema.ts';
import {definitionBehind} from '../resources.ts';
import {escapeName, KEYWORDS, typeOfSchema} from './schema-type.ts';
import {BOOL, BYTES, type CelType, DOUBLE, DYN, INT, listOf, mapOf, objectType, STRING, TIMESTAMP} from './types.ts';

const SCALARS: Readonly<Record<Exclude<Scalar, 'raw'>, CelType>> = {
  string: STRING,
  bool: BOOL,
  int32: INT,
  int64: INT,
  float64: DOUBLE,
  bytes: BYTES,
  time: TIMESTAMP,
  microTime: TIMESTAMP,
  // A number or a text.
  quantity: DYN,
  intOrString: DYN,
};

/** undefined: nothing is known of such objects. */
export function typeOfKind(kind: Kind, version: string): CelType | undefined {
  const definition = definitionOfKind(kind, version);
  if (definition) return typeOfDefinition(definition, kind.kind);
  const custom = definitionBehind(kind)?.spec.versions.find(({name}) => name === version)?.schema?.openAPIV3Schema;
  const type = custom && typeOfSchema(custom, true, kind.kind);
  if (!type) return undefined;
  const metadata = typeOfDefinition(definitionOf('meta/v1.ObjectMeta')!, `${kind.kind}.metadata`);
  return objectType(type.name, field => (field === 'metadata' ? metadata : type.field!(field)));
}

/** Fields are looked at when they are asked for: some structures hold themselves. */
function typeOfDefinition({fields}: Definition, name: string): CelType {
  const escaped = new Map([...fields.keys()].map(field => [escapeName(field), field]));
  return objectType(name, written => {
    const field = fields.get(escaped.get(written) ?? (KEYWORDS.has(written) ? written : ''));
    return field && typeOfField(field.type, `${name}.${written}`);
  });
}

function typeOfField(type: FieldType, name: string): CelType | undefined {
  switch (type.is) {
    case 'struct':
      return typeOfDefinition(type.definition, name);
    case 'list': {
      const item = typeOfField(type.of, `${name}.@idx`);
      return item && listOf(item);
    }
    case 'map': {
      const value = typeOfField(type.of, `${name}.@elem`);
      return value && mapOf(STRING, value);
    }
    case 'raw':
      return type.go === 'runtime.RawExtension' ? objectType(name, () => undefined) : undefined;
    default:
      return SCALARS[type.is];
  }
}
