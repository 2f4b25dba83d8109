/** A definition in, the causes of its refusal out. */
import {describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {byKind} from '../../../../src/engine/api/kinds.ts';
import type {KubeObject} from '../../../../src/engine/api/types.ts';
import {decode} from '../../../../src/engine/apiserver/decoding/decode.ts';
import {setDefaults} from '../../../../src/engine/apiserver/defaulting/defaults.ts';
import type {Fields} from '../../../../src/engine/apiserver/validation/fields.ts';
import {strategyFor} from '../../../../src/engine/apiserver/validation/strategies.ts';

const HINT = '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
const kind = byKind('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition')!;

function read(spec: Fields, annotations = {}): KubeObject {
  const given = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {name: `ships.${spec['group'] ?? 'sea.example'}`, annotations},
    spec: {group: 'sea.example', scope: 'Namespaced', names: {plural: 'ships', kind: 'Ship'}, ...spec},
  };
  const {object} = decode(given, kind, {validation: 'Strict'});
  setDefaults(object);
  return object;
}

function refusalOf(spec: Fields, annotations = {}): string[] {
  const object = read(spec, annotations);
  const strategy = strategyFor(kind);
  strategy.prepareForCreate(object);
  return strategy.validateCreate(object).map(({field, body}) => `${field}: ${body}`);
}

function refusalOfChange(from: Fields, to: Fields): string[] {
  const [before, after] = [read(from), read(to)];
  const strategy = strategyFor(kind);
  strategy.prepareForCreate(before);
  for (const object of [before, after]) Object.assign(object.metadata, {resourceVersion: '1', uid: 'f00'});
  strategy.prepareForUpdate(after, before, '');
  return strategy.validateUpdate(after, before, '').map(({field, body}) => `${field}: ${body}`);
}

const version = (schema: unknown, more: Fields = {}, name = 'v1') => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: {openAPIV3Schema: schema},
  ...more,
});
const refusal = (schema: unknown, more: Fields = {}): string[] => refusalOf({versions: [version(schema, more)]});
/** Of an object with one property of the given schema, below that property. */
const ofField = (schema: string): string[] => {
  const at = 'spec.validation.openAPIV3Schema.properties[a]';
  return refusal(parse(`{type: object, properties: {a: ${schema}}}`)).map(text => text.replaceAll(at, ''));
};

describe('a schema is structural', () => {
  it.each([
    ['{}', ['.type: Required value: must not be empty for specified object fields']],
    ['{type: array}', ['.items: Required value: must be specified']],
    ['{type: array, items: {}}', ['.items.type: Required value: must not be empty for specified array items']],
    ['{type: text}', ['.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"']],
    ['{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}', []],
    [
      '{type: object, properties: {b: {type: string}}, anyOf: [{required: [b]}, {type: object, properties: {c: {description: x}}}]}',
      [
        '.anyOf[1].properties[c].description: Forbidden: must be empty to be structural',
        '.anyOf[1].type: Forbidden: must be empty to be structural',
      ],
    ],
    [
      '{type: string, pattern: "a("}',
      ['.pattern: Invalid value: "a(": must be a valid regular expression, but isn\'t: error parsing regexp: missing closing ): `a(`'],
    ],
    ['{type: string, pattern: "^(?!a)"}', [expect.stringContaining('invalid or unsupported Perl syntax: `(?!`')]],
    ['{type: string, pattern: "(?i)^[a-z]+$"}', []],
    [
      '{type: object, additionalProperties: {type: string}, properties: {b: {type: string}}}',
      ['.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive'],
    ],
    ['{type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}', []],
    [
      '{type: object, x-kubernetes-embedded-resource: true}',
      [
        '.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ],
    ],
  ])('%s', (schema, expected) => expect(ofField(schema)).toEqual(expected));

  it('what branches speak of is there outside of them', () => {
    expect(refusal(parse('{type: object, anyOf: [{properties: {b: {minimum: 1}}}]}'))).toEqual([
      'spec.validation.openAPIV3Schema.properties[b]: Required value: because it is defined in spec.validation.openAPIV3Schema.anyOf[0].properties[b]',
    ]);
  });

  it('the root adds nothing to metadata but rules for the name', () => {
    const metadata = (schema: string) => refusal(parse(`{type: object, properties: {metadata: ${schema}}}`));
    expect(metadata('{type: object, properties: {name: {type: string, maxLength: 8}}}')).toEqual([]);
    expect(metadata('{type: object, properties: {labels: {type: object}}}')).toEqual([
      'spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
    ]);
  });

  it('with a status of its own, the root says little', () => {
    expect(refusal(parse('{type: object, oneOf: [{required: [a]}]}'), {subresources: {status: {}}})).toEqual([
      expect.stringContaining('fields are allowed at the root of the schema if the status subresource is enabled'),
    ]);
  });
});

describe('defaults, lists and rules', () => {
  it.each([
    ['{type: integer, default: x}', [expect.stringContaining('must be of type integer: "string"')]],
    ['{type: integer, default: 3}', []],
    ['{type: object, default: {b: 1}}', ['.default: Invalid value: {"b":1}: must not have unknown fields']],
    [
      '{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, properties: {k: {type: string}}}}',
      [
        '.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      ],
    ],
    [
      '{type: array, x-kubernetes-list-type: map, items: {type: string}}',
      [
        '.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map',
        '.items.type: Invalid value: "string": must be object if parent array\'s x-kubernetes-list-type is map',
      ],
    ],
    [
      '{type: array, x-kubernetes-list-type: bag, items: {type: string}}',
      ['.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"'],
    ],
    [
      '{type: string, x-kubernetes-map-type: atomic}',
      ['.type: Invalid value: "string": must be object if x-kubernetes-map-type is specified'],
    ],
    [
      '{type: string, x-kubernetes-validations: [{rule: " "}]}',
      ['.x-kubernetes-validations[0].rule: Required value: rule is not specified'],
    ],
    [
      '{type: string, x-kubernetes-validations: [{rule: "self ==", reason: Why}]}',
      [
        '.x-kubernetes-validations[0].reason: Unsupported value: "Why": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
      ],
    ],
    [
      '{type: string, x-kubernetes-validations: [{rule: "self =="}]}',
      [
        expect.stringContaining(
          `compilation failed: ERROR: <input>:1:8: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | self ==\n | .......^`,
        ),
      ],
    ],
    [
      '{type: integer, x-kubernetes-validations: [{rule: self.size > 1}]}',
      [
        expect.stringContaining(
          "compilation failed: ERROR: <input>:1:5: type 'int' does not support field selection\n | self.size > 1\n | ....^",
        ),
      ],
    ],
    [
      '{type: object, properties: {b: {type: string}}, x-kubernetes-validations: [{rule: self.c == "x" || self.b > 1}]}',
      [
        expect.stringContaining(
          `compilation failed: ERROR: <input>:1:5: undefined field 'c'\n | self.c == "x" || self.b > 1\n | ....^\nERROR: <input>:1:25: found no matching overload for '_>_' applied to '(string, int)'\n | self.c == "x" || self.b > 1\n | ........................^`,
        ),
      ],
    ],
    [
      '{x-kubernetes-int-or-string: true, x-kubernetes-validations: [{rule: self}]}',
      [expect.stringContaining('cel expression must evaluate to a bool')],
    ],
    // As in https://github.com/kubernetes/kubernetes/issues/124234
    [
      `{type: object, properties: {attempts: {type: integer}}, x-kubernetes-validations: [{rule: self.attempts >= 0, messageExpression: "'invalid attempts: ' + string(self.attempts)"}]}`,
      [
        `.x-kubernetes-validations[0].messageExpression: Forbidden: estimated messageExpression cost exceeds budget by factor of more than 100x ${HINT}`,
        '.x-kubernetes-validations[0].messageExpression: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
        `spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${HINT}`,
      ],
    ],
    ['{type: array, items: {type: string, x-kubernetes-validations: [{rule: self.startsWith("x")}]}}', []],
    [
      '{type: array, maxItems: 100, items: {type: string, x-kubernetes-validations: [{rule: self.contains("xyz")}]}}',
      [`.items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 3.1x ${HINT}`],
    ],
    [
      '{type: array, items: {type: string, maxLength: 9, x-kubernetes-validations: [{rule: self == oldSelf}]}}',
      [
        '.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ',
      ],
    ],
    [
      '{type: object, properties: {b: {type: string}}, x-kubernetes-validations: [{rule: "true", fieldPath: .c}]}',
      ['.x-kubernetes-validations[0].fieldPath: Invalid value: ".c": fieldPath must be a valid path'],
    ],
  ])('%s', (schema, expected) => expect(ofField(schema)).toEqual(expected));
});

describe('versions', () => {
  const schema = parse(
    '{type: object, properties: {spec: {type: object, properties: {size: {type: integer}, sails: {type: object, additionalProperties: {type: string}}}}}}',
  );

  it('lists are narrowed by plain fields, up to eight', () => {
    const selectable = (...paths: string[]) => refusal(schema, {selectableFields: paths.map(jsonPath => ({jsonPath}))});
    expect(selectable('.spec.size', '.spec.sails.main')).toEqual([]);
    expect(selectable('.spec', '.spec.size', '.spec.size', '.spec.mast', 'spec', ".spec['size']", '.spec.')).toEqual([
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      'spec.selectableFields[2].jsonPath: Duplicate value: ".spec.size"',
      'spec.selectableFields[3].jsonPath: Invalid value: ".spec.mast": is an invalid path: does not refer to a valid field',
      'spec.selectableFields[4].jsonPath: Invalid value: "spec": is an invalid path: expected [ or . but got: spec',
      'spec.selectableFields[5].jsonPath: Invalid value: ".spec[\'size\']": is an invalid path: array notation is not allowed',
      'spec.selectableFields[6].jsonPath: Invalid value: ".spec.": is an invalid path: unexpected end of JSON path',
    ]);
    expect(selectable(...Array.from({length: 9}, (_, i) => `.spec.sails.s${i}`))).toEqual([
      'spec.selectableFields: Too many: 9: must have at most 8 items',
    ]);
  });

  it('what they share is found wrong once, what they do not in each', () => {
    const [one, other] = [{type: 'array', items: {type: 'string'}}, {type: 'string'}];
    expect(refusalOf({versions: [version(one), version(one, {}, 'v2')]})).toEqual([
      'spec.validation.openAPIV3Schema.type: Invalid value: "array": must be object at the root',
    ]);
    expect(refusalOf({versions: [version(one), version(other, {}, 'v2')]})).toEqual([
      'spec.versions[0].schema.openAPIV3Schema.type: Invalid value: "array": must be object at the root',
      'spec.versions[1].schema.openAPIV3Schema.type: Invalid value: "string": must be object at the root',
    ]);
  });

  it('a conversion speaks a version that the server does', () => {
    const webhook = (conversionReviewVersions: string[]) => ({
      strategy: 'Webhook',
      webhook: {clientConfig: {url: 'https://a.example'}, conversionReviewVersions},
    });
    expect(refusalOf({versions: [version(schema)], conversion: webhook(['v1'])})).toEqual([]);
    expect(refusalOf({versions: [version(schema)], conversion: webhook(['v7', 'v7'])})).toEqual([
      'spec.conversion.conversionReviewVersions[1]: Invalid value: "v7": duplicate version',
      'spec.conversion.conversionReviewVersions: Invalid value: ["v7","v7"]: must include at least one of v1, v1beta1',
    ]);
  });

  it("the community's groups need its word, but what had none before may go on without", () => {
    const spec = {group: 'sea.k8s.io', versions: [version(schema)]};
    expect(refusalOf(spec)).toEqual([expect.stringContaining('metadata.annotations[api-approved.kubernetes.io]: Required value')]);
    expect(refusalOf(spec, {'api-approved.kubernetes.io': 'unapproved, a trial'})).toEqual([]);
    expect(refusalOfChange(spec, spec)).toEqual([]);
  });

  it('a rule that costs too much may stay where its schema stays', () => {
    const costly = (maxItems: number) =>
      parse(
        `{type: object, properties: {spec: {type: array, maxItems: ${maxItems}, items: {type: string, x-kubernetes-validations: [{rule: self.contains("xyz")}]}}}}`,
      );
    const [v1, v2] = [version(costly(100)), version(schema, {}, 'v2')];
    const why = `Forbidden: estimated rule cost exceeds budget by factor of 3.1x ${HINT}`;
    const at = 'schema.openAPIV3Schema.properties[spec].items.x-kubernetes-validations[0].rule';
    expect(refusalOf({versions: [v1, v2]})).toEqual([`spec.versions[0].${at}: ${why}`]);
    expect(refusalOfChange({versions: [v1]}, {versions: [v1, v2]})).toEqual([]);
    expect(refusalOfChange({versions: [version(costly(99))]}, {versions: [v1, v2]})).toEqual([`spec.versions[0].${at}: ${why}`]);
    expect(refusalOfChange({versions: [version(costly(10_000))]}, {versions: [version(costly(10_000))]})).toEqual([
      `spec.${at.replace('schema', 'validation')}: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
      expect.stringContaining('spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total'),
    ]);
  });
});
