/** What gives a pod its node. */
import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({nodes: 0, off: ['kube-scheduler']});
cluster.advance(1000);
const PODS = '/api/v1/namespaces/default/pods';
const send = (method: string, path: string, body?: unknown) => {
  const {code, body: answer} = cluster.request({method, path, body, headers: {'content-type': 'application/json'}});
  return {code, body: answer as any};
};
const create = (name: string): {uid: string; resourceVersion: string} =>
  send('POST', PODS, {apiVersion: 'v1', kind: 'Pod', metadata: {name}, spec: {containers: [{name: 'c', image: 'nginx'}]}}).body.metadata;
const bind = (name: string, metadata: object = {name}, target: object = {kind: 'Node', name: 'n1'}) =>
  send('POST', `${PODS}/${name}/binding`, {apiVersion: 'v1', kind: 'Binding', metadata, target});
const nodeOf = (name: string) => send('GET', `${PODS}/${name}`).body.spec.nodeName;

describe('a binding', () => {
  it('binds the pod that was meant, once', () => {
    const {uid} = create('web');
    expect(bind('web', {name: 'web', uid}).code).toBe(201);
    expect(nodeOf('web')).toBe('n1');
    expect(bind('web', {name: 'web', uid}).body.message).toContain('already assigned to node "n1"');
  });
  it('does not bind another that has taken its name', () => {
    const {uid} = create('again');
    send('DELETE', `${PODS}/again`);
    const {uid: now} = create('again');
    const {code, body} = bind('again', {name: 'again', uid});
    expect(code).toBe(409);
    expect(body.message).toBe(
      `Operation cannot be fulfilled on pods "again": StorageError: invalid object, Code: 4, Key: /registry/pods/default/again, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${now}`,
    );
    expect(nodeOf('again')).toBeUndefined();
  });
  it('nor one that has changed since, when it says which version it looked at', () => {
    const {resourceVersion} = create('changed');
    cluster.request({
      method: 'PATCH',
      path: `${PODS}/changed`,
      body: {metadata: {labels: {a: 'b'}}},
      headers: {'content-type': 'application/merge-patch+json'},
    });
    const {code, body} = bind('changed', {name: 'changed', resourceVersion});
    expect(code).toBe(409);
    expect(body.message).toContain(`ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: `);
  });
  it('names its pod and a node', () => {
    create('named');
    expect(bind('named', {name: 'other'})).toMatchObject({code: 400, body: {message: 'name in URL does not match name in Binding object'}});
    expect(bind('named', {name: 'named'}, {kind: 'Pod', name: ''})).toMatchObject({
      code: 500,
      body: {message: '[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]'},
    });
  });
});
