/** Requests in, what they tell of the control plane and of what is stored out. */
import {expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({seed: 1, nodes: 0, off: ['kube-scheduler']});
const get = (path: string): any => cluster.request({method: 'GET', path});

it('component statuses are asked when somebody asks', () => {
  const {body, headers} = get('/api/v1/componentstatuses');
  expect(headers.warning).toEqual(['299 - "v1 ComponentStatus is deprecated in v1.19+"']);
  const told = body.items.map(({metadata, conditions: [{status, message}]}: any) => [metadata.name, status, message]);
  expect(told).toEqual([
    ['controller-manager', 'True', 'ok'],
    ['scheduler', 'False', 'Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused'],
    ['etcd-0', 'True', 'ok'],
  ]);
  const narrowed: any = cluster.request({method: 'GET', path: '/api/v1/componentstatuses', query: {fieldSelector: 'metadata.name=etcd-0'}});
  expect(narrowed.body.items).toHaveLength(1);
  expect(get('/api/v1/componentstatuses/etcd-0').body.conditions).toEqual([{type: 'Healthy', status: 'True', message: 'ok'}]);
  expect(get('/api/v1/componentstatuses/kubelet')).toMatchObject({code: 500, body: {message: 'Component not found: kubelet'}});
  expect(cluster.request({method: 'DELETE', path: '/api/v1/componentstatuses/etcd-0'}).code).toBe(405);
});

it('discovery tells in which form kinds are stored', () => {
  const hashes = (path: string): Record<string, string> =>
    Object.fromEntries(get(path).body.resources.map(({name, storageVersionHash}: any) => [name, storageVersionHash]));
  // As real servers tell them.
  expect(hashes('/api/v1')).toMatchObject({configmaps: 'qFsyl6wFWjQ=', events: 'r2yiGXH7wu8=', nodes: 'XwShjMxG9Fs='});
  expect(hashes('/apis/events.k8s.io/v1')).toEqual({events: 'r2yiGXH7wu8='});
  expect(hashes('/api/v1')['componentstatuses']).toBeUndefined();
  expect(hashes('/apis/apps/v1')['deployments/scale']).toBeUndefined();
});
