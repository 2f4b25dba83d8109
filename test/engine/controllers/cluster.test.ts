/** The controllers among all the other parts: a scheduler that binds, kubelets that run pods. */
import {describe, expect, it} from 'vitest';
import type {Deployment, KubeObject, Node, Pod, Stored} from '../../../src/engine/api/types.ts';
import {clusterOf} from '../../clusters.ts';

function start(nodes = 3) {
  const cluster = clusterOf({nodes});
  const ask = (method: string, path: string, body?: object) => {
    const {code, body: answer} = cluster.request({method, path, ...(body && {body})} as never);
    const parsed = (typeof answer === 'string' ? JSON.parse(answer) : answer) as Stored<KubeObject> & {
      items: Stored<KubeObject>[];
      message?: string;
    };
    if (code >= 400) throw new Error(`${method} ${path}: ${code} ${parsed.message}`);
    return parsed;
  };
  const pods = () => ask('GET', '/api/v1/namespaces/default/pods').items as Stored<Pod>[];
  return {cluster, ask, pods, seconds: (n: number) => cluster.advance(n * 1000)};
}

const web = (replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'web'},
  spec: {
    replicas,
    selector: {matchLabels: {app: 'web'}},
    template: {
      metadata: {labels: {app: 'web'}},
      spec: {containers: [{name: 'c', image: 'nginx:1.27', resources: {requests: {cpu: '100m'}}}]},
    },
  },
});

const isReady = (pod: Pod): boolean => Boolean(pod.status?.conditions?.some(({type, status}) => type === 'Ready' && status === 'True'));

describe('a whole cluster', () => {
  it('spreads three replicas over three nodes, and replaces the one on a node that dies', () => {
    const {cluster, ask, pods, seconds} = start();
    ask('POST', '/apis/apps/v1/namespaces/default/deployments', web(3));
    expect(cluster.settle(120_000)).toBe(true);
    expect(new Set(pods().map(({spec}) => spec!.nodeName)).size).toBe(3);
    expect(pods().every(isReady)).toBe(true);

    cluster.control({action: 'node-down', node: 'node-1'});
    seconds(70);
    const node = ask('GET', '/api/v1/nodes/node-1') as unknown as Stored<Node>;
    expect(node.status!.conditions!.find(({type}) => type === 'Ready')!.status).toBe('Unknown');
    expect(node.spec!.taints!.map(({key, effect}) => `${key}:${effect}`)).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    expect(pods()).toHaveLength(3);
    seconds(260);
    expect(pods().filter(({metadata}) => metadata.deletionTimestamp)).toHaveLength(0);
    seconds(60);
    const [dying, ...others] = [...pods()].sort(
      (a, b) => Number(Boolean(b.metadata.deletionTimestamp)) - Number(Boolean(a.metadata.deletionTimestamp)),
    );
    expect(dying!.spec!.nodeName).toBe('node-1');
    expect(others).toHaveLength(3);
    expect(others.every(pod => isReady(pod) && pod.spec!.nodeName !== 'node-1')).toBe(true);
  });

  it('stops at a quota, and goes on when it is raised', () => {
    const {ask, pods, seconds} = start();
    const quota = (count: string) => ({apiVersion: 'v1', kind: 'ResourceQuota', metadata: {name: 'few'}, spec: {hard: {pods: count}}});
    ask('POST', '/api/v1/namespaces/default/resourcequotas', quota('3'));
    seconds(1);
    ask('POST', '/apis/apps/v1/namespaces/default/deployments', web(8));
    seconds(30);
    expect(pods()).toHaveLength(3);
    const deployment = () => ask('GET', '/apis/apps/v1/namespaces/default/deployments/web') as unknown as Stored<Deployment>;
    expect(deployment().status!.conditions!.find(({type}) => type === 'ReplicaFailure')!.message).toMatch(
      /exceeded quota: few, requested: pods=1, used: pods=3, limited: pods=3$/,
    );
    ask('PUT', '/api/v1/namespaces/default/resourcequotas/few', quota('20'));
    seconds(120);
    expect(pods()).toHaveLength(8);
    expect(deployment().status!.conditions!.some(({type}) => type === 'ReplicaFailure')).toBe(false);
    ask('DELETE', '/apis/apps/v1/namespaces/default/deployments/web');
    seconds(60);
    expect((ask('GET', '/api/v1/namespaces/default/resourcequotas/few')['status'] as {used: object}).used).toEqual({pods: '0'});
  });

  it('runs a job to its end', () => {
    const {ask, pods, seconds} = start();
    ask('POST', '/apis/batch/v1/namespaces/default/jobs', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {name: 'sum'},
      spec: {
        completions: 2,
        parallelism: 2,
        template: {
          spec: {restartPolicy: 'Never', containers: [{name: 'c', image: 'busybox:1.36', command: ['sh', '-c', 'exit 0']}]},
        },
      },
    });
    seconds(60);
    expect(pods().map(({status}) => status?.phase)).toEqual(['Succeeded', 'Succeeded']);
    expect(ask('GET', '/apis/batch/v1/namespaces/default/jobs/sum')['status']).toMatchObject({succeeded: 2});
  });

  it('comes to rest: a deployment that is complete writes nothing more', () => {
    const {cluster, ask, seconds} = start();
    ask('POST', '/apis/apps/v1/namespaces/default/deployments', web(3));
    cluster.settle(120_000);
    const writes = () =>
      cluster.machine.journal.steps.flatMap(step => step.notes as {kind: string; user?: string; verb?: string; path?: string}[]);
    const before = writes().length;
    seconds(60);
    const since = writes()
      .slice(before)
      .filter(
        ({kind, user, verb, path}) =>
          kind === 'request' &&
          user?.startsWith('system:serviceaccount:kube-system:') &&
          verb !== 'get' &&
          verb !== 'list' &&
          !path!.includes('/leases'),
      );
    expect(since.map(({user, verb, path}) => `${user} ${verb} ${path}`)).toEqual([]);
  });

  it('does nothing while its program is stopped, and catches up when it starts again', () => {
    const {cluster, ask, pods, seconds} = start();
    ask('POST', '/apis/apps/v1/namespaces/default/deployments', web(3));
    cluster.settle(120_000);
    cluster.control({action: 'stop', program: 'kube-controller-manager'});
    ask('DELETE', `/api/v1/namespaces/default/pods/${pods()[0]!.metadata.name}`);
    ask('POST', '/api/v1/namespaces', {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'late'}});
    seconds(60);
    expect(pods()).toHaveLength(2);
    expect(ask('GET', '/api/v1/namespaces/late/serviceaccounts').items).toEqual([]);
    cluster.control({action: 'start', program: 'kube-controller-manager'});
    seconds(20);
    expect(pods().filter(isReady)).toHaveLength(3);
    expect(ask('GET', '/api/v1/namespaces/late/serviceaccounts').items).toHaveLength(1);
    cluster.control({action: 'node-down', node: 'node-2'});
    seconds(80);
    const node = ask('GET', '/api/v1/nodes/node-2') as unknown as Stored<Node>;
    expect(node.spec!.taints).toHaveLength(2);
  });

  it('is refused what its role does not allow, and says so in the journal', () => {
    const {cluster, ask, pods, seconds} = start();
    ask('DELETE', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:controller:replicaset-controller');
    ask('POST', '/apis/apps/v1/namespaces/default/deployments', web(2));
    seconds(10);
    expect(pods()).toEqual([]);
    const failures = cluster.machine.journal.steps.flatMap(step => step.notes as {kind: string; component?: string; message?: string}[]);
    expect(failures.find(({kind, component}) => kind === 'failure' && component === 'replicaset-controller')!.message).toMatch(
      /is forbidden: User "system:serviceaccount:kube-system:replicaset-controller" cannot/,
    );
  });

  it('is the same twice', () => {
    const run = () => {
      const {cluster, ask, seconds} = start();
      ask('POST', '/apis/apps/v1/namespaces/default/deployments', web(4));
      seconds(20);
      cluster.control({action: 'node-down', node: 'node-3'});
      seconds(400);
      return cluster.hash();
    };
    expect(run()).toBe(run());
  });
});
