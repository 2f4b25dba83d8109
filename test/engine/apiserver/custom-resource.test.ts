import {beforeAll, describe, expect, it} from 'vitest';
import {RULES_NOT_CHECKED} from '../../../src/engine/apiserver/validation/custom-resource.ts';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({seed: 1, nodes: 0});
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';
const send = (method: string, path: string, body?: object, contentType?: string): any =>
  cluster.request({method, path, body, ...(contentType && {headers: {'content-type': contentType}})});
const create = (name: string, spec: object): any =>
  send('POST', WIDGETS, {apiVersion: 'example.com/v1', kind: 'Widget', metadata: {name}, spec});

/** Makes a kind of example.com whose objects have such a spec. */
const define = (plural: string, kind: string, spec: object): any => {
  const schema = {openAPIV3Schema: {type: 'object', properties: {spec}}};
  const answer = send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {name: `${plural}.example.com`},
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: {plural, singular: kind.toLowerCase(), kind},
      versions: [{name: 'v1', served: true, storage: true, schema}],
    },
  });
  cluster.settle();
  return answer;
};

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
  expect(define('widgets', 'Widget', spec)).toMatchObject({code: 201});
});

describe('a custom resource', () => {
  it('gets the defaults of its definition, and loses what that does not know', () => {
    expect(create('a', {size: 3, unknown: true}).body.spec).toEqual({size: 3, color: 'red'});
  });
  it.each([
    [{}, `[spec.size: Required value, <nil>: Invalid value: null: ${RULES_NOT_CHECKED}]`],
    [{size: 0}, 'spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1'],
    [
      {size: 'x'},
      `[spec.size: Invalid value: "string": spec.size in body must be of type integer: "string", <nil>: Invalid value: null: ${RULES_NOT_CHECKED}]`,
    ],
    [
      {size: 1, color: 'green'},
      `[spec.color: Unsupported value: "green": supported values: "red", "blue", <nil>: Invalid value: null: ${RULES_NOT_CHECKED}]`,
    ],
    [{size: 12}, 'spec: Invalid value: too large'],
  ])('%j is refused: %s', (spec, why) => {
    expect(create('b', spec)).toMatchObject({code: 422, body: {message: `Widget.example.com "b" is invalid: ${why}`}});
  });
  it('is held to rules about what it was', () => {
    create('c', {size: 5});
    const resize = (size: number) => send('PATCH', `${WIDGETS}/c`, {spec: {size}}, 'application/merge-patch+json');
    expect(resize(6).code).toBe(200);
    expect(resize(2).body.message).toBe('Widget.example.com "c" is invalid: spec: Invalid value: may not shrink');
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
          maxItems: 1000,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            required: ['name'],
            properties: {name: {type: 'string'}, count: {type: 'integer'}},
            'x-kubernetes-validations': [
              {
                rule: '!has(oldSelf.count) || self.count >= oldSelf.count',
                messageExpression: '"no fewer than %d".format([oldSelf.count])',
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

describe('what was let in before its definition became stricter', () => {
  const BOATS = '/apis/example.com/v1/namespaces/default/boats';
  const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const loose = {
    name: {type: 'string'},
    crew: {type: 'integer'},
    flags: {type: 'array', 'x-kubernetes-list-type': 'set', items: {type: 'string'}},
    masts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['id'],
      items: {type: 'object', required: ['id'], properties: {id: {type: 'integer'}}},
    },
  };
  const strict = {
    ...loose,
    name: {type: 'string', 'x-kubernetes-validations': [{rule: 'self == self.lowerAscii()', message: 'in lower case'}]},
    crew: {type: 'integer', minimum: 1},
  };
  const version = (properties: object) => ({
    name: 'v1',
    served: true,
    storage: true,
    schema: {openAPIV3Schema: {type: 'object', properties: {spec: {type: 'object', properties}}}},
  });
  const patch = (path: string, body: object): any => send('PATCH', path, body, 'application/merge-patch+json');

  beforeAll(() => {
    const names = {plural: 'boats', singular: 'boat', kind: 'Boat'};
    send('POST', DEFINITIONS, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {name: 'boats.example.com'},
      spec: {group: 'example.com', scope: 'Namespaced', names, versions: [version(loose)]},
    });
    cluster.settle();
    send('POST', BOATS, {apiVersion: 'example.com/v1', kind: 'Boat', metadata: {name: 'a'}, spec: {name: 'LOUD', crew: 0}});
    expect(patch(`${DEFINITIONS}/boats.example.com`, {spec: {versions: [version(strict)]}}).code).toBe(200);
    cluster.settle();
  });

  it('may stay while something else changes: a broken rule is a warning then', () => {
    const {code, headers} = patch(`${BOATS}/a`, {spec: {flags: ['red']}});
    expect(code).toBe(200);
    expect(JSON.stringify(headers)).toMatch(/spec\.name: Invalid value: .*LOUD.*: in lower case/);
  });
  it('is refused as soon as it changes itself', () => {
    expect(patch(`${BOATS}/a`, {spec: {name: 'LOUDER', crew: -1}}).body.message).toBe(
      'Boat.example.com "a" is invalid: [spec.crew: Invalid value: -1: spec.crew in body should be greater than or equal to 1, spec.name: Invalid value: "LOUDER": in lower case]',
    );
  });
  it('members of sets and maps are there once', () => {
    expect(patch(`${BOATS}/a`, {spec: {flags: ['red', 'blue', 'red', 'red'], masts: [{id: 1}, {id: 1}]}}).body.message).toBe(
      'Boat.example.com "a" is invalid: [spec.flags[2]: Duplicate value: "red", spec.masts[1]: Duplicate value: {"id":1}]',
    );
  });
});

describe('rules know the schema', () => {
  it('times, numbers and names of fields are what it says', () => {
    const spec = {
      type: 'object',
      properties: {
        from: {type: 'string', format: 'date-time'},
        until: {type: 'string', format: 'date-time'},
        share: {type: 'number'},
        'image-pull': {type: 'string', maxLength: 100},
        memory: {type: 'string', maxLength: 20},
      },
      'x-kubernetes-validations': [
        {
          rule: 'self.until - self.from <= duration("24h")',
          messageExpression: '"no longer than a day, from %d to %d".format([self.from.getHours(), self.until.getHours()])',
        },
        {rule: 'self.share / 2.0 < 0.75', message: 'too much'},
        {rule: 'self.image__dash__pull != "never"', message: 'never say never'},
        {rule: 'quantity(self.memory).isLessThan(quantity("1Gi"))', message: 'too large'},
        {rule: 'self.memory == oldSelf.?memory.orValue(self.memory)', optionalOldSelf: true, message: 'stays as it is'},
      ],
    };
    expect(define('shifts', 'Shift', spec)).toMatchObject({code: 201});
    const good = {from: '2026-01-01T08:00:00Z', until: '2026-01-01T16:00:00Z', share: 1, 'image-pull': 'always', memory: '512Mi'};
    const why = (name: string, change: object): string =>
      send('POST', '/apis/example.com/v1/namespaces/default/shifts', {
        apiVersion: 'example.com/v1',
        kind: 'Shift',
        metadata: {name},
        spec: {...good, ...change},
      }).body.message;
    expect(why('a', {})).toBeUndefined();
    expect(why('b', {until: '2026-01-03T07:00:00Z'})).toContain('Invalid value: no longer than a day, from 8 to 7');
    expect(why('b', {share: 1.5})).toContain('too much');
    expect(why('b', {'image-pull': 'never'})).toContain('never say never');
    expect(why('b', {memory: '2Gi'})).toContain('too large');
    const path = '/apis/example.com/v1/namespaces/default/shifts/a';
    expect(send('PATCH', path, {spec: {memory: '1Mi'}}, 'application/merge-patch+json').body.message).toContain('stays as it is');
  });
});

describe('rules have a budget', () => {
  const compares = 'self.numbers.all(x, self.numbers.all(y, x + y > 0))';
  const rules = (count: number) => Array.from({length: count}, (_, i) => ({rule: compares, message: `positive ${i}`}));
  const spec = (count: number) => ({
    type: 'object',
    properties: {numbers: {type: 'array', maxItems: 1000, items: {type: 'integer'}}},
    'x-kubernetes-validations': rules(count),
  });
  const why = (plural: string, kind: string, length: number): string =>
    send('POST', `/apis/example.com/v1/namespaces/default/${plural}`, {
      apiVersion: 'example.com/v1',
      kind,
      metadata: {name: 'a'},
      spec: {numbers: Array.from({length}, (_, i) => i + 1)},
    }).body.message;

  it('of which one may take a tenth', () => {
    expect(define('sums', 'Sum', spec(1))).toMatchObject({code: 201});
    expect(why('sums', 'Sum', 500)).toBe(
      `Sum.example.com "a" is invalid: spec: Invalid value: "object": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: positive 0`,
    );
    expect(why('sums', 'Sum', 300)).toBeUndefined();
  });
  it('that is for all of them', () => {
    expect(define('totals', 'Total', spec(12))).toMatchObject({code: 201});
    expect(why('totals', 'Total', 350)).toBe(
      'Total.example.com "a" is invalid: spec: Invalid value: "object": validation failed due to running out of cost budget, no further validation rules will be run',
    );
    expect(why('totals', 'Total', 100)).toBeUndefined();
  });
});
