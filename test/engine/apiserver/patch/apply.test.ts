import {describe, expect, it} from 'vitest';
import {byResource} from '../../../../src/engine/api/kinds.ts';
import type {KubeObject} from '../../../../src/engine/api/types.ts';
import {definitionOfKind} from '../../../../src/engine/apiserver/decoding/schema.ts';
import {applyConfiguration} from '../../../../src/engine/apiserver/patch/apply.ts';
import {entriesAfterUpdate, entriesOf, type Manager, rootShape} from '../../../../src/engine/apiserver/patch/managed-fields.ts';

const SHAPE = rootShape(definitionOfKind(byResource('deployments')!)!);
const manager = (name: string, time = '2026-04-22T09:00:00Z'): Manager => ({name, apiVersion: 'apps/v1', subresource: '', time});
const deployment = (spec: object, metadata: object = {}): KubeObject =>
  ({apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'web', ...metadata}, spec}) as KubeObject;
const apply = (live: KubeObject, who: string, config: KubeObject, force = false) =>
  applyConfiguration(live, config, manager(who), SHAPE, force);
const EMPTY = {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {}};
const container = (image: string, more: object = {}) => ({template: {spec: {containers: [{name: 'app', image, ...more}]}}});
const owners = (object: KubeObject) => entriesOf(object).map(({manager: name, operation}) => `${name} ${operation}`);

describe('server-side apply', () => {
  it('notes what is applied, elements of lists by their keys', () => {
    const live = apply(EMPTY, 'ann', deployment({replicas: 1, ...container('a:1')}, {labels: {app: 'web'}}));
    expect(entriesOf(live)).toEqual([
      {
        manager: 'ann',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        time: '2026-04-22T09:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': {'f:labels': {'f:app': {}}},
          'f:spec': {
            'f:replicas': {},
            'f:template': {'f:spec': {'f:containers': {'k:{"name":"app"}': {'.': {}, 'f:image': {}, 'f:name': {}}}}},
          },
        },
      },
    ]);
  });

  it('takes out what is applied no longer', () => {
    const live = apply(EMPTY, 'ann', deployment({replicas: 1}, {labels: {a: '1', b: '2'}}));
    expect(apply(live, 'ann', deployment({replicas: 1}, {labels: {a: '1'}})).metadata.labels).toEqual({a: '1'});
  });

  it('leaves in what somebody else applies too', () => {
    const both = apply(apply(EMPTY, 'ann', deployment({replicas: 1})), 'bob', deployment({replicas: 1}));
    expect(owners(both)).toEqual(['ann Apply', 'bob Apply']);
    const without = apply(both, 'ann', deployment({paused: true}));
    expect(without['spec']).toEqual({replicas: 1, paused: true});
  });

  it('refuses to change what somebody else owns, and names the field', () => {
    const live = apply(EMPTY, 'ann', deployment(container('a:1')));
    expect(() => apply(live, 'bob', deployment(container('a:2')))).toThrow(
      'Apply failed with 1 conflict: conflict with "ann": .spec.template.spec.containers[name="app"].image',
    );
  });

  it('tells several conflicts by manager', () => {
    const live = apply(EMPTY, 'ann', deployment({replicas: 1, minReadySeconds: 5}));
    expect(() => apply(live, 'bob', deployment({replicas: 2, minReadySeconds: 6}))).toThrow(
      'Apply failed with 2 conflicts: conflicts with "ann":\n- .spec.minReadySeconds\n- .spec.replicas',
    );
  });

  it('takes it over by force', () => {
    const live = apply(apply(EMPTY, 'ann', deployment({replicas: 1, paused: true})), 'bob', deployment({replicas: 2}), true);
    expect(live['spec']).toEqual({replicas: 2, paused: true});
    expect(entriesOf(live).map(({fieldsV1}) => fieldsV1)).toEqual([{'f:spec': {'f:paused': {}}}, {'f:spec': {'f:replicas': {}}}]);
  });

  it('keeps an element in which others own something', () => {
    const ann = apply(EMPTY, 'ann', deployment(container('a:1')));
    const bob = apply(ann, 'bob', deployment(container('a:1', {tty: true})));
    const left = apply(bob, 'ann', deployment({replicas: 1}));
    expect(left['spec']).toEqual({replicas: 1, ...container('a:1', {tty: true})});
  });

  it('gives a controller what it changes', () => {
    const live = apply(EMPTY, 'ann', deployment({replicas: 1}));
    const scaled = {...live, spec: {replicas: 5}};
    const entries = entriesAfterUpdate(live, scaled as KubeObject, manager('autoscaler'), SHAPE);
    expect(entries).toMatchObject([{manager: 'autoscaler', operation: 'Update', fieldsV1: {'f:spec': {'f:replicas': {}}}}]);
  });

  it('lets kubectl take over what it once applied on its own side, and nothing else', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {name: 'web'},
        spec: {replicas: 1},
      }),
    };
    const object = deployment({replicas: 1, paused: true}, {annotations});
    const managedFields = entriesAfterUpdate(undefined, object, manager('kubectl-client-side-apply'), SHAPE);
    const live = {...object, metadata: {...object.metadata, managedFields}} as KubeObject;
    expect(apply(live, 'kubectl', deployment({replicas: 3}))['spec']).toEqual({replicas: 3, paused: true});
    expect(() => apply(live, 'kubectl', deployment({replicas: 3, paused: false}))).toThrow('.spec.paused');
    expect(() => apply(live, 'other', deployment({replicas: 3}))).toThrow(
      'conflict with "kubectl-client-side-apply" using apps/v1 at 2026-04-22T09:00:00Z: .spec.replicas',
    );
  });
});
