/** A cluster in which only the API server and the scheduler run, and what tests do to it. */
import type {KubeEvent, KubeObject, Node, Pod} from '../../../src/engine/api/types.ts';
import type {Cluster} from '../../../src/engine/index.ts';
import type {Decision} from '../../../src/engine/scheduler/decision.ts';
import {clusterOf} from '../../clusters.ts';

export interface Stage {
  readonly cluster: Cluster;
  create<T = KubeObject>(object: object): T;
  get<T = KubeObject>(path: string): T;
  put(path: string, object: object): void;
  delete(path: string, body?: object): void;
  node(name: string, more?: NodeOptions): void;
  pod(name: string, spec?: object, metadata?: object): void;
  /** A StorageClass whose volumes wait for their pod. */
  lateClass(name: string, provisioner?: string): void;
  podNamed(name: string): Pod;
  nodeOf(name: string): string | undefined;
  /** `Reason: message` of the events about an object, oldest first, each as often as it was counted. */
  events(name: string): string[];
  /** Decisions about a pod, in order. */
  decisions(name: string): Decision[];
  run(ms?: number): void;
}

export interface NodeOptions {
  cpu?: string;
  memory?: string;
  pods?: string;
  labels?: Record<string, string>;
  taints?: {key: string; value?: string; effect: string}[];
}

const PLURAL: Record<string, string> = {StorageClass: 'storageclasses', PriorityClass: 'priorityclasses'};

function pathOf({apiVersion, kind, metadata}: KubeObject): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace ? `/namespaces/${metadata.namespace}` : '';
  return `${group}${namespace}/${PLURAL[kind] ?? `${kind.toLowerCase()}s`}`;
}

const PODS = '/api/v1/namespaces/default/pods';

export function stage(options: {schedulerConfiguration?: unknown; seed?: number} = {}): Stage {
  const cluster = clusterOf({nodes: 0, off: ['kube-controller-manager'], ...options});
  return on(cluster);
}

export function on(cluster: Cluster): Stage {
  const request = (method: string, path: string, body?: object): KubeObject => {
    const answer = cluster.request({method, path, ...(body && {body})});
    if (answer.code >= 300) throw new Error(`${method} ${path}: ${answer.code} ${JSON.stringify(answer.body)}`);
    return answer.body as KubeObject;
  };
  const self: Stage = {
    cluster,
    create: <T>(object: object) => request('POST', pathOf(object as KubeObject), object) as T,
    get: <T>(path: string) => request('GET', path) as T,
    put: (path, object) => void request('PUT', path, object),
    delete: (path, body) => void request('DELETE', path, body),
    node(name, {cpu = '4', memory = '8Gi', pods = '110', labels = {}, taints} = {}) {
      const amounts = {cpu, memory, pods};
      const metadata = {name, labels: {'kubernetes.io/hostname': name, ...labels}};
      self.create({apiVersion: 'v1', kind: 'Node', metadata, status: {allocatable: amounts, capacity: amounts}});
      // Admission taints a new node until it is ready, and no kubelet runs here to say so.
      const node = self.get<Node>(`/api/v1/nodes/${name}`);
      self.put(`/api/v1/nodes/${name}`, {...node, spec: {...node.spec, taints: taints ?? []}});
    },
    lateClass(name, provisioner = 'kubernetes.io/no-provisioner') {
      const apiVersion = 'storage.k8s.io/v1';
      self.create({apiVersion, kind: 'StorageClass', metadata: {name}, provisioner, volumeBindingMode: 'WaitForFirstConsumer'});
    },
    pod(name, spec = {}, metadata = {}) {
      const account = {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default', namespace: 'default'}};
      cluster.request({method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts', body: account});
      const containers = [{name: 'main', image: 'nginx:1.27', resources: {requests: {cpu: '1', memory: '1Gi'}}}];
      self.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name, namespace: 'default', ...metadata},
        spec: {schedulerName: 'default-scheduler', containers, ...spec},
      });
    },
    podNamed: name => self.get<Pod>(`${PODS}/${name}`),
    nodeOf: name => self.podNamed(name).spec?.nodeName,
    events(name) {
      const {items} = self.get<{items: KubeEvent[]}>('/api/v1/namespaces/default/events');
      return items
        .filter(e => e.involvedObject.name === name)
        .sort((a, b) => (String(a.eventTime) < String(b.eventTime) ? -1 : 1))
        .flatMap(e => Array.from({length: e.series?.count ?? 1}, () => `${e.reason}: ${e.message}`));
    },
    decisions: name =>
      cluster.machine.journal.steps
        .flatMap(step => step.notes as unknown as (Decision & {kind: string})[])
        .filter(note => note.kind === 'decision' && note.pod === `default/${name}`),
    run: (ms = 100) => cluster.advance(ms),
  };
  return self;
}

/** Requests of a container, for a pod's spec. */
export const asking = (cpu: string, more: object = {}): object => ({
  containers: [{name: 'main', image: 'nginx:1.27', resources: {requests: {cpu}}}],
  ...more,
});
