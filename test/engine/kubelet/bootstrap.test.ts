import {describe, expect, test} from 'vitest';
import {toBase64} from '../../../src/engine/api/base64.ts';
import {encodeSigned} from '../../../src/engine/api/certificate-request.ts';
import {EPOCH} from '../../../src/engine/api/clock.ts';
import type {KubeObject, Node, Stored} from '../../../src/engine/api/types.ts';
import {findWatch} from '../../../src/engine/apiserver/watch.ts';
import {listerOf} from '../../../src/engine/client/informer.ts';
import type {DeliveryNote} from '../../../src/engine/client/processes.ts';
import {termEnd} from '../../../src/engine/client/watch-terms.ts';
import {plainHost} from '../../../src/engine/cluster/presets.ts';
import {type Cluster, createCluster, type RequestNote} from '../../../src/engine/index.ts';
import {signedFor} from '../../../src/engine/kubelet/certificate/bootstrap.ts';
import type {Tx} from '../../../src/engine/machine/types.ts';

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

type Csr = Stored<KubeObject> & {spec: {username: string}; status?: {certificate?: string; conditions?: {type: string; reason: string}[]}};

const list = <T>(cluster: Cluster, path: string): T[] => (cluster.request({method: 'GET', path}).body as {items: T[]}).items;
const requests = (cluster: Cluster) => list<Csr>(cluster, '/apis/certificates.k8s.io/v1/certificatesigningrequests');
const nodeOf = (cluster: Cluster) => cluster.request({method: 'GET', path: '/api/v1/nodes/node-2'}).body as unknown as Node;
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

describe('a kubelet that waits for its certificate', () => {
  const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const MINUTE = 60_000;

  const unapproved = () =>
    joined(secret(), cluster => {
      cluster.request({
        method: 'DELETE',
        path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubeadm:node-autoapprove-bootstrap',
      });
    });

  const decide = (cluster: Cluster, name: string, type: 'Approved' | 'Denied') =>
    cluster.request({
      method: 'PUT',
      path: `${CSRS}/${name}/approval`,
      body: {
        ...(cluster.request({method: 'GET', path: `${CSRS}/${name}`}).body as Csr),
        status: {conditions: [{type, status: 'True', reason: 'Me', message: 'so it is'}]},
      },
    });

  const told = (cluster: Cluster): string[] =>
    cluster.machine.journal.steps.flatMap(step =>
      (step.notes as readonly {kind: string; stage?: string; detail?: string}[])
        .filter(note => note.kind === 'trace' && note.stage === 'Certificate')
        .map(note => note.detail!),
    );

  test('asks once, and watches that one request', () => {
    const cluster = unapproved();
    cluster.advance(10 * MINUTE);
    expect(requests(cluster)).toHaveLength(1);
    const asked = cluster.machine.journal.steps.flatMap(step =>
      (step.notes as readonly {kind: string; user?: string; path?: string}[])
        .filter(note => note.kind === 'request' && note.user === 'system:bootstrap:abcdef')
        .map(note => note.path),
    );
    expect(asked).toEqual([CSRS, CSRS]);
  });

  test('takes what is signed at once', () => {
    const cluster = unapproved();
    decide(cluster, requests(cluster)[0]!.metadata.name, 'Approved');
    cluster.advance(200);
    expect(nodes(cluster)).toEqual(['node-1', 'node-2']);
  });

  test('asks anew after a quarter of an hour, and after a denial', () => {
    const cluster = unapproved();
    cluster.advance(16 * MINUTE);
    expect(requests(cluster)).toHaveLength(2);
    expect(told(cluster)).toContain('certificate request was not signed: timed out waiting for the condition');

    const [old, young] = [...requests(cluster)].sort((a, b) =>
      a.metadata.creationTimestamp! < b.metadata.creationTimestamp! ? -1 : 1,
    ) as [Csr, Csr];
    decide(cluster, old.metadata.name, 'Denied');
    cluster.advance(10_000);
    expect(requests(cluster)).toHaveLength(2);
    decide(cluster, young.metadata.name, 'Denied');
    cluster.advance(10_000);
    expect(requests(cluster)).toHaveLength(3);
    expect(told(cluster)).toContain(
      'certificate request was not signed: certificate signing request is denied, reason: Me, message: so it is',
    );
  });

  test('pauses longer and longer while the API server does not answer', () => {
    const cluster = createCluster({nodes: 1});
    cluster.request({method: 'POST', path: '/api/v1/namespaces/kube-system/secrets', body: secret()});
    cluster.control({action: 'stop', program: 'kube-apiserver'});
    cluster.control({action: 'add-host', host: {...plainHost(2), bootstrapToken: TOKEN}});
    cluster.advance(100_000);
    const tries = cluster.machine.journal.steps.filter(step =>
      (step.notes as readonly {kind: string; stage?: string}[]).some(note => note.kind === 'trace' && note.stage === 'Certificate'),
    );
    const pauses = tries.slice(1).map((step, i) => (step.at - tries[i]!.at) / 1000);
    const least = [2, 4, 8, 16, 32, 32];
    expect(pauses).toHaveLength(least.length);
    expect(pauses.every((pause, i) => pause >= least[i]! && pause <= 1.1 * least[i]!)).toBe(true);
  });

  /** Somebody else signs, for ten minutes; then the controllers run again. */
  const signedForTenMinutes = (): Cluster => {
    const cluster = unapproved();
    const [csr] = requests(cluster) as [Csr];
    cluster.control({action: 'stop', program: 'kube-controller-manager'});
    decide(cluster, csr.metadata.name, 'Approved');
    const now = EPOCH + cluster.now;
    const signed = encodeSigned({
      commonName: 'system:node:node-2',
      organizations: ['system:nodes'],
      issuer: 'kubernetes',
      notBefore: now,
      notAfter: now + 10 * MINUTE,
    });
    const approved = cluster.request({method: 'GET', path: `${CSRS}/${csr.metadata.name}`}).body as Csr;
    cluster.request({
      method: 'PUT',
      path: `${CSRS}/${csr.metadata.name}/status`,
      body: {...approved, status: {...approved.status, certificate: signed}},
    });
    cluster.control({action: 'start', program: 'kube-controller-manager'});
    return cluster;
  };

  test('asks as the node that it is for the next one before the last tenth of its time', () => {
    const cluster = signedForTenMinutes();
    cluster.advance(6.9 * MINUTE);
    const mine = () => requests(cluster).filter(({spec}) => spec.username === 'system:node:node-2');
    expect(mine()).toEqual([]);
    cluster.advance(2.2 * MINUTE);
    expect(mine()).toMatchObject([{status: {certificate: expect.any(String), conditions: [{type: 'Approved'}]}}]);
    cluster.advance(10 * MINUTE);
    expect(mine()).toHaveLength(1);
  });

  test('is nobody any more when its certificate has run out', () => {
    const cluster = signedForTenMinutes();
    cluster.request({
      method: 'DELETE',
      path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubeadm:node-autoapprove-certificate-rotation',
    });
    const ready = () => nodeOf(cluster).status?.conditions?.find(({type}) => type === 'Ready')?.status;
    cluster.advance(9 * MINUTE);
    expect(ready()).toBe('True');
    cluster.advance(3 * MINUTE);
    expect(ready()).toBe('Unknown');
    const refused = cluster.machine.journal.steps.flatMap(step =>
      (step.notes as readonly RequestNote[]).filter(note => note.kind === 'request' && note.client === 'kubelet' && note.code === 401),
    );
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]!.stages.find(({stage}) => stage === 'authentication')?.detail).toMatch(
      /x509: verifying certificate CN=system:node:node-2 failed: x509: certificate has expired or is not yet valid: current time \S+Z is after \S+Z;/,
    );
  });

  test('hears of pods as long as the watches last that it was let in for, and no longer', () => {
    const cluster = signedForTenMinutes();
    cluster.request({
      method: 'DELETE',
      path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubeadm:node-autoapprove-certificate-rotation',
    });
    const heardOf = (name: string): boolean => {
      const from = cluster.machine.journal.steps.length;
      const spec = {nodeName: 'node-2', containers: [{name: 'app', image: 'nginx'}]};
      cluster.request({
        method: 'POST',
        path: '/api/v1/namespaces/default/pods',
        body: {apiVersion: 'v1', kind: 'Pod', metadata: {name}, spec},
      });
      cluster.advance(5000);
      const notes = cluster.machine.journal.steps.slice(from).flatMap(step => step.notes as readonly Partial<DeliveryNote>[]);
      return notes.some(({kind, instance, resource}) => kind === 'delivery' && instance === 'node-2' && resource === 'pods');
    };
    cluster.advance(9 * MINUTE);
    expect(heardOf('before')).toBe(true);
    const expiry = signedFor(cluster.machine as unknown as Tx, 'node-2')!.notAfter - EPOCH;
    const end = termEnd(findWatch(cluster.machine, 'kubelet/node-2', 'pods')!, expiry);
    expect(end - expiry).toBeGreaterThan(20_000);
    cluster.advance(end - 10_000 - cluster.now);
    expect(heardOf('meanwhile')).toBe(true);
    cluster.advance(10_000);
    expect(heardOf('after')).toBe(false);
  });

  /** Whether the kubelet, when it makes a container's environment, finds a Service in its cache. */
  const knows = (cluster: Cluster, name: string): boolean =>
    listerOf(cluster.machine as unknown as Tx, 'kubelet/node-2', 'services').get('default', name) !== undefined;

  const serve = (cluster: Cluster, name: string): void => {
    const body = {apiVersion: 'v1', kind: 'Service', metadata: {name}, spec: {ports: [{port: 80}]}};
    cluster.request({method: 'POST', path: '/api/v1/namespaces/default/services', body});
    cluster.advance(5000);
  };

  test('knows of services what it was told in that time', () => {
    const cluster = signedForTenMinutes();
    cluster.request({
      method: 'DELETE',
      path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/kubeadm:node-autoapprove-certificate-rotation',
    });
    cluster.advance(12 * MINUTE);
    serve(cluster, 'meanwhile');
    cluster.advance(4 * MINUTE);
    serve(cluster, 'after');
    expect([knows(cluster, 'meanwhile'), knows(cluster, 'after')]).toEqual([true, false]);
  });

  test('knows of all services with its next certificate', () => {
    const cluster = signedForTenMinutes();
    cluster.advance(16 * MINUTE);
    serve(cluster, 'after');
    expect(knows(cluster, 'after')).toBe(true);
  });
});
