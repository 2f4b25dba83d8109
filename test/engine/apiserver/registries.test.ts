/** What the server makes of a new or changed object before it is stored, and what it warns of. */
import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({nodes: 0, off: ['kube-scheduler']});
cluster.advance(1000);
const send = (method: string, path: string, body: unknown, type = 'application/json') => {
  const {code, body: answer, headers} = cluster.request({method, path, body, headers: {'content-type': type}});
  return {code, body: answer as any, warnings: JSON.stringify(headers)};
};
const NAMESPACE = '/api/v1/namespaces/default';
const container = {name: 'c', image: 'nginx'};
const pod = (name: string, spec = {}, annotations = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name, annotations},
  spec: {containers: [container], ...spec},
});

describe('pods', () => {
  const ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/c';

  it('an AppArmor annotation becomes a field, and its author is told', () => {
    const {body, warnings} = send('POST', `${NAMESPACE}/pods`, pod('guarded', {}, {[ANNOTATION]: 'localhost/tight'}));
    expect(body.spec.containers[0].securityContext).toEqual({appArmorProfile: {type: 'Localhost', localhostProfile: 'tight'}});
    expect(warnings).toContain('deprecated since v1.30');
  });
  it('not where the pod says the same', () => {
    const profile = {securityContext: {appArmorProfile: {type: 'RuntimeDefault'}}};
    const {body, warnings} = send('POST', `${NAMESPACE}/pods`, pod('agreed', profile, {[ANNOTATION]: 'runtime/default'}));
    expect(body.spec.containers[0].securityContext).toBeUndefined();
    expect(warnings).not.toContain('deprecated');
  });
  it('a name that is no label makes a strange hostname', () => {
    const {code, warnings} = send('POST', `${NAMESPACE}/pods`, pod('a.b'));
    expect(code).toBe(201);
    expect(warnings).toContain("this is used in the Pod's hostname");
    const labelled = send('PATCH', `${NAMESPACE}/pods/a.b`, {metadata: {labels: {x: 'y'}}}, 'application/merge-patch+json');
    expect(labelled.warnings).not.toContain('hostname');
  });
  it('a resize changes neither labels nor anything else but resources', () => {
    send('POST', `${NAMESPACE}/pods`, pod('sized', {containers: [{...container, resources: {requests: {cpu: '1'}}}]}));
    const change = {
      metadata: {labels: {x: 'y'}},
      spec: {containers: [{name: 'c', image: 'other', resources: {requests: {cpu: '2'}}}]},
    };
    const {code, body} = send('PATCH', `${NAMESPACE}/pods/sized/resize`, change, 'application/strategic-merge-patch+json');
    expect(code).toBe(200);
    expect(body.metadata.labels).toBeUndefined();
    expect(body.spec.containers[0]).toMatchObject({image: 'nginx', resources: {requests: {cpu: '2'}}});
  });
});

describe('controllers', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'd'},
    spec: {
      replicas: 0,
      selector: {matchLabels: {app: 'd'}},
      template: {metadata: {labels: {app: 'd'}}, spec: {containers: [{...container, resources: {requests: {memory: '1m'}}}]}},
    },
  };
  it('warn of their templates only when something changes', () => {
    const path = '/apis/apps/v1/namespaces/default/deployments';
    expect(send('POST', path, deployment).warnings).toContain('fractional byte value');
    const patch = (body: object) => send('PATCH', `${path}/d`, body, 'application/merge-patch+json').warnings;
    expect(patch({metadata: {labels: {x: 'y'}}})).not.toContain('fractional');
    expect(patch({spec: {minReadySeconds: 3}})).toContain('fractional byte value');
  });
});

describe('services', () => {
  it('the class of a load balancer goes with it', () => {
    const spec = {type: 'LoadBalancer', loadBalancerClass: 'example.com/fast', ports: [{port: 80}], selector: {app: 'a'}};
    const service = {apiVersion: 'v1', kind: 'Service', metadata: {name: 's'}, spec};
    expect(send('POST', `${NAMESPACE}/services`, service).code).toBe(201);
    const {code, body} = send('PATCH', `${NAMESPACE}/services/s`, {spec: {type: 'ClusterIP'}}, 'application/merge-patch+json');
    expect(code).toBe(200);
    expect(body.spec).toMatchObject({type: 'ClusterIP', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack'});
    expect(body.spec.loadBalancerClass).toBeUndefined();
  });
});
