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
