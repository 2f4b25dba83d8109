/** A cluster of nothing but API server and controllers. The test itself is scheduler and kubelet: it binds pods and says how they are, when it pleases. */

import {byResource, kindOf} from '../../../src/engine/api/kinds.ts';
import {pathOf} from '../../../src/engine/api/paths.ts';
import type {Deployment, KubeEvent, KubeObject, Node, Pod, ReplicaSet, Stored} from '../../../src/engine/api/types.ts';
import type {Cluster} from '../../../src/engine/index.ts';
import {clusterOf} from '../../clusters.ts';

export interface World {
  cluster: Cluster;
  /** Creates the objects; throws what the server refuses. */
  create<T extends KubeObject>(object: T): Stored<T>;
  get<T extends KubeObject>(resource: string, namespace: string, name: string): Stored<T> | undefined;
  list<T extends KubeObject>(resource: string, namespace?: string): Stored<T>[];
  /** A merge patch. */
  patch(resource: string, namespace: string, name: string, change: object, subresource?: string): void;
  remove(resource: string, namespace: string, name: string, options?: object): void;
  /** Seconds pass. */
  wait(seconds: number): void;
  /** Every pod without a node gets one, every pod on a node runs and is ready, every deleted pod is gone: again and again, until nothing moves. */
  play(options?: {ready?: (pod: Pod) => boolean}): void;
  /** The messages of an object's events, oldest first, as `Reason: message`. */
  events(kind: string, name?: string): string[];
}

const send = (cluster: Cluster, method: string, path: string, body?: object, contentType = 'application/json') => {
  const response = cluster.request({method, path, headers: {'content-type': contentType}, ...(body && {body})} as never);
  const answer = (typeof response.body === 'string' ? JSON.parse(response.body) : response.body) as never;
  if (response.code >= 400) throw new Error(`${method} ${path}: ${response.code} ${(answer as {message?: string}).message}`);
  return answer;
};

const node = (name: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {name, labels: {'kubernetes.io/hostname': name}},
});

/** An empty world with so many ready nodes. */
export function createWorld({nodes = 3, off = ['kube-scheduler']}: {nodes?: number; off?: string[]} = {}): World {
  const cluster = clusterOf({nodes: 0, off});
  const path = (resource: string, namespace = '', name = '', subresource = '') =>
    pathOf(byResource(resource)!, namespace, name, subresource);
  const world: World = {
    cluster,
    create: object => send(cluster, 'POST', path(kindOf(object)!.resource, object.metadata.namespace ?? ''), object),
    get(resource, namespace, name) {
      const response = cluster.request({method: 'GET', path: path(resource, namespace, name)} as never);
      return response.code === 404 ? undefined : ((typeof response.body === 'string' ? JSON.parse(response.body) : response.body) as never);
    },
    list: (resource, namespace) => (send(cluster, 'GET', path(resource, namespace)) as {items: never[]}).items,
    patch: (resource, namespace, name, change, subresource) =>
      void send(cluster, 'PATCH', path(resource, namespace, name, subresource), change, 'application/merge-patch+json'),
    remove: (resource, namespace, name, options) => void send(cluster, 'DELETE', path(resource, namespace, name), options),
    wait: seconds => cluster.advance(seconds * 1000),
    play(options) {
      for (let round = 0; round < 200; round++) {
        world.wait(0.05);
        if (!playOnce(world, options?.ready ?? (() => true))) return;
      }
      throw new Error('the world does not come to rest');
    },
    events: (kind, name) =>
      world
        .list<KubeEvent>('events')
        .filter(({involvedObject}) => involvedObject.kind === kind && (!name || involvedObject.name === name))
        .map(({reason, message}) => `${reason}: ${message}`),
  };
  world.patch('namespaces', '', 'default', {status: {phase: 'Active'}}, 'status');
  for (let i = 1; i <= nodes; i++) addNode(world, `node-${i}`);
  world.wait(0.1);
  return world;
}

export function addNode(world: World, name: string): void {
  world.create(node(name));
  heartbeat(world, name);
}

/** A node says that it is well: by status and by lease. */
export function heartbeat(world: World, name: string): void {
  const now = new Date(Date.UTC(2026, 3, 22, 9) + world.cluster.now).toISOString();
  const conditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].map(type => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    reason: 'Kubelet',
    message: '',
    lastHeartbeatTime: `${now.slice(0, 19)}Z`,
    lastTransitionTime: `${now.slice(0, 19)}Z`,
  }));
  const capacity = {cpu: '8', memory: '16Gi', pods: '110'};
  world.patch('nodes', '', name, {status: {conditions, capacity, allocatable: capacity}}, 'status');
  renewLease(world, name);
}

/** As a kubelet does every ten seconds. */
export function renewLease(world: World, name: string): void {
  const renewTime = new Date(Date.UTC(2026, 3, 22, 9) + world.cluster.now).toISOString().replace('Z', '000Z');
  const namespace = 'kube-node-lease';
  if (world.get('leases', namespace, name)) world.patch('leases', namespace, name, {spec: {renewTime}});
  else
    world.create({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {name, namespace},
      spec: {holderIdentity: name, leaseDurationSeconds: 40, renewTime},
    });
}

function playOnce(world: World, ready: (pod: Pod) => boolean): boolean {
  const nodes = world.list<Node>('nodes').filter(({spec}) => !spec?.taints?.length && !spec?.unschedulable);
  let moved = false;
  for (const [i, pod] of world.list<Pod>('pods').entries()) {
    const {namespace, name, deletionTimestamp} = pod.metadata;
    if (deletionTimestamp) {
      world.remove('pods', namespace!, name, {gracePeriodSeconds: 0});
      moved = true;
    } else if (!pod.spec?.nodeName && nodes.length > 0) {
      bind(world, pod, nodes[i % nodes.length]!.metadata.name);
      moved = true;
    } else if (pod.spec?.nodeName && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed') {
      const wanted = ready(pod) ? 'True' : 'False';
      const is = pod.status?.conditions?.find(({type}) => type === 'Ready')?.status;
      if (pod.status?.phase === 'Running' && is === wanted) continue;
      report(world, pod, 'Running', wanted === 'True');
      moved = true;
    }
  }
  return moved;
}

export function bind(world: World, {metadata}: Stored<Pod>, target: string): void {
  send(world.cluster, 'POST', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: {name: metadata.name, namespace: metadata.namespace},
    target: {apiVersion: 'v1', kind: 'Node', name: target},
  });
}

/** A kubelet's report. */
export function report(world: World, pod: Stored<Pod>, phase: string, ready = false, more: object = {}): void {
  const time = `${new Date(Date.UTC(2026, 3, 22, 9) + world.cluster.now).toISOString().slice(0, 19)}Z`;
  const conditions = [
    ...(pod.status?.conditions ?? []).filter(({type}) => type !== 'Ready'),
    {type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: time},
  ];
  world.patch('pods', pod.metadata.namespace!, pod.metadata.name, {status: {phase, conditions, ...more}}, 'status');
}

/** A deployment with every field that the server would fill in. */
export const deployment = (name: string, replicas: number, spec: object = {}, image = 'nginx:1'): Deployment =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace: 'default'},
    spec: {
      replicas,
      selector: {matchLabels: {app: name}},
      strategy: {type: 'RollingUpdate', rollingUpdate: {maxSurge: '25%', maxUnavailable: '25%'}},
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: podTemplate(name, image),
      ...spec,
    },
  }) as Deployment;

export const podTemplate = (app: string, image = 'nginx:1', spec: object = {}) => ({
  metadata: {labels: {app}},
  spec: {
    containers: [
      {
        name: 'c',
        image,
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
  },
});

export const replicaSetsOf = (world: World, namespace = 'default'): Stored<ReplicaSet>[] =>
  world.list<ReplicaSet>('replicasets', namespace).sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1));
