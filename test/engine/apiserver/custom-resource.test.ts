import {beforeAll, describe, expect, it} from 'vitest';
import {RULES_NOT_CHECKED} from '../../../src/engine/apiserver/validation/custom-resource.ts';
import {createCluster} from '../../../src/engine/index.ts';

const cluster = createCluster({seed: 1, nodes: 0});
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';
const send = (method: string, path: string, body?: object, contentType?: string): any =>
  cluster.request({method, path, body, ...(contentType && {headers: {'content-type': contentType}})});
const create = (name: string, spec: object): any =>
  send('POST', WIDGETS, {apiVersion: 'example.com/v1', kind: 'Widget', metadata: {name}, spec});

beforeAll(() => {
  const size = {type: 'integer', minimum: 1};
  const spec = {
    type: 'object',
    required: ['size'],
    properties: {size, color: {type: 'string', default: 'red', enum: ['red', 'blue']}},
    'x-kubernetes-validations': [
      {rule: 'self.size < 10', message: 'too large'},
      {rule: 'self.size >= oldSelf.size', message: 'may not shrink'},
    ],
  };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {name: 'widgets.example.com'},
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: {plural: 'widgets', singular: 'widget', kind: 'Widget'},
      versions: [{name: 'v1', served: true, storage: true, schema: {openAPIV3Schema: {type: 'object', properties: {spec}}}}],
    },
  };
  expect(send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition).code).toBe(201);
  cluster.settle();
});

describe('a custom resource', () => {
  it('gets the defaults of its definition, and loses what that does not know', () => {
    expect(create('a', {size: 3, unknown: true}).body.spec).toEqual({size: 3, color: 'red'});
  });
  it.each([
    [{}, `[spec.size: Required value, <nil>: Invalid value: null: ${RULES_NOT_CHECKED}]`],
    [
      {size: 0},
      `[spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1, <nil>: Invalid value: null: ${RULES_NOT_CHECKED}]`,
    ],
    [
      {size: 'x'},
      `[spec.size: Invalid value: "string": spec.size in body must be of type integer: "string", <nil>: Invalid value: null: ${RULES_NOT_CHECKED}]`,
    ],
    [
      {size: 1, color: 'green'},
      `[spec.color: Unsupported value: "green": supported values: "red", "blue", <nil>: Invalid value: null: ${RULES_NOT_CHECKED}]`,
    ],
    [{size: 12}, 'spec: Invalid value: "object": too large'],
  ])('%j is refused: %s', (spec, why) => {
    expect(create('b', spec)).toMatchObject({code: 422, body: {message: `Widget.example.com "b" is invalid: ${why}`}});
  });
  it('is held to rules about what it was', () => {
    create('c', {size: 5});
    const resize = (size: number) => send('PATCH', `${WIDGETS}/c`, {spec: {size}}, 'application/merge-patch+json');
    expect(resize(6).code).toBe(200);
    expect(resize(2).body.message).toBe('Widget.example.com "c" is invalid: spec: Invalid value: "object": may not shrink');
  });
});

describe('a schema with branches and nulls', () => {
  const GADGETS = '/apis/example.com/v1/namespaces/default/gadgets';
  beforeAll(() => {
    const spec = {
      type: 'object',
      properties: {
        colour: {type: 'string', default: 'red'},
        note: {type: 'string', nullable: true},
        size: {type: 'integer', multipleOf: 5},
        since: {type: 'string', format: 'date-time'},
        port: {'x-kubernetes-int-or-string': true},
        labels: {type: 'object', maxProperties: 1, additionalProperties: {type: 'string'}},
        parts: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            required: ['name'],
            properties: {name: {type: 'string'}, count: {type: 'integer'}},
            'x-kubernetes-validations': [
              {
                rule: '!has(oldSelf.count) || self.count >= oldSelf.count',
                messageExpression: '"no fewer than " + string(oldSelf.count)',
                reason: 'FieldValueForbidden',
                fieldPath: '.count',
              },
            ],
          },
        },
      },
      oneOf: [{required: ['size']}, {required: ['port']}],
    };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {name: 'gadgets.example.com'},
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: {plural: 'gadgets', singular: 'gadget', kind: 'Gadget'},
        versions: [{name: 'v1', served: true, storage: true, schema: {openAPIV3Schema: {type: 'object', properties: {spec}}}}],
      },
    };
    expect(send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition).code).toBe(201);
    cluster.settle();
  });
  const post = (name: string, spec: object): any =>
    send('POST', GADGETS, {apiVersion: 'example.com/v1', kind: 'Gadget', metadata: {name}, spec}).body;

  it('a null gives way to the default, or to nothing, where it may not be', () => {
    expect(post('a', {size: 5, colour: null, note: null, since: null, constructor: 1}).spec).toEqual({size: 5, colour: 'red', note: null});
  });
  it.each([
    [{}, ['<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid', 'spec.size: Required value']],
    [{size: 5, port: 1}, ['<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives']],
    [{size: 7}, ['spec.size: Invalid value: 7: spec.size in body should be a multiple of 5']],
    [{port: 'http', since: 'today'}, ['spec.since: Invalid value: "today": spec.since in body must be of type date-time: "today"']],
    [{port: 1, labels: {a: 'x', b: 'y'}}, ['spec.labels: Too many: 2: must have at most 1 item']],
  ])('%j is refused: %s', (spec, why) => {
    const {causes} = post('b', spec).details;
    const told: string[] = causes.map(({field, message}: Record<string, string>) => `${field}: ${message}`);
    expect(told.filter(text => !text.includes(RULES_NOT_CHECKED))).toEqual(why);
  });
  it('items are known again by their keys', () => {
    post('c', {
      port: 1,
      parts: [
        {name: 'x', count: 3},
        {name: 'y', count: 5},
      ],
    });
    const parts = [
      {name: 'y', count: 6},
      {name: 'x', count: 2},
    ];
    expect(send('PATCH', `${GADGETS}/c`, {spec: {parts}}, 'application/merge-patch+json').body.message).toBe(
      'Gadget.example.com "c" is invalid: spec.parts[1].count: Forbidden: no fewer than 3',
    );
  });
});
