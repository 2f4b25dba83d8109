import type {KubeObject} from '../../../src/engine/api/types.ts';
import {objectIndexes} from '../../../src/engine/apiserver/indexes.ts';
import {etcdDigests, etcdIndexes} from '../../../src/engine/apiserver/storage.ts';
import {watchIndexes} from '../../../src/engine/apiserver/watch.ts';
import {hostIndexes} from '../../../src/engine/client/hosts.ts';
import {memoryIndexes} from '../../../src/engine/client/memory.ts';
import {processIndexes} from '../../../src/engine/client/processes.ts';
import type {Cluster} from '../../../src/engine/index.ts';
import {resumeMachine} from '../../../src/engine/machine/machine.ts';
import type {Tx} from '../../../src/engine/machine/types.ts';
import {createCni} from '../../../src/engine/network/cni/cni.ts';
import {clusterOf} from '../../clusters.ts';

const stages = new Map<number, Cluster>();

/** A cluster without scheduler and kubelets, whose nodes and pods the test itself puts in place; a branch of one that is built once. */
export function stage(nodes = 3): Cluster {
  const built = stages.get(nodes) ?? build(nodes);
  stages.set(nodes, built);
  return built.history.branch();
}

function build(nodes: number): Cluster {
  const cluster = clusterOf({nodes, off: ['kube-scheduler', 'kubelet']});
  for (let n = 1; n <= nodes; n++) put(cluster, '/api/v1/nodes', node(`node-${n}`, `zone-${n}`));
  put(cluster, '/api/v1/namespaces/default/serviceaccounts', {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default'}});
  pass(cluster, 12_000);
  return cluster;
}

/** Lets everybody hear of what happened. */
export function pass(cluster: Cluster, ms = 1000): void {
  cluster.settle();
  cluster.advance(ms);
}

const node = (name: string, zone: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {name, labels: {'topology.kubernetes.io/zone': zone}},
});

export function send(cluster: Cluster, method: string, path: string, body?: unknown, contentType = 'application/json'): any {
  const [at, query = ''] = path.split('?') as [string, string?];
  const request = {method, path: at, query: Object.fromEntries(new URLSearchParams(query)), body, headers: {'content-type': contentType}};
  const {code, body: answer} = cluster.request(request);
  if (code >= 400 && !(code === 409 && method === 'POST')) throw new Error(JSON.stringify(answer));
  return answer;
}

export const put = (cluster: Cluster, path: string, object: unknown): any => send(cluster, 'POST', path, object);

export const get = (cluster: Cluster, path: string): any => send(cluster, 'GET', path);

export interface PodOptions {
  labels?: Record<string, string>;
  ready?: boolean;
  namespace?: string;
  ports?: {name?: string; containerPort: number}[];
  spec?: Record<string, unknown>;
}

/** A pod that runs on a node with an address, as its kubelet would have reported it. */
export function runPod(cluster: Cluster, name: string, on: string, ip: string, options: PodOptions = {}): void {
  const {labels = {}, ready = true, namespace = 'default', ports = [], spec = {}} = options;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  put(cluster, path, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, labels},
    spec: {nodeName: on, containers: [{name: 'main', image: 'web', ports}], ...spec},
  });
  setStatus(cluster, name, ip, ready, namespace);
}

export const setStatus = (cluster: Cluster, name: string, ip: string, ready: boolean, namespace = 'default'): void => {
  const status = {phase: 'Running', podIP: ip, podIPs: [{ip}], conditions: [{type: 'Ready', status: ready ? 'True' : 'False'}]};
  send(cluster, 'PATCH', `/api/v1/namespaces/${namespace}/pods/${name}/status`, {status}, 'application/strategic-merge-patch+json');
};

/** Functions on a copy of the cluster's state. */
export function copyOf(cluster: Cluster) {
  const machine = resumeMachine(cluster.state, {
    seed: 1,
    handlers: {run: (tx, event) => (event.data as {run: (tx: Tx) => unknown}).run(tx)},
    indexes: [...etcdIndexes, ...objectIndexes, ...watchIndexes, ...memoryIndexes, ...processIndexes, ...hostIndexes],
    digests: etcdDigests,
    record: false,
  });
  return {machine, run: <T>(run: (tx: Tx) => T): T => machine.dispatch({type: 'run', data: {run}}) as T};
}

/** Such a copy with every running pod plugged into its node's network, where no kubelet did it. */
export function network(cluster: Cluster) {
  const {machine, run} = copyOf(cluster);
  for (const {metadata, spec, status} of get(cluster, '/api/v1/pods').items) {
    if (spec.hostNetwork) continue;
    const address = run(tx =>
      createCni(tx, spec.nodeName).add({
        containerId: metadata.uid,
        netns: `/var/run/netns/${metadata.uid}`,
        ifName: 'eth0',
        podNamespace: metadata.namespace,
        podName: metadata.name,
        podUid: metadata.uid,
      }),
    ).ips[0]!.address;
    if (!address.startsWith(`${status.podIP}/`)) throw new Error(`${metadata.name} got ${address}`);
  }
  return {machine, run};
}
