/** A server that answers as of 1.20, and the kubectl of today. */
import fs from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {stringify} from 'yaml';
import {RELEASES} from '../../src/cli/command-line.ts';
import {answersOf, PROFILES, profileOf, serverOf} from '../../src/engine/cluster/profiles/profiles.ts';
import {kubectlVersion, type Served, serve} from './world.ts';

const containers = [{name: 'c', image: 'nginx'}];
const pod = (name: string, spec: object): object => ({apiVersion: 'v1', kind: 'Pod', metadata: {name}, spec: {...spec, containers}});
const path80 = {path: '/', backend: {serviceName: 'web', servicePort: 80}};
const MANIFESTS: Readonly<Record<string, object>> = {
  typo: pod('typo', {contaners: []}),
  gates: pod('gates', {schedulingGates: [{name: 'a'}]}),
  budget: {
    apiVersion: 'policy/v1beta1',
    kind: 'PodDisruptionBudget',
    metadata: {name: 'b'},
    spec: {minAvailable: 1, selector: {matchLabels: {a: 'b'}}},
  },
  ingress: {apiVersion: 'extensions/v1beta1', kind: 'Ingress', metadata: {name: 'i'}, spec: {rules: [{http: {paths: [path80]}}]}},
  cron: {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {name: 'c'},
    spec: {schedule: '* * * * *', jobTemplate: {spec: {template: {spec: {restartPolicy: 'Never', containers}}}}},
  },
};

let served: Served;
beforeAll(async () => {
  const profile = profileOf('1.20')!;
  served = await serve({nodes: 1, server: {...serverOf(profile), ...answersOf(profile)}});
  for (const [name, manifest] of Object.entries(MANIFESTS)) fs.writeFileSync(path.join(served.folder, `${name}.yaml`), stringify(manifest));
});
afterAll(() => served.close());

it('serves a version that is gone, and knows the object in the one that took its place', async () => {
  const spec = {rules: [{http: {paths: [path80]}}]};
  const old = '/apis/networking.k8s.io/v1beta1/namespaces/default/ingresses';
  const created = await served.ask('POST', old, {
    body: {apiVersion: 'networking.k8s.io/v1beta1', kind: 'Ingress', metadata: {name: 'web'}, spec},
  });
  expect(created).toMatchObject({code: 201, body: {apiVersion: 'networking.k8s.io/v1beta1', spec}});
  const backend = {service: {name: 'web', port: {number: 80}}};
  const now = await served.ask('GET', '/apis/networking.k8s.io/v1/namespaces/default/ingresses/web');
  expect(now.body).toMatchObject({apiVersion: 'networking.k8s.io/v1', spec: {rules: [{http: {paths: [{backend}]}}]}});
  const listed = await served.ask('GET', '/apis/extensions/v1beta1/ingresses');
  expect(listed.body).toMatchObject({kind: 'IngressList', apiVersion: 'extensions/v1beta1', items: [{spec}]});
  const watch = await served.stream(`${old}?watch=true`);
  await watch.until(lines => lines.length > 0);
  expect(watch.lines[0]).toMatchObject({type: 'ADDED', object: {apiVersion: 'networking.k8s.io/v1beta1', spec}});
  watch.close();
  const applied = await served.ask('PATCH', `${old}/web?fieldManager=me&force=true`, {
    headers: {'content-type': 'application/apply-patch+yaml'},
    body: '{apiVersion: networking.k8s.io/v1beta1, kind: Ingress, metadata: {name: web}, spec: {backend: {serviceName: other, servicePort: 81}}}',
  });
  const patched = await served.ask('PATCH', `${old}/web`, {
    headers: {'content-type': 'application/merge-patch+json'},
    body: {spec: {rules: [{http: {paths: [{...path80, path: '/b'}]}}]}},
  });
  expect(patched).toMatchObject({code: 200, body: {spec: {rules: [{http: {paths: [{path: '/b', backend: path80.backend}]}}]}}});
  expect(applied).toMatchObject({code: 200, body: {spec: {...spec, backend: {serviceName: 'other', servicePort: 81}}}});
});

it('does not know what was to come, and says so before it reads a body', async () => {
  const review = {apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview'};
  expect(await served.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {body: review})).toMatchObject({code: 404});
  const protobuf = {headers: {'content-type': 'application/vnd.kubernetes.protobuf'}, body: Buffer.from('no message')};
  expect(await served.ask('POST', '/apis/batch/v1/namespaces/default/cronjobs', protobuf)).toMatchObject({code: 404});
  expect(await served.ask('POST', '/api/v1/namespaces', protobuf)).toMatchObject({code: 400});
  expect(await served.ask('GET', '/openapi/v3')).toMatchObject({code: 404});
});

describe.skipIf(!kubectlVersion)(`kubectl ${kubectlVersion ?? '(none is installed)'}`, () => {
  const refused = (name: string, field: string): string =>
    `error: error validating "${name}": error validating data: ValidationError(Pod.spec): unknown field "${field}" in io.k8s.api.core.v1.PodSpec; if you choose to ignore these errors, turn validation off with --validate=false\n`;

  it.each([
    ['version', {stdout: expect.stringContaining('Server Version: v1.20.2')}],
    ['create -f typo.yaml', {exitCode: 1, stderr: refused('typo.yaml', 'contaners')}],
    ['create -f gates.yaml', {exitCode: 1, stderr: refused('gates.yaml', 'schedulingGates')}],
    ['create -f gates.yaml --validate=false', {stdout: 'pod/gates created\n'}],
    ['get pod gates -o jsonpath={.spec.schedulingGates}{.metadata.generation}', {stdout: ''}],
    ['create -f budget.yaml', {stdout: 'poddisruptionbudget.policy/b created\n'}],
    [
      'create -f ingress.yaml',
      {
        stdout: 'ingress.extensions/i created\n',
        stderr: 'Warning: extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress\n',
      },
    ],
    ['get pdb b -o jsonpath={.apiVersion}', {stdout: 'policy/v1beta1'}],
    ['create -f cron.yaml', {exitCode: 1, stderr: expect.stringContaining('no matches for kind "CronJob" in version "batch/v1"')}],
    ['explain pdb --output=plaintext-openapiv2', {stdout: expect.stringContaining('VERSION:  policy/v1beta1')}],
    ['explain pod.spec.schedulingGates', {exitCode: 1, stderr: 'error: field "schedulingGates" does not exist\n'}],
    ['auth whoami', {exitCode: 1, stderr: expect.stringContaining('the selfsubjectreviews API is not enabled in the cluster')}],
    ['get cronjobs', {stderr: 'No resources found in default namespace.\n'}],
  ])('%s', async (line, expected) => {
    expect(await served.kubectl(`kubectl ${line}`)).toMatchObject(expected);
  });
});

it('there is a profile of every release that the command line offers', () => {
  expect(PROFILES.map(({name}) => name)).toEqual(RELEASES);
});
