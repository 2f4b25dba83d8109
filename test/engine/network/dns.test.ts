import {describe, expect, it} from 'vitest';
import type {DnsConfig} from '../../../src/engine/api/resolv-conf.ts';
import type {Cluster} from '../../../src/engine/index.ts';
import {addressesOf, type Lookup, lookup} from '../../../src/engine/network/dns/lookup.ts';
import {searchNames} from '../../../src/engine/network/dns/resolver.ts';
import {network, pass, put, runPod, stage} from './stage.ts';

/** What the kubelet writes for a pod with the policy ClusterFirst in the namespace default. */
const CLUSTER_FIRST: DnsConfig = {
  servers: ['10.96.0.10'],
  searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
  options: ['ndots:5'],
};

function cluster(...services: object[]): Cluster {
  const made = stage();
  runPod(made, 'client', 'node-1', '10.244.0.2');
  runPod(made, 'db-0', 'node-2', '10.244.1.2', {labels: {app: 'db'}, spec: {hostname: 'db-0', subdomain: 'db'}});
  for (const service of services) put(made, '/api/v1/namespaces/default/services', {apiVersion: 'v1', kind: 'Service', ...service});
  pass(made);
  return made;
}

const find = (on: Cluster, name: string, config = CLUSTER_FIRST): Lookup =>
  network(on).run(tx => lookup(tx, {kind: 'pod', namespace: 'default', name: 'client'}, name, config, ['A']));

const asked = ({queries}: Lookup): string[] => queries.map(({name, response}) => `${name} ${response.rcode}`);

const web = {metadata: {name: 'web'}, spec: {clusterIP: '10.96.1.1', ports: [{port: 80}], selector: {app: 'web'}}};
const db = {metadata: {name: 'db'}, spec: {clusterIP: 'None', ports: [{port: 5432}], selector: {app: 'db'}}};

describe('a name looked up in a pod', () => {
  it('costs one question when it is a Service of the same namespace', () => {
    const answer = find(cluster(web), 'web');
    expect(asked(answer)).toEqual(['web.default.svc.cluster.local. NOERROR']);
    expect(addressesOf(answer)).toEqual(['10.96.1.1']);
  });

  it('costs four questions when it is a name of the world with fewer than five dots, and one with a final dot', () => {
    const on = cluster();
    expect(asked(find(on, 'www.example.com'))).toEqual([
      'www.example.com.default.svc.cluster.local. NXDOMAIN',
      'www.example.com.svc.cluster.local. NXDOMAIN',
      'www.example.com.cluster.local. NXDOMAIN',
      'www.example.com. NOERROR',
    ]);
    expect(asked(find(on, 'www.example.com.'))).toEqual(['www.example.com. NOERROR']);
  });

  it('leads to every ready pod of a headless Service, and to one by its hostname', () => {
    const on = cluster(db);
    expect(addressesOf(find(on, 'db'))).toEqual(['10.244.1.2']);
    expect(addressesOf(find(on, 'db-0.db'))).toEqual(['10.244.1.2']);
  });

  it('of an ExternalName is an alias, and what is behind it', () => {
    const {records} = find(cluster({metadata: {name: 'shop'}, spec: {type: 'ExternalName', externalName: 'shop.example.com'}}), 'shop');
    expect(records.map(({type, data}) => [type, data])).toEqual([
      ['CNAME', 'shop.example.com.'],
      ['A', expect.stringMatching(/^203\.0\.113\./)],
    ]);
  });

  it('is not found without CoreDNS; the address still works', () => {
    const on = cluster(web);
    on.control({action: 'stop', program: 'coredns'});
    pass(on);
    const answer = find(on, 'web');
    expect(answer.error).toBe('Temporary failure in name resolution');
    expect(asked(answer).at(0)).toBe('web.default.svc.cluster.local. CONNREFUSED');
    expect(addressesOf(find(on, '10.96.1.1'))).toEqual(['10.96.1.1']);
  });

  it('goes through the DNS Service like any other packet', () => {
    const {way} = find(cluster(web), 'web');
    expect(way?.hops.find(({station}) => station === 'service')?.detail).toBe('destination 10.96.0.10:53 becomes 192.168.0.2:53');
  });
});

describe('the search list', () => {
  it('is tried first below ndots, and last from ndots on', () => {
    const config = {...CLUSTER_FIRST, searches: ['a.b'], options: ['ndots:2']};
    expect(searchNames('x.y', config)).toEqual(['x.y.a.b.', 'x.y.']);
    expect(searchNames('x.y.z', config)).toEqual(['x.y.z.', 'x.y.z.a.b.']);
    expect(searchNames('x.y.', config)).toEqual(['x.y.']);
  });
});
