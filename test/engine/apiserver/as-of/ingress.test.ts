/** Ingresses in the version of 1.20, changed by every sort of patch. */
import {describe, expect, it} from 'vitest';
import type {Cluster} from '../../../../src/engine/index.ts';
import {clusterOf} from '../../../clusters.ts';

const PATH = '/apis/networking.k8s.io/v1beta1/namespaces/default/ingresses';
type Ingress = {
  spec: {backend?: object; rules?: {host?: string; http: {paths: object[]}}[]};
  /** Of a refusal. */
  code?: number;
};

function withIngress(): Cluster {
  const cluster = clusterOf({nodes: 0});
  cluster.control({action: 'configure', change: {asOf: 20}});
  const {code} = cluster.request({
    method: 'POST',
    path: PATH,
    body: {
      apiVersion: 'networking.k8s.io/v1beta1',
      kind: 'Ingress',
      metadata: {name: 'shop'},
      spec: {
        backend: {serviceName: 'fallback', servicePort: 80},
        rules: [{host: 'a.example', http: {paths: [{path: '/', backend: {serviceName: 'web', servicePort: 'http'}}]}}],
      },
    },
  });
  expect(code).toBe(201);
  return cluster;
}

function patched(type: string, body: object): Ingress {
  return withIngress().request({
    method: 'PATCH',
    path: `${PATH}/shop`,
    headers: {'content-type': `application/${type}+json`},
    body,
  }).body as Ingress;
}

const operations = (...list: readonly object[]): Ingress => patched('json-patch', list);
const pathsOf = ({spec}: Ingress): object[] | undefined => spec.rules?.[0]?.http.paths;
const ROOT = '/spec/rules/0/http/paths';

describe('a JSON patch', () => {
  it('changes the name and the port of a service', () => {
    const answer = operations(
      {op: 'test', path: `${ROOT}/0/backend/serviceName`, value: 'web'},
      {op: 'test', path: `${ROOT}/0/backend/servicePort`, value: 'http'},
      {op: 'replace', path: `${ROOT}/0/backend/serviceName`, value: 'new'},
      {op: 'replace', path: `${ROOT}/0/backend/servicePort`, value: 8080},
    );
    expect(pathsOf(answer)).toEqual([{path: '/', pathType: 'ImplementationSpecific', backend: {serviceName: 'new', servicePort: 8080}}]);
  });

  it('changes, copies and removes the backend of all others', () => {
    expect(operations({op: 'replace', path: '/spec/backend/servicePort', value: 81}).spec.backend).toEqual({
      serviceName: 'fallback',
      servicePort: 81,
    });
    expect(operations({op: 'replace', path: '/spec/backend', value: {serviceName: 'b', servicePort: 'p'}}).spec.backend).toEqual({
      serviceName: 'b',
      servicePort: 'p',
    });
    expect(operations({op: 'remove', path: '/spec/backend'}).spec.backend).toBeUndefined();
    expect(pathsOf(operations({op: 'copy', from: '/spec/backend', path: `${ROOT}/0/backend`}))).toMatchObject([
      {backend: {serviceName: 'fallback', servicePort: 80}},
    ]);
  });

  it.each([
    [`${ROOT}/-`, {path: '/x', backend: {serviceName: 'x', servicePort: 1}}],
    ['/spec/rules/-', {http: {paths: [{path: '/x', backend: {serviceName: 'x', servicePort: 1}}]}}],
    ['/spec/rules', [{http: {paths: [{path: '/x', backend: {serviceName: 'x', servicePort: 1}}]}}]],
    ['/spec/rules/0/http', {paths: [{path: '/x', backend: {serviceName: 'x', servicePort: 1}}]}],
    ['/spec', {rules: [{http: {paths: [{path: '/x', backend: {serviceName: 'x', servicePort: 1}}]}}]}],
  ])('adds at %s what holds backends', (path, value) => {
    const answer = operations({op: 'add', path, value});
    const all = answer.spec.rules!.flatMap(({http}) => http.paths);
    expect(all).toContainEqual({path: '/x', pathType: 'ImplementationSpecific', backend: {serviceName: 'x', servicePort: 1}});
  });

  it('holds a test against what the version shows', () => {
    const test = (path: string, value: unknown): number | undefined => operations({op: 'test', path, value}).code;
    expect(test(`${ROOT}/0/backend/serviceName`, 'web')).toBeUndefined();
    expect(test(`${ROOT}/0/backend/serviceName`, 'other')).toBe(422);
    expect(test('/spec/backend/servicePort', 80)).toBeUndefined();
    expect(test('/spec/backend/servicePort', '80')).toBe(422);
    expect(test('/apiVersion', 'networking.k8s.io/v1beta1')).toBeUndefined();
  });
});

it('a merge patch says a backend in part', () => {
  expect(patched('merge-patch', {spec: {backend: {servicePort: 'web'}}}).spec.backend).toEqual({
    serviceName: 'fallback',
    servicePort: 'web',
  });
  expect(patched('strategic-merge-patch', {spec: {backend: {serviceName: 'b'}}}).spec.backend).toEqual({
    serviceName: 'b',
    servicePort: 80,
  });
  expect(patched('merge-patch', {spec: {backend: null}}).spec.backend).toBeUndefined();
});
