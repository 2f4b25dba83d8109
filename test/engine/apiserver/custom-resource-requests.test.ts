/** Requests about custom resources: bodies, versions, selectors, scales and apply patches. */
import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const GROUP = 'example.com';
const spec = {
  type: 'object',
  properties: {
    size: {type: 'integer'},
    color: {type: 'string'},
    tags: {type: 'array', items: {type: 'string'}, 'x-kubernetes-list-type': 'set'},
    doors: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {type: 'object', required: ['name'], properties: {name: {type: 'string'}, width: {type: 'integer'}}},
    },
    notes: {type: 'object', 'x-kubernetes-preserve-unknown-fields': true},
  },
};
const status = {type: 'object', properties: {size: {type: 'integer'}, selector: {type: 'string'}}};
const version = (name: string) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: {openAPIV3Schema: {type: 'object', properties: {spec, status}}},
  selectableFields: [{jsonPath: '.spec.color'}],
  subresources: {
    status: {},
    scale: {specReplicasPath: '.spec.size', statusReplicasPath: '.status.size', labelSelectorPath: '.status.selector'},
  },
});

const cluster = clusterOf({nodes: 0});
const ask = (method: string, path: string, body?: unknown, type = 'application/json', query: Record<string, string> = {}) => {
  const {
    code,
    headers,
    body: answer,
  } = cluster.request({method, path, query, headers: {'content-type': type}, ...(body !== undefined && {body})});
  return {code, warnings: headers['warning'], body: answer as any};
};
ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {name: `houses.${GROUP}`},
  spec: {group: GROUP, scope: 'Cluster', names: {plural: 'houses', kind: 'House'}, versions: [version('v1'), version('v2')]},
});
cluster.advance(3000);

const HOUSES = `/apis/${GROUP}/v1/houses`;
const house = (name: string, content: object, more: object = {}) => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'House',
  metadata: {name},
  spec: content,
  ...more,
});

describe('a body', () => {
  it('with fields that nobody knows is warned of, or refused', () => {
    const odd = {...house('odd', {color: 'red', colour: 'red', doors: [{name: 'a', height: 2}]}), extra: 1};
    expect(ask('POST', HOUSES, odd).warnings).toEqual(
      ['extra', 'spec.colour', 'spec.doors[0].height'].map(field => `299 - "unknown field \\"${field}\\""`),
    );
    expect(ask('POST', HOUSES, odd, undefined, {fieldValidation: 'Ignore'}).warnings).toBeUndefined();
    expect(ask('POST', HOUSES, house('odd', {colour: 'red'}), undefined, {fieldValidation: 'Strict'}).body.message).toBe(
      'House in version "v1" cannot be handled as a House: strict decoding error: unknown field "spec.colour"',
    );
  });

  it('with a key twice is warned of', () => {
    const text = `{"apiVersion": "${GROUP}/v1", "kind": "House", "metadata": {"name": "twice"}, "spec": {"size": 1, "size": 2}}`;
    expect(ask('POST', HOUSES, text).warnings).toEqual(['299 - "duplicate field \\"spec.size\\""']);
  });

  it('is of the version and kind of its path', () => {
    const message = (more: object): string => ask('POST', HOUSES, house('x', {}, more)).body.message;
    expect(message({apiVersion: `${GROUP}/v2`})).toBe(
      `the API version in the data (${GROUP}/v2) does not match the expected API version (${GROUP}/v1)`,
    );
    expect(message({kind: 'Hut'})).toBe(`House.${GROUP} "x" is invalid: kind: Invalid value: "Hut": must be House`);
    expect(message({kind: ''})).toMatch(/^the object provided is unrecognized \(must be of type House\): Object 'Kind' is missing in '/);
  });
});

it('every version shows, and takes, the one object', () => {
  const V2 = `/apis/${GROUP}/v2/houses`;
  expect(ask('POST', V2, house('both', {size: 1}, {apiVersion: `${GROUP}/v2`})).body.apiVersion).toBe(`${GROUP}/v2`);
  expect(ask('GET', `${HOUSES}/both`).body.apiVersion).toBe(`${GROUP}/v1`);
  expect(ask('PATCH', `${V2}/both`, {spec: {size: 2}}, 'application/merge-patch+json').body).toMatchObject({
    apiVersion: `${GROUP}/v2`,
    spec: {size: 2},
  });
  expect(ask('PATCH', `${HOUSES}/both`, {spec: {size: 3}}, 'application/merge-patch+json').body.spec.size).toBe(3);
});

it('an update names the version that it is based on', () => {
  ask('POST', HOUSES, house('based', {size: 1}));
  const {resourceVersion} = ask('GET', `${HOUSES}/based`).body.metadata;
  expect(ask('PUT', `${HOUSES}/based`, house('based', {size: 2})).body.message).toBe(
    `houses.${GROUP} "based" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`,
  );
  expect(ask('PUT', `${HOUSES}/based`, {...house('based', {size: 2}), metadata: {name: 'based', resourceVersion}}).code).toBe(200);
});

it('is selected by the fields that its definition names', () => {
  ask('POST', HOUSES, house('red', {color: 'red'}));
  ask('POST', HOUSES, house('blue', {color: 'blue'}));
  const by = (fieldSelector: string) => ask('GET', HOUSES, undefined, undefined, {fieldSelector}).body;
  expect(by('spec.color=blue').items.map((item: any) => item.metadata.name)).toEqual(['blue']);
  expect(by('spec.size=1').message).toBe('field label not supported: spec.size');
});

it('is scaled where its definition says', () => {
  ask('POST', HOUSES, house('scaled', {size: 2}));
  ask('PATCH', `${HOUSES}/scaled/status`, {status: {size: 1, selector: 'a=b'}}, 'application/merge-patch+json');
  expect(ask('GET', `${HOUSES}/scaled/scale`).body).toMatchObject({spec: {replicas: 2}, status: {replicas: 1, selector: 'a=b'}});
  ask('PATCH', `${HOUSES}/scaled/scale`, {spec: {replicas: 5}}, 'application/merge-patch+json');
  expect(ask('GET', `${HOUSES}/scaled`).body.spec).toEqual({size: 5});
});

describe('an apply patch', () => {
  const apply = (fieldManager: string, content: object, force = false) =>
    ask('PATCH', `${HOUSES}/applied`, house('applied', content), 'application/apply-patch+yaml', {fieldManager, force: String(force)});

  it('merges lists by their keys, and maps by their fields', () => {
    expect(apply('a', {tags: ['x'], doors: [{name: 'front', width: 1}], notes: {by: 'a'}}).code).toBe(201);
    const {body} = apply('b', {tags: ['y'], doors: [{name: 'back', width: 2}], notes: {of: 'b'}});
    expect(body.spec).toEqual({
      tags: ['x', 'y'],
      doors: [
        {name: 'front', width: 1},
        {name: 'back', width: 2},
      ],
      notes: {by: 'a', of: 'b'},
    });
    expect(apply('b', {tags: []}).body.spec).toEqual({tags: ['x'], doors: [{name: 'front', width: 1}], notes: {by: 'a'}});
  });

  it('conflicts where another owns the field', () => {
    expect(apply('b', {doors: [{name: 'front', width: 3}]}).body.message).toBe(
      'Apply failed with 1 conflict: conflict with "a": .spec.doors[name="front"].width',
    );
    expect(apply('b', {doors: [{name: 'front', width: 3}]}, true).code).toBe(200);
  });

  it('has no field that the schema has not', () => {
    expect(apply('a', {walls: 4}).body.message).toBe(
      `failed to create typed patch object (/applied; ${GROUP}/v1, Kind=House): .spec.walls: field not declared in schema`,
    );
  });
});

it('is published with what every object has', () => {
  const {body} = ask('GET', `/openapi/v3/apis/${GROUP}/v1`);
  const {properties} = body.components.schemas['com.example.v1.House'];
  expect(Object.keys(properties)).toEqual(['apiVersion', 'kind', 'metadata', 'spec', 'status']);
  const {content} = body.paths[`${HOUSES}/{name}`].patch.requestBody;
  expect(Object.keys(content)).toEqual(['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json']);
  expect(properties.metadata.allOf).toEqual([{$ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'}]);
});

it('fields that are not kept are nobody’s', () => {
  const owned = house('owned', {size: 1, sise: 2}, {metadata: {name: 'owned', labels: {a: 'b'}}});
  const {body} = ask('POST', HOUSES, owned, undefined, {fieldManager: 'm', fieldValidation: 'Ignore'});
  expect(body.metadata.managedFields[0].fieldsV1).toEqual({
    'f:metadata': {'f:labels': {'.': {}, 'f:a': {}}},
    'f:spec': {'.': {}, 'f:size': {}},
  });
});

it('a review of rules is about a namespace', () => {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const review = {apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: {}};
  expect(ask('POST', path, review).body.message).toBe('no namespace on request');
  expect(ask('POST', path, {...review, spec: {namespace: 'default'}}).code).toBe(201);
});
