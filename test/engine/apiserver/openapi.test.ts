import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({seed: 1, nodes: 0});
const get = (path: string): any => {
  const {code, body} = cluster.request({user: 'admin', groups: ['system:masters'], method: 'GET', path});
  expect(code).toBe(200);
  return body;
};

describe('/openapi/v3', () => {
  it('names a document for every group and version', () => {
    const {paths} = get('/openapi/v3');
    expect(paths['api/v1']).toEqual({serverRelativeURL: expect.stringMatching(/^\/openapi\/v3\/api\/v1\?hash=[0-9a-f]{16}$/)});
    expect(paths['apis/apps/v1']).toEqual({serverRelativeURL: expect.stringContaining('/openapi/v3/apis/apps/v1?hash=')});
  });

  it('says that a pod can be patched with field validation: without that, kubectl creates nothing', () => {
    const {patch} = get('/openapi/v3/api/v1').paths['/api/v1/namespaces/{namespace}/pods/{name}'];
    expect(patch['x-kubernetes-group-version-kind']).toEqual({group: '', version: 'v1', kind: 'Pod'});
    expect(patch.parameters.map(({name}: {name: string}) => name)).toContain('fieldValidation');
  });

  it('describes fields and how their lists are merged', () => {
    const {schemas} = get('/openapi/v3/apis/apps/v1').components;
    expect(schemas['io.k8s.api.apps.v1.Deployment']['x-kubernetes-group-version-kind']).toEqual([
      {group: 'apps', version: 'v1', kind: 'Deployment'},
    ]);
    expect(schemas['io.k8s.api.apps.v1.DeploymentSpec'].properties.replicas).toMatchObject({type: 'integer', format: 'int32'});
    expect(schemas['io.k8s.api.core.v1.PodSpec'].properties.containers).toMatchObject({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
  });

  it('leaves no reference open', () => {
    for (const place of ['api/v1', 'apis/apps/v1', 'apis/rbac.authorization.k8s.io/v1', 'apis/apiextensions.k8s.io/v1']) {
      const document = get(`/openapi/v3/${place}`);
      const references = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/([^"]+)/g)].map(([, name]) => name!);
      expect(references.filter(name => !(name in document.components.schemas))).toEqual([]);
    }
  });
});
