/** A request in, what its sender is warned of out. */
import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({nodes: 0, off: ['kube-scheduler']});
cluster.advance(1000);
const warning = (path: string) => cluster.request({method: 'GET', path}).headers['warning'];

describe('kinds that are going', () => {
  const ENDPOINTS = '/api/v1/namespaces/default/endpoints';
  it('endpoints, in a list and one by one, not their slices', () => {
    const told = ['299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"'];
    expect(warning(ENDPOINTS)).toEqual(told);
    expect(warning(`${ENDPOINTS}/kubernetes`)).toEqual(told);
    expect(warning('/apis/discovery.k8s.io/v1/endpointslices')).toBeUndefined();
  });

  it('versions of a definition, in its words or with the best of the newer ones', () => {
    const version = (name: string, more = {}) => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: {openAPIV3Schema: {type: 'object', 'x-kubernetes-preserve-unknown-fields': true}},
      ...more,
    });
    const old = {deprecated: true};
    const versions = [
      version('v1alpha1', {...old, deprecationWarning: 'go elsewhere'}),
      version('v1beta1', old),
      version('v1beta2'),
      version('v1'),
      version('v2', {...old}),
    ];
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {name: 'widgets.example.com'},
      spec: {group: 'example.com', scope: 'Cluster', names: {plural: 'widgets', kind: 'Widget'}, versions},
    };
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    expect(cluster.request({method: 'POST', path, body: definition, headers: {'content-type': 'application/json'}}).code).toBe(201);
    cluster.advance(5000);
    expect(['v1alpha1', 'v1beta1', 'v1beta2', 'v1', 'v2'].map(v => warning(`/apis/example.com/${v}/widgets`))).toEqual([
      ['299 - "go elsewhere"'],
      ['299 - "example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget"'],
      undefined,
      undefined,
      ['299 - "example.com/v2 Widget is deprecated"'],
    ]);
  });
});
