/**
 * The schema in a CustomResourceDefinition. The published models say no more of it than that it is JSON, since it holds itself; here are its fields, in the
 * table's own letters. upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/{types_jsonschema,marshal}.go
 */

export const JSON_SCHEMA = 'apiextensions/v1.JSONSchemaProps';

/** Values of one of two shapes, by Go's name for them: a schema or ... */
export type SchemaOr = 'JSONSchemaPropsOrArray' | 'JSONSchemaPropsOrBool' | 'JSONSchemaPropsOrStringArray';

export const JSON_SCHEMA_TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'apiextensions/v1.CustomResourceValidation': {openAPIV3Schema: JSON_SCHEMA},
  'apiextensions/v1.ExternalDocumentation': {description: 's', url: 's'},
  'apiextensions/v1.ValidationRule': {
    fieldPath: 's',
    message: 's',
    messageExpression: 's',
    optionalOldSelf: 'b',
    reason: 's',
    rule: 's!',
  },
  [JSON_SCHEMA]: {
    $ref: 's',
    $schema: 's',
    additionalItems: 'j(JSONSchemaPropsOrBool)',
    additionalProperties: 'j(JSONSchemaPropsOrBool)',
    allOf: `[${JSON_SCHEMA}`,
    anyOf: `[${JSON_SCHEMA}`,
    default: 'j',
    definitions: `{${JSON_SCHEMA}`,
    dependencies: '{j(JSONSchemaPropsOrStringArray)',
    description: 's',
    enum: '[j',
    example: 'j',
    exclusiveMaximum: 'b',
    exclusiveMinimum: 'b',
    externalDocs: 'apiextensions/v1.ExternalDocumentation',
    format: 's',
    id: 's',
    items: 'j(JSONSchemaPropsOrArray)',
    maximum: 'f',
    maxItems: 'l',
    maxLength: 'l',
    maxProperties: 'l',
    minimum: 'f',
    minItems: 'l',
    minLength: 'l',
    minProperties: 'l',
    multipleOf: 'f',
    not: JSON_SCHEMA,
    nullable: 'b',
    oneOf: `[${JSON_SCHEMA}`,
    pattern: 's',
    patternProperties: `{${JSON_SCHEMA}`,
    properties: `{${JSON_SCHEMA}`,
    required: '[s',
    title: 's',
    type: 's',
    uniqueItems: 'b',
    'x-kubernetes-embedded-resource': 'b',
    'x-kubernetes-int-or-string': 'b',
    'x-kubernetes-list-map-keys': '[s',
    'x-kubernetes-list-type': 's',
    'x-kubernetes-map-type': 's',
    'x-kubernetes-preserve-unknown-fields': 'b',
    'x-kubernetes-validations': '[apiextensions/v1.ValidationRule',
  },
};
