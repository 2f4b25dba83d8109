import {describe, expect, it} from 'vitest';
import type {Cluster} from '../../../src/engine/index.ts';
import {CONFLIST_PATH} from '../../../src/engine/network/cni/conflist.ts';
import {nodeNetwork, podInterfaces} from '../../../src/engine/network/cni/node-network.ts';
import {BROKEN_CONFLIST} from '../../../src/engine/network/faults.ts';
import {connect} from '../../../src/engine/network/packet/connect.ts';
import type {Origin} from '../../../src/engine/network/packet/connection.ts';
import {clusterOf} from '../../clusters.ts';
import {copyOf, get, pass, put, send} from './stage.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const PODS = '/api/v1/namespaces/default/pods';

const deploy = (cluster: Cluster, name: string, replicas: number, container: Record<string, unknown> = {}): void => {
  put(cluster, DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name},
    spec: {
      replicas,
      selector: {matchLabels: {run: name}},
      template: {
        metadata: {labels: {app: 'web', run: name}},
        spec: {containers: [{name: 'web', image: 'nginx:1.27', ports: [{containerPort: 80}], ...container}]},
      },
    },
  });
};

/** Four web pods that are ready, two that never are, and a Service in front of them, on a real cluster. */
function web(): {cluster: Cluster; clusterIP: string} {
  const cluster = clusterOf({nodes: 3});
  deploy(cluster, 'good', 4);
  deploy(cluster, 'bad', 2, {readinessProbe: {httpGet: {path: '/', port: 81}}});
  const {spec} = put(cluster, '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name: 'web'},
    spec: {selector: {app: 'web'}, ports: [{port: 80}]},
  });
  pass(cluster, 30_000);
  return {cluster, clusterIP: spec.clusterIP};
}

const pods = (cluster: Cluster): any[] => get(cluster, PODS).items;

const running = (cluster: Cluster): any[] => pods(cluster).filter(pod => pod.status.phase === 'Running');

describe('a Service of a Deployment on a real cluster', () => {
  it('spreads 10,000 connections over the ready pods and none of the others', () => {
    const {cluster, clusterIP} = web();
    const good = running(cluster)
      .filter(pod => pod.metadata.labels.run === 'good')
      .map(pod => pod.metadata.name);
    expect(good).toHaveLength(4);
    const total = 10_000;
    const counts = new Map<string, number>();
    copyOf(cluster).run(tx => {
      const from: Origin = {kind: 'node', name: 'node-1'};
      for (let i = 0; i < total; i++) {
        const name = connect(tx, from, {address: clusterIP, port: 80}).endpoint?.pod?.name ?? 'nobody';
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    });
    expect([...counts.keys()].sort()).toEqual([...good].sort());
    const sigma = Math.sqrt(total * (1 / 4) * (3 / 4));
    for (const count of counts.values()) expect(Math.abs(count - total / 4)).toBeLessThan(3 * sigma);
  });

  it('gives every running pod an address of its own from the block of its node, and takes it back', () => {
    const {cluster} = web();
    const block = Object.fromEntries(get(cluster, '/api/v1/nodes').items.map((node: any) => [node.metadata.name, node.spec.podCIDR]));
    const addresses = running(cluster).map(pod => pod.status.podIP);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const {spec, status} of running(cluster)) expect(status.podIP.startsWith(block[spec.nodeName].slice(0, -4))).toBe(true);
    send(cluster, 'DELETE', `${DEPLOYMENTS}/good`);
    send(cluster, 'DELETE', `${DEPLOYMENTS}/bad`);
    pass(cluster, 60_000);
    for (const name of Object.keys(block)) {
      expect(podInterfaces(cluster.machine, name)).toEqual([]);
      expect(nodeNetwork(cluster.machine, name).get('ipam', 'cbr0')?.reserved ?? []).toEqual([]);
    }
  });
});

describe('a node whose network is broken', () => {
  it('is not ready while its plugin configuration cannot be loaded', () => {
    const cluster = clusterOf({nodes: 2});
    const ready = (): any => get(cluster, '/api/v1/nodes/node-1').status.conditions.find((condition: any) => condition.type === 'Ready');
    expect(ready().status).toBe('True');
    cluster.control({action: 'conflist', node: 'node-1', text: BROKEN_CONFLIST});
    pass(cluster, 60_000);
    expect(ready()).toMatchObject({status: 'False', reason: 'KubeletNotReady'});
    expect(ready().message).toContain('cni plugin not initialized');
    cluster.control({action: 'conflist', node: 'node-1'});
    pass(cluster, 60_000);
    expect(ready().status).toBe('True');
    expect(nodeNetwork(cluster.machine, 'node-1').get('conflist', CONFLIST_PATH)).toBeDefined();
  });

  it('leaves pods in ContainerCreating when its addresses have run out', () => {
    const cluster = clusterOf({nodes: 1});
    cluster.control({action: 'pod-range', node: 'node-1', cidr: '10.244.0.0/29'});
    deploy(cluster, 'many', 7);
    pass(cluster, 30_000);
    expect(running(cluster)).toHaveLength(5);
    const messages = get(cluster, '/api/v1/events')
      .items.filter((event: any) => event.reason === 'FailedCreatePodSandBox')
      .map((event: any) => event.message);
    expect(messages[0]).toContain('no IP addresses available in range set: 10.244.0.1-10.244.0.6');
  });
});
