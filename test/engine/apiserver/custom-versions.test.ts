/** A custom resource in two versions that differ: schema, defaults, subresources, columns. */
import {describe, expect, it} from 'vitest';
import type {RequestNote} from '../../../src/engine/apiserver/request.ts';
import {KV} from '../../../src/engine/etcd/etcd.ts';
import {clusterOf} from '../../clusters.ts';

const GROUP = 'example.com';
const COLUMN = {name: 'Cabins', type: 'integer', jsonPath: '.spec.cabins'};
const schemaWith = (properties: object, more: object = {}) => ({
  openAPIV3Schema: {
    type: 'object',
    properties: {spec: {type: 'object', properties, ...more}, status: {type: 'object', properties: {afloat: {type: 'boolean'}}}},
  },
});

const cluster = clusterOf({nodes: 0});
const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const answer = cluster.request({method, path, headers, ...(body !== undefined && {body})});
  return {code: answer.code, warnings: answer.headers['warning'], body: answer.body as any};
};
ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {name: `boats.${GROUP}`},
  spec: {
    group: GROUP,
    scope: 'Cluster',
    names: {plural: 'boats', kind: 'Boat'},
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: schemaWith({sails: {type: 'integer', maximum: 9}, cabins: {type: 'integer'}, flag: {type: 'string', default: 'none'}}),
        additionalPrinterColumns: [COLUMN],
        subresources: {status: {}},
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        schema: schemaWith({sails: {type: 'integer', maximum: 3}, mast: {type: 'string', default: 'oak'}}, {required: ['sails']}),
      },
    ],
  },
});
cluster.advance(3000);

const V1 = `/apis/${GROUP}/v1/boats`;
const OLD = `/apis/${GROUP}/v1beta1/boats`;
const boat = (version: string, name: string, spec: object, more: object = {}) => ({
  apiVersion: `${GROUP}/${version}`,
  kind: 'Boat',
  metadata: {name},
  spec,
  ...more,
});

describe('each version', () => {
  it('has its own fields: what the other does not know is not shown, and what the store does not know is not kept', () => {
    expect(ask('POST', V1, boat('v1', 'one', {sails: 2, cabins: 4})).body.spec).toEqual({sails: 2, cabins: 4, flag: 'none'});
    expect(ask('GET', `${OLD}/one`).body).toMatchObject({apiVersion: `${GROUP}/v1beta1`, spec: {sails: 2}});
    expect(Object.keys(ask('GET', `${OLD}/one`).body.spec)).toEqual(['sails']);
    const made = ask('POST', OLD, boat('v1beta1', 'two', {sails: 1, cabins: 4}));
    expect(made.warnings).toEqual(['299 - "unknown field \\"spec.cabins\\""']);
    expect(ask('GET', `${V1}/two`).body.spec).toEqual({sails: 1, flag: 'none'});
  });

  it('fills in its own defaults as it is written, those of the stored one as it is read', () => {
    const stored = () => cluster.machine.journal.steps.flatMap(step => step.writes).findLast(({table}) => table === KV)!.new as any;
    ask('POST', OLD, boat('v1beta1', 'three', {sails: 1}));
    // The default was filled in, judged, and lost on the way to the store, which knows no masts.
    expect(stored().value).toMatchObject({apiVersion: `${GROUP}/v1`, spec: {sails: 1}});
    expect(stored().value.spec).toEqual({sails: 1});
    expect(ask('GET', `${V1}/three`).body.spec).toEqual({sails: 1, flag: 'none'});
  });

  it('has its own rules', () => {
    expect(ask('POST', V1, boat('v1', 'four', {sails: 5})).code).toBe(201);
    expect(ask('POST', OLD, boat('v1beta1', 'five', {sails: 5})).body.message).toContain(
      'spec.sails in body should be less than or equal to 3',
    );
    expect(ask('POST', OLD, boat('v1beta1', 'six', {})).body.message).toContain('spec.sails: Required value');
  });

  it('has its own subresources and columns', () => {
    const afloat = {status: {afloat: true}};
    const type = {'content-type': 'application/merge-patch+json'};
    ask('POST', V1, boat('v1', 'seven', {sails: 1}, afloat));
    expect(ask('GET', `${V1}/seven`).body.status).toBeUndefined();
    expect(ask('PATCH', `${V1}/seven/status`, afloat, type).code).toBe(200);
    expect(ask('PATCH', `${OLD}/seven/status`, afloat, type).code).toBe(404);
    expect(ask('POST', OLD, boat('v1beta1', 'eight', {sails: 1}, afloat)).body.status).toEqual({afloat: true});
    const names = (version: string) => ask('GET', `/apis/${GROUP}/${version}`).body.resources.map(({name}: {name: string}) => name);
    expect([names('v1'), names('v1beta1')]).toEqual([['boats', 'boats/status'], ['boats']]);
    const columns = (path: string) => {
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
      return ask('GET', path, undefined, {accept}).body.columnDefinitions.map(({name}: {name: string}) => name);
    };
    expect([columns(V1), columns(OLD)]).toEqual([
      ['Name', 'Cabins'],
      ['Name', 'Age'],
    ]);
  });

  it('is described as it is', () => {
    const described = (version: string) => {
      const {schemas} = ask('GET', `/openapi/v3/apis/${GROUP}/${version}`).body.components;
      return Object.keys(schemas[`com.example.${version}.Boat`].properties.spec.properties);
    };
    expect(described('v1')).toEqual(['sails', 'cabins', 'flag']);
    expect(described('v1beta1')).toEqual(['sails', 'mast']);
  });

  it('lists in itself', () => {
    expect(ask('GET', OLD).body).toMatchObject({apiVersion: `${GROUP}/v1beta1`, kind: 'BoatList'});
  });

  it('takes what it does not know from what it writes; what is stored as it was is not written again', () => {
    const type = {'content-type': 'application/merge-patch+json'};
    expect(ask('PATCH', `${OLD}/one`, {spec: {mast: 'pine'}}, type).code).toBe(200);
    expect(ask('GET', `${V1}/one`).body.spec).toEqual({sails: 2, flag: 'none'});
    const patched = () => ask('PATCH', `${V1}/one`, {spec: {sails: 2}}, type).body.metadata.resourceVersion;
    // The default is stored with the first write of the version that has it.
    const first = patched();
    expect(patched()).toBe(first);
    const note = cluster.machine.journal.steps
      .flatMap(step => step.notes as readonly RequestNote[])
      .findLast(({verb}) => verb === 'patch')!;
    expect(note.stages.find(({stage}) => stage === 'etcd')?.detail).toBe('nothing changed: no new revision');
  });
});
