/** The schema in a definition of custom resources: what is kept of it, and what is said of the rest. */
import {expect, it} from 'vitest';
import {parse} from 'yaml';
import {byKind} from '../../../../src/engine/api/kinds.ts';
import {decode} from '../../../../src/engine/apiserver/decoding/decode.ts';

const kind = byKind('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition')!;
const read = (schema: string): any => {
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    spec: {versions: [{name: 'v1', schema: {openAPIV3Schema: parse(schema)}}]},
  };
  const {object, warnings} = decode(body, kind, {validation: 'Warn'});
  return {schema: (object as any).spec.versions[0].schema.openAPIV3Schema, warnings};
};

it('keeps what a schema has, zeros where they say something', () => {
  const schema =
    '{type: object, nullable: false, properties: {a: {type: integer, minimum: 0, default: 0}, b: {type: array, items: {}}, c: {type: object, additionalProperties: false}}}';
  expect(read(schema)).toEqual({
    schema: {
      type: 'object',
      properties: {
        a: {type: 'integer', minimum: 0, default: 0},
        b: {type: 'array', items: {}},
        c: {type: 'object', additionalProperties: false},
      },
    },
    warnings: [],
  });
});

it('drops what it has not, and says so only above items', () => {
  expect(read('{type: object, properties: {a: {type: array, minItem: 1, items: {type: string, maxLen: 3}}}}')).toEqual({
    schema: {type: 'object', properties: {a: {type: 'array', items: {type: 'string'}}}},
    warnings: ['unknown field "spec.versions[0].schema.openAPIV3Schema.properties.a.minItem"'],
  });
});

it.each([
  [
    '{type: [object]}',
    'json: cannot unmarshal array into Go struct field JSONSchemaProps.spec.versions.schema.openAPIV3Schema.type of type string',
  ],
  ['{properties: {a: {items: {type: 5}}}}', 'json: cannot unmarshal number into Go struct field JSONSchemaProps.type of type string'],
  ['{additionalProperties: x}', 'boolean or JSON schema expected'],
  ['{dependencies: {a: [1]}}', 'json: cannot unmarshal number into Go value of type string'],
])('%s cannot be read', (schema, why) => expect(() => read(schema)).toThrow(why));
