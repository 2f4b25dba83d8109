/** The life of a CustomResourceDefinition and of its objects. */
import {expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';

const definition = (plural: string, kind: string, more: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {name: `${plural}.example.com`},
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: {plural, kind, ...more},
    versions: [{name: 'v1', served: true, storage: true, schema: {openAPIV3Schema: {type: 'object'}}}],
  },
});

function world() {
  const cluster = clusterOf({nodes: 0, off: ['kube-controller-manager', 'kube-scheduler']});
  const send = (method: string, path: string, body?: unknown) => {
    const {code, body: answer} = cluster.request({method, path, ...(body !== undefined && {body})});
    cluster.advance(50);
    return {code, body: answer as any};
  };
  return {cluster, send};
}

const conditions = (body: any) => body.status.conditions.map((c: any) => `${c.type}=${c.status} ${c.reason}`);

it('is established by the server once its names are accepted', () => {
  const {send} = world();
  expect(send('POST', CRDS, definition('widgets', 'Widget')).body.status.conditions).toBeNull();
  const {body} = send('GET', `${CRDS}/widgets.example.com`);
  expect(conditions(body)).toEqual(['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted']);
  expect(body.status.acceptedNames.kind).toBe('Widget');
});

it('is not established where another has its names', () => {
  const {send} = world();
  send('POST', CRDS, definition('widgets', 'Widget', {shortNames: ['wd']}));
  send('POST', CRDS, definition('wards', 'Ward', {shortNames: ['wd']}));
  const {body} = send('GET', `${CRDS}/wards.example.com`);
  expect(conditions(body)).toEqual(['NamesAccepted=False ShortNamesConflict', 'Established=False NotAccepted']);
  expect(body.status.conditions[0].message).toBe('"wd" is already in use');
});

it('takes its objects with it when it is deleted, and goes last', () => {
  const {send, cluster} = world();
  send('POST', CRDS, definition('widgets', 'Widget'));
  send('POST', WIDGETS, {apiVersion: 'example.com/v1', kind: 'Widget', metadata: {name: 'w', finalizers: ['example.com/keep']}});
  const {code, body} = send('DELETE', `${CRDS}/widgets.example.com`);
  expect(code).toBe(200);
  expect(body.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
  expect(conditions(body)).toContain('Terminating=True InstanceDeletionPending');
  // Held by a finalizer of its object
  expect(send('GET', `${CRDS}/widgets.example.com`).code).toBe(200);
  const left = send('GET', `${WIDGETS}/w`).body;
  expect(left.metadata.deletionTimestamp).toBeDefined();
  send('PUT', `${WIDGETS}/w`, {...left, metadata: {...left.metadata, finalizers: []}});
  cluster.advance(1000);
  expect(send('GET', `${CRDS}/widgets.example.com`).code).toBe(404);
  expect(send('GET', WIDGETS).code).toBe(404);
});
