import {describe, expect, test} from 'vitest';
import {toBase64} from '../../../src/engine/api/base64.ts';
import type {KubeObject, Node} from '../../../src/engine/api/types.ts';
import {plainHost} from '../../../src/engine/cluster/presets.ts';
import {type Cluster, createCluster} from '../../../src/engine/index.ts';

const TOKEN = 'abcdef.0123456789abcdef';
const GROUP = 'system:bootstrappers:kubeadm:default-node-token';

const secret = (more: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {name: 'bootstrap-token-abcdef', namespace: 'kube-system'},
  type: 'bootstrap.kubernetes.io/token',
  data: Object.fromEntries(
    Object.entries({
      'token-id': 'abcdef',
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': GROUP,
      ...more,
    }).map(([key, value]) => [key, toBase64(value)]),
  ),
});

type Csr = KubeObject & {spec: {username: string}; status?: {certificate?: string; conditions?: {type: string; reason: string}[]}};

const list = <T>(cluster: Cluster, path: string): T[] => (cluster.request({method: 'GET', path}).body as {items: T[]}).items;
const requests = (cluster: Cluster) => list<Csr>(cluster, '/apis/certificates.k8s.io/v1/certificatesigningrequests');
const nodes = (cluster: Cluster) => list<Node>(cluster, '/api/v1/nodes').map(n => n.metadata.name);

/** A cluster with a token's Secret; a machine joins with the token. */
function joined(object = secret(), prepare: (cluster: Cluster) => void = () => {}): Cluster {
  const cluster = createCluster({nodes: 1});
  cluster.request({method: 'POST', path: '/api/v1/namespaces/kube-system/secrets', body: object});
  prepare(cluster);
  cluster.control({action: 'add-host', host: {...plainHost(2), bootstrapToken: TOKEN}});
  cluster.advance(15_000);
  return cluster;
}

describe('a machine that joins with a bootstrap token', () => {
  test('asks as system:bootstrap, is approved and signed, and registers as system:node', () => {
    const cluster = joined();
    expect(requests(cluster)).toMatchObject([
      {spec: {username: 'system:bootstrap:abcdef'}, status: {conditions: [{type: 'Approved', reason: 'AutoApproved'}]}},
    ]);
    expect(nodes(cluster)).toEqual(['node-1', 'node-2']);
    const kubelet = cluster.machine.journal.steps.flatMap(s =>
      (s.notes as readonly {kind: string; client?: string; user?: string; resource?: string; code?: number; path?: string}[]).filter(
        n => n.kind === 'request' && n.client === 'kubelet' && /bootstrap|node-2/.test(n.user ?? ''),
      ),
    );
    const users = kubelet.map(n => n.user);
    expect(users[0]).toBe('system:bootstrap:abcdef');
    expect(users.lastIndexOf('system:bootstrap:abcdef')).toBeLessThan(users.indexOf('system:node:node-2'));
    expect(kubelet.filter(n => n.code! >= 400)).toEqual([]);
  });

  test('runs pods once it has its certificate', () => {
    const cluster = joined();
    cluster.request({
      method: 'POST',
      path: '/api/v1/namespaces/default/pods',
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name: 'a'},
        spec: {nodeName: 'node-2', containers: [{name: 'a', image: 'nginx:1.27'}]},
      },
    });
    cluster.advance(10_000);
    expect(cluster.request({method: 'GET', path: '/api/v1/namespaces/default/pods/a'}).body).toMatchObject({status: {phase: 'Running'}});
  });

  test('waits where nobody approves', () => {
    const unbind = (cluster: Cluster) =>
      cluster.request({
        method: 'DELETE',
        path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubeadm:node-autoapprove-bootstrap',
      });
    const cluster = joined(secret(), unbind);
    expect(requests(cluster)[0]!.status?.conditions).toBeUndefined();
    expect(nodes(cluster)).toEqual(['node-1']);
    const {metadata} = requests(cluster)[0]!;
    const csr = requests(cluster)[0]!;
    cluster.request({
      method: 'PUT',
      path: `/apis/certificates.k8s.io/v1/certificatesigningrequests/${metadata.name}/approval`,
      body: {...csr, status: {conditions: [{type: 'Approved', status: 'True', reason: 'Me', message: ''}]}},
    });
    cluster.advance(5000);
    expect(nodes(cluster)).toEqual(['node-1', 'node-2']);
  });

  test.each([
    ['that has run out', {expiration: '2020-01-01T00:00:00Z'}],
    ['with another secret', {'token-secret': 'fedcba9876543210'}],
    ['that is not for authentication', {'usage-bootstrap-authentication': 'false'}],
  ])('is nobody with a token %s', (_what, more) => {
    const cluster = joined(secret(more as unknown as Record<string, string>));
    expect(requests(cluster)).toEqual([]);
    expect(nodes(cluster)).toEqual(['node-1']);
  });
});
