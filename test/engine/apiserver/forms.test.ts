/** Objects in the form that the Accept header asks for. */
import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const cluster = clusterOf({nodes: 0});
const map = (name: string) => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}});
cluster.request({method: 'POST', path: MAPS, body: map('a')});

type Answer = {code: number; body: any};

const as = (form: string, version = 'v1', type = 'application/json'): string => `${type};as=${form};v=${version};g=meta.k8s.io`;
const ask = (accept: string, {method = 'GET', path = `${MAPS}/a`, query = {}, body}: Record<string, never> | Partial<Ask> = {}): Answer =>
  cluster.request({method, path, query, headers: {accept, 'content-type': 'application/merge-patch+json'}, ...(body && {body})});

interface Ask {
  method: string;
  path: string;
  query: Record<string, string>;
  body: object;
}

const NOT_ACCEPTABLE =
  'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf';

describe('the form', () => {
  it.each([
    [as('Table'), 'Table', 'meta.k8s.io/v1'],
    [as('Table', 'v1beta1'), 'Table', 'meta.k8s.io/v1beta1'],
    [as('PartialObjectMetadata'), 'PartialObjectMetadata', 'meta.k8s.io/v1'],
    [`${as('Table', 'v2')},application/json`, 'ConfigMap', 'v1'],
    [
      `${as('Table', 'v1', 'application/vnd.kubernetes.protobuf')},${as('PartialObjectMetadata')}`,
      'PartialObjectMetadata',
      'meta.k8s.io/v1',
    ],
    ['text/plain,*/*', 'ConfigMap', 'v1'],
  ])('%s is %s', (accept, kind, apiVersion) => {
    expect(ask(accept).body).toMatchObject({kind, apiVersion});
  });

  it.each([as('Table', 'v2'), as('Drawing'), 'application/json;as=Table', 'text/plain'])('%s is none', accept => {
    const {code, body} = ask(accept);
    expect([code, body.message]).toEqual([406, NOT_ACCEPTABLE]);
  });

  it('of a list is not that of one', () => {
    expect(ask(as('PartialObjectMetadata'), {path: MAPS}).body.message).toBe(
      'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
    );
    expect(ask(as('PartialObjectMetadataList')).body.message).toBe(
      'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
    );
    expect(ask(as('PartialObjectMetadataList'), {path: MAPS}).body.items[0]).toMatchObject({kind: 'PartialObjectMetadata'});
  });

  it('is that of what a write answers, too, but of a Status', () => {
    expect(ask(as('Table'), {method: 'POST', path: MAPS, body: map('b')})).toMatchObject({code: 201, body: {kind: 'Table'}});
    expect(ask(as('PartialObjectMetadata'), {method: 'PATCH', path: `${MAPS}/b`, body: {data: {x: 'y'}}}).body).toMatchObject({
      kind: 'PartialObjectMetadata',
      metadata: {name: 'b'},
    });
    expect(ask(as('Table'), {method: 'DELETE', path: `${MAPS}/b`}).body).toMatchObject({kind: 'Status', status: 'Success'});
  });
});

it('a row of a table carries what is asked for', () => {
  const row = (includeObject: string) => ask(as('Table'), {query: {includeObject}}).body.rows?.[0].object?.kind;
  expect(['', 'None', 'Metadata', 'Object'].map(row)).toEqual(['PartialObjectMetadata', undefined, 'PartialObjectMetadata', 'ConfigMap']);
  expect(ask(as('Table'), {query: {includeObject: 'All'}}).body.message).toBe(
    `Unable to convert to Table as requested: includeObject: Invalid value: "All": must be 'Metadata', 'Object', 'None', or empty`,
  );
});
