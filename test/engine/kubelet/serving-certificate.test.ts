import {describe, expect, test} from 'vitest';
import type {Cluster} from '../../../src/engine/index.ts';
import {clusterOf} from '../../clusters.ts';

const logs = (cluster: Cluster) => cluster.request({method: 'GET', path: '/api/v1/namespaces/default/pods/web/log'});
const requests = (cluster: Cluster) =>
  (
    cluster.request({method: 'GET', path: '/apis/certificates.k8s.io/v1/certificatesigningrequests'}).body as {
      items: {
        metadata: {name: string};
        spec: {signerName: string; username: string};
        status: {conditions?: object[]; certificate?: string};
      }[];
    }
  ).items;

function withPod(): Cluster {
  const cluster = clusterOf({nodes: 1});
  cluster.request({
    method: 'POST',
    path: '/api/v1/namespaces/default/pods',
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'web'},
      spec: {containers: [{name: 'web', image: 'busybox', command: ['sh', '-c', 'echo truth; sleep 3600']}]},
    },
  });
  cluster.settle();
  return cluster;
}

describe("a kubelet's serving certificate", () => {
  test('is not verified by default: whoever answers at its address is believed', () => {
    const cluster = withPod();
    expect(logs(cluster).body).toBe('truth\n');
    cluster.control({action: 'impostor', node: 'node-1', there: true});
    expect(logs(cluster).body).toBe('all is well\n');
    cluster.control({action: 'impostor', node: 'node-1', there: false});
    expect(logs(cluster).body).toBe('truth\n');
  });

  test('signed by itself is refused once the API server verifies, and taken when the cluster has signed it', () => {
    const cluster = withPod();
    cluster.control({action: 'configure', change: {verifyKubelets: true}});
    expect(logs(cluster)).toMatchObject({
      code: 500,
      body: {message: expect.stringContaining('x509: certificate signed by unknown authority')},
    });

    cluster.control({action: 'kubelet-config', node: 'node-1', change: {serverTLSBootstrap: true}});
    cluster.advance(5000);
    const [csr] = requests(cluster);
    expect(csr).toMatchObject({spec: {signerName: 'kubernetes.io/kubelet-serving', username: 'system:node:node-1'}, status: {}});
    expect(logs(cluster).code).toBe(500);

    const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${csr!.metadata.name}`;
    const approved = cluster.request({method: 'GET', path}).body as {status: object};
    cluster.request({
      method: 'PUT',
      path: `${path}/approval`,
      body: {...approved, status: {...approved.status, conditions: [{type: 'Approved', status: 'True', reason: 'KubectlApprove'}]}},
    });
    cluster.advance(5000);
    expect(logs(cluster)).toMatchObject({code: 200, body: 'truth\n'});

    cluster.control({action: 'impostor', node: 'node-1', there: true});
    expect(logs(cluster).code).toBe(500);
  });
});
