import {expect, it} from 'vitest';
import type {KubeObject} from '../../../src/engine/api/types.ts';
import {PLUGINS} from '../../../src/engine/apiserver/admission/plugins.ts';
import {asOf} from '../../../src/engine/apiserver/as-of/manifest.ts';
import {COMPARED, pluginsOf, profileOf, serverOf} from '../../../src/engine/cluster/profiles/profiles.ts';
import {createCluster} from '../../../src/engine/index.ts';

const as = (version: string, object: object) => asOf(profileOf(version)!.minor, object as KubeObject, 'web.yaml');
const container = {name: 'app', image: 'nginx:1.27'};
const pod = (spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'web'},
  spec: {containers: [container], ...spec},
});
const deployment = (apiVersion: string): object => ({
  apiVersion,
  kind: 'Deployment',
  metadata: {name: 'web'},
  spec: {template: {metadata: {labels: {app: 'web'}}, spec: {containers: [container]}}},
});

it.each([
  ['extensions/v1beta1', ['apps/v1', 'refused', 'refused']],
  ['apps/v1beta2', ['apps/v1', 'refused', 'refused']],
  ['apps/v1', ['apps/v1', 'apps/v1', 'apps/v1']],
])('a Deployment of %s is taken as %j', (apiVersion, expected) => {
  expect(COMPARED.map(p => as(p.name, deployment(apiVersion)).object?.apiVersion ?? 'refused')).toEqual(expected);
});

it('a selector was filled in until apps/v1beta2', () => {
  expect(as('1.9', deployment('extensions/v1beta1'))).toMatchObject({
    filledIn: ['spec.selector'],
    object: {spec: {selector: {matchLabels: {app: 'web'}}}},
  });
  expect(as('1.9', deployment('apps/v1beta2')).filledIn).toEqual([]);
});

it('an Ingress of then becomes one of today', () => {
  const path = {path: '/', backend: {serviceName: 'web', servicePort: 80}};
  const ingress = {apiVersion: 'extensions/v1beta1', kind: 'Ingress', metadata: {name: 'web'}, spec: {rules: [{http: {paths: [path]}}]}};
  expect(as('1.18', ingress).object).toMatchObject({
    apiVersion: 'networking.k8s.io/v1',
    spec: {rules: [{http: {paths: [{pathType: 'ImplementationSpecific', backend: {service: {name: 'web', port: {number: 80}}}}]}}]},
  });
  expect(as('1.36', ingress).refusal).toBe(
    'resource mapping not found for name: "web" namespace: "" from "web.yaml": no matches for kind "Ingress" in version "extensions/v1beta1"\nensure CRDs are installed first',
  );
});

it('a field that was not known is refused by kubectl, one that was switched off is dropped by the server', () => {
  const probe = pod({containers: [{...container, startupProbe: {httpGet: {path: '/', port: 80}}}]});
  expect(as('1.9', probe).refusal).toBe(
    'error validating "web.yaml": error validating data: ValidationError(Pod.spec.containers[0]): unknown field "startupProbe" in io.k8s.api.core.v1.Container; if you choose to ignore these errors, turn validation off with --validate=false',
  );
  expect(as('1.18', probe)).toMatchObject({refusal: '', dropped: []});
  const urgent = pod({priorityClassName: 'system-cluster-critical'});
  expect(COMPARED.map(p => as(p.name, urgent).dropped)).toEqual([['spec.priorityClassName'], [], []]);
  expect(as('1.9', urgent).object).not.toHaveProperty('spec.priorityClassName');
  expect(urgent).toHaveProperty('spec.priorityClassName');
});

it('its plugins admit, no others: a privileged pod came into a guarded namespace until there was a guard', () => {
  const answers = COMPARED.map(profile => {
    const cluster = createCluster({nodes: 1, server: serverOf(profile)});
    const lab = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'lab', labels: {'pod-security.kubernetes.io/enforce': 'baseline'}}};
    cluster.request({method: 'POST', path: '/api/v1/namespaces', body: lab});
    cluster.settle(60_000);
    const body = pod({containers: [{...container, securityContext: {privileged: true}}]});
    return cluster.request({method: 'POST', path: '/api/v1/namespaces/lab/pods', body}).code;
  });
  expect(answers).toEqual([201, 201, 403]);
  const known = new Set([...PLUGINS.map(p => p.name), 'Initializers']);
  for (const profile of COMPARED) expect(pluginsOf(profile).filter(name => !known.has(name))).toEqual([]);
});
