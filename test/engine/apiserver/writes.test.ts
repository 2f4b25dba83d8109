/** Bodies that do not go with their path, versions that are none, and what a Scale is written as. */
import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const cluster = clusterOf({nodes: 0, off: ['kube-controller-manager']});

type Answer = {code: number; body: any};
const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, query = {}): Answer =>
  cluster.request({method, path, headers, query, ...(body !== undefined && {body})});
const map = (name: string, metadata: object = {}) => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name, ...metadata}, data: {a: '1'}});
ask('POST', MAPS, map('a'));

const said = ({code, body}: Answer): [number, string] => [code, body.message];

describe('an update', () => {
  const put = (metadata: object): [number, string] => said(ask('PUT', `${MAPS}/a`, map('a', metadata)));

  it.each([
    [{name: ''}, 400, 'the name of the object (a based on URL) was undeterminable: name must be provided'],
    [{name: 'b'}, 400, 'the name of the object (b) does not match the name on the URL (a)'],
    [{namespace: 'prod'}, 400, 'the namespace of the object (prod) does not match the namespace on the request (default)'],
    [{resourceVersion: 'x'}, 500, 'strconv.ParseUint: parsing "x": invalid syntax'],
    [
      {deletionTimestamp: '2020-01-01T00:00:00Z'},
      422,
      'ConfigMap "a" is invalid: metadata.deletionTimestamp: Invalid value: "2020-01-01T00:00:00Z": field is immutable',
    ],
  ])('with %j', (metadata, code, message) => {
    expect(put(metadata)).toEqual([code, message]);
  });

  it('of version 0 is one of no version', () => {
    expect(put({resourceVersion: '0'})[0]).toBe(200);
    const lease = {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: {name: 'l', resourceVersion: '0'}};
    const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
    expect(ask('POST', path, lease).code).toBe(201);
    expect(said(ask('PUT', `${path}/l`, lease))).toEqual([
      422,
      'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    ]);
  });
});

describe('an update of what is not there', () => {
  it('creates a RuntimeClass, which is then changed from a version that is named', () => {
    const path = '/apis/node.k8s.io/v1/runtimeclasses/sandboxed';
    const runtimeClass = {apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: {name: 'sandboxed'}, handler: 'runsc'};
    expect(ask('PUT', path, runtimeClass).code).toBe(201);
    expect(said(ask('PUT', path, runtimeClass))).toEqual([
      422,
      'runtimeclasses.node.k8s.io "sandboxed" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    ]);
  });

  const service = {apiVersion: 'v1', kind: 'Service', metadata: {name: 's', resourceVersion: '5'}, spec: {ports: [{port: 80}]}};
  const path = '/api/v1/namespaces/default/services/s';

  it('creates a Service, for who may create one', () => {
    const rules = [{apiGroups: [''], resources: ['services'], verbs: ['update']}];
    const group = 'rbac.authorization.k8s.io';
    ask('POST', `/apis/${group}/v1/clusterroles`, {apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: {name: 'u'}, rules});
    ask('POST', `/apis/${group}/v1/clusterrolebindings`, {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: {name: 'u'},
      roleRef: {apiGroup: group, kind: 'ClusterRole', name: 'u'},
      subjects: [{apiGroup: group, kind: 'User', name: 'ann'}],
    });
    const {code, body} = cluster.request({method: 'PUT', path, body: service, user: 'ann'});
    expect([code, (body as {message: string}).message]).toEqual([
      403,
      expect.stringContaining('User "ann" cannot create resource "services"'),
    ]);
    expect(ask('PUT', path, service).code).toBe(201);
    expect(ask('PUT', path, {...service, metadata: {name: 's'}}).code).toBe(200);
  });

  it('finds no ConfigMap', () => {
    expect(said(ask('PUT', `${MAPS}/none`, map('none')))).toEqual([404, 'configmaps "none" not found']);
  });
});

it('a creation does not look at a version that is no number', () => {
  expect(ask('POST', MAPS, map('b', {resourceVersion: 'x'})).code).toBe(201);
  expect(said(ask('POST', MAPS, map('c', {resourceVersion: '7'})))).toEqual([
    500,
    'resourceVersion should not be set on objects to be created',
  ]);
});

it('a creation without a body has an empty one', () => {
  expect(ask('POST', MAPS).body.message).toBe(
    "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
  );
});

it('a body that cannot be read is told of in the words of Go', () => {
  const message = (method: string, path: string, body: string, type: string, query = {}): string =>
    ask(method, path, body, {'content-type': type}, query).body.message;
  expect(message('POST', MAPS, 'a: [', 'application/yaml')).toBe(
    'the object provided is unrecognized (must be of type ConfigMap): yaml: line 1: did not find expected node content (613a205b)',
  );
  expect(message('PATCH', `${MAPS}/a`, 'a: [', 'application/apply-patch+yaml', {fieldManager: 'm'})).toBe(
    'error decoding YAML: error converting YAML to JSON: yaml: line 1: did not find expected node content',
  );
  expect(message('POST', '/api/v1/namespaces/default/pods/p/binding', 'now', 'application/json')).toBe(
    "the object provided is unrecognized (must be of type Binding): couldn't get version/kind; json parse error: invalid character 'o' in literal null (expecting 'u') (6e6f77)",
  );
});

it('options of a deletion that cannot be read are nobody’s fault', () => {
  const json = {'content-type': 'application/json'};
  expect(said(ask('DELETE', `${MAPS}/a`, 'now', json))).toEqual([
    500,
    "couldn't get version/kind; json parse error: invalid character 'o' in literal null (expecting 'u')",
  ]);
  expect(ask('DELETE', `${MAPS}/a`, 'now', {'content-type': 'text/plain'}).code).toBe(415);
});

describe('an apply patch', () => {
  const apply = (name: string, body: unknown): Answer =>
    ask('PATCH', `${MAPS}/${name}`, body, {'content-type': 'application/apply-patch+yaml'}, {fieldManager: 'm'});

  it('names the version of its path', () => {
    expect(said(apply('a', {...map('a'), apiVersion: 'v2'}))).toEqual([
      400,
      'Incorrect version specified in apply patch. Specified patch version: v2, expected: v1',
    ]);
  });

  it('need not name what is there', () => {
    expect(apply('a', {apiVersion: 'v1', kind: 'ConfigMap', data: {b: '2'}}).code).toBe(200);
    expect(apply('new', {apiVersion: 'v1', kind: 'ConfigMap', data: {b: '2'}}).body.message).toMatch(
      /undeterminable: name must be provided$/,
    );
  });
});

it('who does not name himself is known by his program', () => {
  const managers = (answer: Answer): string[] => answer.body.metadata.managedFields?.map((entry: {manager: string}) => entry.manager);
  expect(managers(ask('POST', MAPS, map('curled'), {'user-agent': 'curl/8.5.0'}))).toEqual(['curl']);
  const taken = ask('PATCH', `${MAPS}/curled`, map('curled', {}), {'content-type': 'application/apply-patch+yaml'}, {fieldManager: 'm'});
  expect(managers(taken)).toEqual(['m', 'curl']);
});

describe('a Scale', () => {
  const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
  const template = {metadata: {labels: {a: 'b'}}, spec: {containers: [{name: 'c', image: 'nginx'}]}};
  const spec = {replicas: 1, selector: {matchLabels: {a: 'b'}}, template};
  ask('POST', DEPLOYMENTS, {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'w'}, spec});
  const path = `${DEPLOYMENTS}/w/scale`;
  const scale = (name: string, replicas: number) => ({apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: {name}, spec: {replicas}});
  const patch = (type: string, body: unknown): Answer => ask('PATCH', path, body, {'content-type': `application/${type}+json`});

  it('is read as one', () => {
    expect(ask('PUT', path, scale('w', 3)).body.spec.replicas).toBe(3);
    expect(said(ask('PUT', path, scale('x', 3)))[1]).toBe('the name of the object (x) does not match the name on the URL (w)');
    const other = {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'w'}, spec};
    expect(said(ask('PUT', path, other))[1]).toMatch(/^Deployment in version "v1" cannot be handled as a Scale/);
    expect(ask('PUT', path, scale('w', -1)).code).toBe(422);
  });

  it('takes every sort of patch', () => {
    expect(patch('merge-patch', {spec: {replicas: 4}}).body.spec.replicas).toBe(4);
    expect(patch('strategic-merge-patch', {spec: {replicas: 5}}).body.spec.replicas).toBe(5);
    expect(
      patch('json-patch', [
        {op: 'test', path: '/spec/replicas', value: 5},
        {op: 'replace', path: '/spec/replicas', value: 6},
      ]).body.spec,
    ).toEqual({
      replicas: 6,
    });
    expect(patch('json-patch', [{op: 'test', path: '/spec/replicas', value: 9}]).code).toBe(422);
    expect(said(patch('merge-patch', {spec: {replicas: 'two'}}))[1]).toMatch(
      /cannot unmarshal string into Go struct field ScaleSpec\.spec\.replicas of type int32$/,
    );
  });
});
