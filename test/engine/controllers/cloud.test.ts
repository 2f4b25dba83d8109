import {describe, expect, it} from 'vitest';
import type {Cluster} from '../../../src/engine/index.ts';
import {connect} from '../../../src/engine/network/packet/connect.ts';
import {get, network, pass, put, runPod, send, stage} from '../network/stage.ts';

const SERVICES = '/api/v1/namespaces/default/services';

function balanced(): Cluster {
  const cluster = stage(2);
  runPod(cluster, 'web', 'node-2', '10.244.1.2', {labels: {app: 'web'}});
  put(cluster, SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name: 'web'},
    spec: {type: 'LoadBalancer', selector: {app: 'web'}, ports: [{port: 80, targetPort: 8080}]},
  });
  pass(cluster);
  return cluster;
}

const ingress = (cluster: Cluster): unknown => get(cluster, `${SERVICES}/web`).status.loadBalancer.ingress;

const reasons = (cluster: Cluster, name: string): string[] =>
  get(cluster, '/api/v1/events')
    .items.filter((event: any) => event.involvedObject.name === name)
    .map((event: any) => event.reason);

describe('a Service of type LoadBalancer', () => {
  it('waits for ever where no cloud controller runs', () => {
    const cluster = balanced();
    pass(cluster, 600_000);
    expect(ingress(cluster)).toBeUndefined();
  });

  it('gets an address that leads to its endpoints, and gives it back', () => {
    const cluster = balanced();
    cluster.control({action: 'start', program: 'cloud-controller-manager'});
    pass(cluster);
    expect(ingress(cluster)).toEqual([{ip: '192.0.2.10', ipMode: 'VIP'}]);
    expect(reasons(cluster, 'web')).toEqual(['EnsuringLoadBalancer', 'EnsuredLoadBalancer']);
    const walk = network(cluster).run(tx => connect(tx, {kind: 'outside', address: '198.51.100.7'}, {address: '192.0.2.10', port: 80}));
    expect(walk.endpoint?.pod?.name).toBe('web');

    send(cluster, 'DELETE', `${SERVICES}/web`);
    pass(cluster);
    expect(() => get(cluster, `${SERVICES}/web`)).toThrow('not found');
    expect(reasons(cluster, 'web').slice(2)).toEqual(['DeletingLoadBalancer', 'DeletedLoadBalancer']);
  });
});

describe('the cloud', () => {
  it('has a route to the pods of every node', () => {
    const cluster = stage(2);
    cluster.control({action: 'start', program: 'cloud-controller-manager'});
    pass(cluster);
    const {status} = get(cluster, '/api/v1/nodes/node-1');
    expect(status.conditions).toContainEqual(
      expect.objectContaining({type: 'NetworkUnavailable', status: 'False', reason: 'RouteCreated'}),
    );
  });
});
