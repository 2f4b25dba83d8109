import {describe, expect, test} from 'vitest';
import type {Node, Pod} from '../../../src/engine/api/types.ts';
import {createCluster} from '../../../src/engine/index.ts';
import {applyManifests} from '../../../src/session/world.ts';

const NODES = `
apiVersion: v1
kind: Node
metadata: {name: big, labels: {size: big}}
status:
  capacity: {cpu: "8", memory: 16Gi, pods: "20"}
  allocatable: {cpu: "7", memory: 15Gi, pods: "20"}
  images: [{names: ['example.com/tool:1'], sizeBytes: 7000}]
---
apiVersion: v1
kind: Node
metadata: {name: sick}
status:
  allocatable: {cpu: "8", memory: 16Gi, pods: "20"}
  conditions: [{type: Ready, status: "False"}]
`;

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: nginx, image: 'nginx:1.27'}]}
`;

describe('a Node that a manifest tells of', () => {
  const cluster = createCluster({nodes: 0});
  applyManifests(cluster, NODES);
  cluster.settle();
  applyManifests(cluster, POD);
  cluster.advance(120_000);
  const get = <T>(path: string) => cluster.request({method: 'GET', path: `/api/v1/${path}`}).body as T;

  test('has a kubelet: it stays Ready, and pods run there', () => {
    const {conditions} = get<Node>('nodes/big').status!;
    expect(conditions!.find(c => c.type === 'Ready')).toMatchObject({status: 'True', reason: 'KubeletReady'});
    const pod = get<Pod>('namespaces/default/pods/web');
    expect([pod.spec!.nodeName, pod.status!.phase]).toEqual(['big', 'Running']);
  });

  test('keeps the status it was given', () => {
    expect(get<Node>('nodes/big').status).toMatchObject({
      capacity: {cpu: '8', memory: '16Gi', pods: '20'},
      allocatable: {cpu: '7', memory: '15Gi', pods: '20'},
    });
    expect(get<Node>('nodes/big').status!.images).toContainEqual({names: ['example.com/tool:1'], sizeBytes: 7000});
  });

  test('that is said not to be ready is silent', () => {
    expect(get<Node>('nodes/sick').status!.conditions!.find(c => c.type === 'Ready')!.status).toBe('Unknown');
  });
});
