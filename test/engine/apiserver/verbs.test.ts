/** What the server answers to requests that are odd in their options, media types or patches. */
import {describe, expect, it} from 'vitest';
import {answersOf, profileOf, serverOf} from '../../../src/engine/cluster/profiles/profiles.ts';
import {clusterOf} from '../../clusters.ts';

const PODS = '/api/v1/namespaces/default/pods';
const pod = (name: string) => ({apiVersion: 'v1', kind: 'Pod', metadata: {name}, spec: {containers: [{name: 'c', image: 'nginx'}]}});
const cluster = clusterOf({nodes: 0, off: ['kube-scheduler']});
cluster.advance(1000);
cluster.request({method: 'POST', path: PODS, body: pod('web')});

interface Asked {
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
}
const ask = (method: string, path: string, asked: Asked = {}) => {
  const {code, body} = cluster.request({method, path, ...asked});
  return {code, body: body as any};
};
const patch = (type: string, body: unknown) =>
  ask('PATCH', `${PODS}/web`, {headers: {'content-type': `application/${type}`}, body}).body as {code: number; message: string};

describe('options', () => {
  it('refuses a dry run that is not All', () => {
    const {body} = ask('POST', PODS, {query: {dryRun: 'true'}, body: pod('dry')});
    expect(body.message).toBe('CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["true"]: supported values: "All"');
    expect(ask('GET', `${PODS}/dry`).code).toBe(404);
  });
  it('refuses an unknown way to validate fields', () => {
    const {body} = ask('POST', PODS, {query: {fieldValidation: 'Loose'}, body: pod('loose')});
    expect(body.message).toContain('fieldValidation: Unsupported value: "Loose": supported values: "", "Ignore", "Strict", "Warn"');
  });
  it('reads numbers as Go does', () => {
    expect(ask('GET', PODS, {query: {limit: 'ten'}}).body.message).toBe('strconv.ParseInt: parsing "ten": invalid syntax');
    expect(ask('GET', PODS, {query: {resourceVersion: 'x'}}).body.message).toBe(
      'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
    );
  });
  it('answers a watch that comes too late with an event, not with a refusal', () => {
    const late = clusterOf({nodes: 0});
    late.advance(1_200_000);
    const {code, body} = late.request({method: 'GET', path: PODS, query: {watch: 'true', resourceVersion: '1'}});
    expect(code).toBe(200);
    expect(body).toMatchObject([{type: 'ERROR', object: {code: 410, reason: 'Expired'}}]);
  });
});

describe('media types', () => {
  it('writes only what it can', () => {
    expect(ask('GET', `${PODS}/web`, {headers: {accept: 'text/html'}}).body.message).toBe(
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
  });
  it('gives the metadata alone where that is asked for', () => {
    const accept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
    const {body} = ask('GET', `${PODS}/web`, {headers: {accept}});
    expect(body).toMatchObject({kind: 'PartialObjectMetadata', metadata: {name: 'web'}});
    expect(body.spec).toBeUndefined();
  });
});

describe('patches that lose the shape', () => {
  it('shows the outcome of a merge patch', () => {
    const {code, message} = patch('merge-patch+json', {spec: {activeDeadlineSeconds: 'soon'}});
    expect(code).toBe(422);
    expect(message).toMatch(
      /^ "" is invalid: patch: Invalid value: ".*": json: cannot unmarshal string into Go struct field .* of type int64$/,
    );
  });
  it('shows a strategic merge patch as a map', () => {
    expect(patch('strategic-merge-patch+json', {spec: {activeDeadlineSeconds: 'soon'}}).message).toBe(
      ' "" is invalid: patch: Invalid value: "map[spec:map[activeDeadlineSeconds:soon]]": unrecognized type: int64',
    );
    expect(patch('strategic-merge-patch+json', {metadata: {labels: {a: 1}}}).message).toBe(
      ' "" is invalid: patch: Invalid value: "map[metadata:map[labels:map[a:1]]]": cannot convert int64 to string',
    );
  });
  it('says what a patch has to be', () => {
    expect(patch('json-patch+json', {op: 'add'}).message).toBe(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
    expect(patch('merge-patch+json', []).message).toBe(
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    );
  });
});

describe('continue tokens', () => {
  it('are what etcd needs to go on, and pages meet', () => {
    for (const name of ['a', 'b', 'c']) cluster.request({method: 'POST', path: PODS, body: pod(name)});
    const first = ask('GET', PODS, {query: {limit: '2'}}).body;
    expect(first.items.map((item: any) => item.metadata.name)).toEqual(['a', 'b']);
    expect(first.metadata.continue).not.toMatch(/[+/=]/);
    const second = ask('GET', PODS, {query: {limit: '2', continue: first.metadata.continue}}).body;
    expect(second.items.map((item: any) => item.metadata.name)).toEqual(['c', 'web']);
    expect(second.metadata.continue).toBeUndefined();
  });
  it('are refused with the reason', () => {
    expect(ask('GET', PODS, {query: {continue: 'a b'}}).body.message).toBe(
      'invalid continue token: continue key is not valid: illegal base64 data at input byte 1',
    );
  });
});

describe('health', () => {
  it('tells each check apart', () => {
    expect(ask('GET', '/healthz/etcd').body).toBe('ok');
    const broken = clusterOf({nodes: 0});
    broken.control({action: 'etcd-down', member: 'etcd-1'});
    const {code, body} = broken.request({method: 'GET', path: '/readyz', query: {verbose: ''}});
    expect(code).toBe(500);
    expect(body).toContain('[-]etcd failed: reason withheld');
    expect(body).toContain('[+]ping ok');
  });
});

describe('server-side apply', () => {
  const apply = (body: object) =>
    ask('PATCH', `${PODS}/applied`, {headers: {'content-type': 'application/apply-patch+yaml'}, query: {fieldManager: 'me'}, body}).body;
  const spec = (...containers: object[]) => ({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'applied'}, spec: {containers}});
  it('names the field that the schema has not', () => {
    expect(apply({...spec({name: 'c', image: 'nginx'}), spce: {}}).message).toBe(
      'failed to create typed patch object (default/applied; /v1, Kind=Pod): .spce: field not declared in schema',
    );
  });
  it('wants every element of a list to have its keys, once', () => {
    expect(apply(spec({image: 'nginx'})).message).toContain(
      `.spec.containers: element 0: associative list with keys has an element that omits key field "name" (and doesn't have default value)`,
    );
    expect(apply(spec({name: 'c', image: 'a'}, {name: 'c', image: 'b'})).message).toContain(
      '.spec.containers: duplicate entries for key [name="c"]',
    );
  });
});

describe('deletion', () => {
  it('of a namespace writes when it began, and no grace', () => {
    const {metadata, status} = ask('DELETE', '/api/v1/namespaces/kube-node-lease').body;
    expect(status).toEqual({phase: 'Terminating'});
    expect(metadata.deletionTimestamp).toBe('2026-04-22T09:00:01Z');
    expect(metadata).not.toHaveProperty('deletionGracePeriodSeconds');
    expect(ask('DELETE', '/api/v1/namespaces/kube-node-lease')).toMatchObject({code: 200, body: {metadata}});
  });
});

it.each([
  [undefined, 'v1.36.0', 'ecf6decece6a6de25a57aad9ba90b6ce580f6f78'],
  ['1.20', 'v1.20.2', 'faecb196815e248d3ecfb03c680a4507229c2a56'],
])('says of which commit it was built (as of %s)', (year, gitVersion, gitCommit) => {
  const profile = year ? profileOf(year) : undefined;
  const {body} = clusterOf({nodes: 0, server: profile && {...serverOf(profile), ...answersOf(profile)}}).request({
    method: 'GET',
    path: '/version',
  });
  expect(body).toMatchObject({gitVersion, gitCommit, gitTreeState: 'clean', buildDate: expect.stringMatching(/^20\d\d-/)});
});
