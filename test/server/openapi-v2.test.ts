/** The whole API in one document of version 2, for clients that know no other. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Swagger} from '../../src/engine/apiserver/openapi-v2.ts';
import {kubectlVersion, type Served, serve} from './world.ts';

let served: Served;
beforeAll(async () => {
  served = await serve({nodes: 1});
});
afterAll(() => served.close());

const swagger = async (): Promise<Swagger> => (await served.ask('GET', '/openapi/v2')).body;

const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {name: 'boats.example.com'},
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: {plural: 'boats', kind: 'Boat', singular: 'boat'},
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                description: 'What kind of boat.',
                properties: {
                  sails: {type: 'integer', description: 'How many.'},
                  name: {type: 'string', nullable: true},
                  more: {type: 'object', 'x-kubernetes-preserve-unknown-fields': true},
                },
              },
            },
          },
        },
      },
    ],
  },
};

describe('/openapi/v2', () => {
  it('has every kind in each of its versions, and what a patch may be asked for', async () => {
    const {swagger: version, info, definitions, paths} = await swagger();
    expect([version, info.version]).toEqual(['2.0', expect.stringMatching(/^v1\.36\./)]);
    const gvks = Object.values(definitions).flatMap(
      definition => (definition['x-kubernetes-group-version-kind'] ?? []) as {kind: string; version: string}[],
    );
    expect(gvks.filter(({kind}) => kind === 'HorizontalPodAutoscaler').map(each => each.version)).toEqual(['v1', 'v2']);
    const {patch} = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']!;
    expect(patch.parameters.map(({name}) => name)).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
    expect(definitions['io.k8s.api.core.v1.Pod']!.properties!['spec']!.$ref).toBe('#/definitions/io.k8s.api.core.v1.PodSpec');
    const referred = new Set([...JSON.stringify(definitions).matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, name]) => name!));
    expect([...referred].filter(name => !(name in definitions))).toEqual([]);
    expect(JSON.stringify(definitions)).not.toContain('#/components/');
  });

  it('has custom resources, as far as version 2 can tell of them', async () => {
    await served.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {body: CRD});
    await served.ask('POST', '/api/v1/namespaces', {body: {metadata: {name: 'harbour'}}});
    const {spec} = (await swagger()).definitions['com.example.v1.Boat']!.properties!;
    expect(spec!.properties).toEqual({
      sails: {type: 'integer', description: 'How many.'},
      name: {},
      more: {'x-kubernetes-preserve-unknown-fields': true},
    });
  });

  it('is listed, and not sent to who has it', async () => {
    expect((await served.ask('GET', '/')).body.paths).toContain('/openapi/v2');
    const {etag} = (await served.ask('GET', '/openapi/v2')).headers;
    expect((await served.ask('GET', '/openapi/v2', {headers: {'if-none-match': String(etag)}})).code).toBe(304);
  });

  it.runIf(kubectlVersion)('is read by kubectl, as the message it asks for', async () => {
    const explained = await served.kubectl('kubectl explain boat.spec.sails --output=plaintext-openapiv2');
    expect(explained.stderr).toBe('');
    expect(explained.stdout).toMatch(/KIND: +Boat\n[\s\S]*FIELD: +sails <integer>\n[\s\S]*How many\./);
    const pod = await served.kubectl('kubectl explain pod.spec.containers.resources.limits --output=plaintext-openapiv2');
    expect(pod.stdout).toMatch(/FIELD: +limits <map\[string\]string>/);
  });
});
