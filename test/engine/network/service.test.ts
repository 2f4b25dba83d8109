import {describe, expect, it} from 'vitest';
import type {Cluster} from '../../../src/engine/index.ts';
import {connect} from '../../../src/engine/network/packet/connect.ts';
import type {Connection, Origin} from '../../../src/engine/network/packet/connection.ts';
import {network, pass, put, runPod, setStatus, stage} from './stage.ts';

const CLIENT: Origin = {kind: 'pod', namespace: 'default', name: 'client'};

/** Four web pods on three nodes, one of them not ready, and a client. */
function webCluster(service: Record<string, unknown> = {}): {cluster: Cluster; clusterIP: string; nodePort: number} {
  const cluster = stage();
  runPod(cluster, 'client', 'node-1', '10.244.0.2');
  const web = {labels: {app: 'web'}};
  runPod(cluster, 'web-1', 'node-1', '10.244.0.3', web);
  runPod(cluster, 'web-2', 'node-2', '10.244.1.2', web);
  runPod(cluster, 'web-3', 'node-3', '10.244.2.2', web);
  runPod(cluster, 'web-4', 'node-3', '10.244.2.3', {...web, ready: false});
  const {spec} = put(cluster, '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name: 'web'},
    spec: {selector: {app: 'web'}, ports: [{port: 80, targetPort: 8080}], ...service},
  });
  pass(cluster);
  return {cluster, clusterIP: spec.clusterIP, nodePort: spec.ports[0].nodePort};
}

const story = ({hops}: Connection): string[] => hops.map(({node, station}) => `${node} ${station}`);

describe('a connection to a Service', () => {
  it('spreads over the ready endpoints alone, by the probabilities of the rules', () => {
    const {cluster, clusterIP} = webCluster();
    const {run} = network(cluster);
    const total = 3000;
    const counts = new Map<string, number>();
    run(tx => {
      for (let i = 0; i < total; i++) {
        const {endpoint} = connect(tx, CLIENT, {address: clusterIP, port: 80});
        counts.set(endpoint!.pod!.name, (counts.get(endpoint!.pod!.name) ?? 0) + 1);
      }
    });
    expect([...counts.keys()].sort()).toEqual(['web-1', 'web-2', 'web-3']);
    const sigma = Math.sqrt(total * (1 / 3) * (2 / 3));
    for (const count of counts.values()) expect(Math.abs(count - total / 3)).toBeLessThan(3 * sigma);
  });

  it('is refused when no endpoint is ready, and answered as soon as one is', () => {
    const {cluster, clusterIP} = webCluster();
    for (const [name, ip] of [
      ['web-1', '10.244.0.3'],
      ['web-2', '10.244.1.2'],
      ['web-3', '10.244.2.2'],
    ] as const)
      setStatus(cluster, name, ip, false);
    pass(cluster);
    const refused = network(cluster).run(tx => connect(tx, CLIENT, {address: clusterIP, port: 80}));
    expect(refused.verdict).toBe('refused');
    expect(refused.why).toContain('default/web has no endpoints');
    setStatus(cluster, 'web-2', '10.244.1.2', true);
    pass(cluster);
    expect(network(cluster).run(tx => connect(tx, CLIENT, {address: clusterIP, port: 80})).endpoint?.pod?.name).toBe('web-2');
  });

  it('crosses to another node inside UDP, and keeps the source address of the pod', () => {
    const {cluster} = webCluster();
    const walk = network(cluster).run(tx => connect(tx, CLIENT, {address: '10.244.1.2', port: 8080}));
    expect(walk.verdict).toBe('answered');
    expect(walk.seenFrom).toBe('10.244.0.2');
    expect(story(walk)).toEqual([
      'node-1 sandbox',
      'node-1 bridge',
      'node-1 route',
      'node-1 overlay',
      'node-1 wire',
      'node-2 overlay',
      'node-2 route',
      'node-2 bridge',
      'node-2 delivery',
      'node-2 answer',
    ]);
    const wire = walk.hops.find(({station}) => station === 'wire')!;
    expect(wire.headers.map(({layer}) => layer)).toEqual(['ipv4', 'udp', 'vxlan', 'ethernet', 'ipv4', 'tcp']);
    expect(wire.headers[1]).toMatchObject({destinationPort: 8472});
  });

  it('is answered by the address that it was sent to: every kernel undoes what it did', () => {
    const {cluster, nodePort} = webCluster({type: 'NodePort'});
    setStatus(cluster, 'web-1', '10.244.0.3', false);
    setStatus(cluster, 'web-3', '10.244.2.2', false);
    pass(cluster);
    const laptop: Origin = {kind: 'outside', address: '198.51.100.7'};
    const walk = network(cluster).run(tx => connect(tx, laptop, {address: '192.168.0.11', port: nodePort}, {sourcePort: 40000}));
    const answers = walk.hops.filter(({station}) => station === 'answer');
    expect(answers.map(({node, detail}) => `${node}: ${detail}`)).toEqual([
      'node-2: 10.244.1.2 answers 10.244.0.0',
      'node-1: destination 10.244.0.0 becomes 198.51.100.7 again',
      `node-1: source 10.244.1.2:8080 becomes 192.168.0.11:${nodePort} again`,
    ]);
    expect(answers.at(-1)!.headers).toMatchObject([
      {source: '192.168.0.11', destination: '198.51.100.7'},
      {sourcePort: nodePort, destinationPort: 40000},
    ]);
  });

  it('stays with its endpoint while it is open, even when the endpoint is no longer ready', () => {
    const {cluster, clusterIP} = webCluster();
    const {run} = network(cluster);
    const first = run(tx => connect(tx, CLIENT, {address: clusterIP, port: 80}, {keep: true}));
    for (let i = 0; i < 20; i++) {
      const again = run(tx => connect(tx, CLIENT, {address: clusterIP, port: 80}, {sourcePort: first.sourcePort}));
      expect(again.endpoint).toEqual(first.endpoint);
    }
  });

  it('comes back to the same endpoint with session affinity', () => {
    const {cluster, clusterIP} = webCluster({sessionAffinity: 'ClientIP'});
    const {run} = network(cluster);
    const names = run(tx => Array.from({length: 30}, () => connect(tx, CLIENT, {address: clusterIP, port: 80}).endpoint?.pod?.name));
    expect(new Set(names).size).toBe(1);
  });

  it('to itself is masqueraded, for the answer must come back through the node', () => {
    const {cluster, clusterIP} = webCluster();
    const {run} = network(cluster);
    const self: Origin = {kind: 'pod', namespace: 'default', name: 'web-1'};
    const walks = run(tx => Array.from({length: 30}, () => connect(tx, self, {address: clusterIP, port: 80})));
    const hairpin = walks.find(({endpoint}) => endpoint?.pod?.name === 'web-1')!;
    const other = walks.find(({endpoint}) => endpoint?.pod?.name === 'web-2')!;
    expect(hairpin.seenFrom).toBe('10.244.0.1');
    expect(other.seenFrom).toBe('10.244.0.3');
  });

  it('from outside reaches a node port on any node; the endpoint sees the node', () => {
    const {cluster, nodePort} = webCluster({type: 'NodePort'});
    const {run} = network(cluster);
    const outside: Origin = {kind: 'outside', address: '198.51.100.7'};
    const walks = run(tx => Array.from({length: 40}, () => connect(tx, outside, {address: '192.168.0.11', port: nodePort})));
    expect(new Set(walks.map(({endpoint}) => endpoint?.pod?.name))).toEqual(new Set(['web-1', 'web-2', 'web-3']));
    expect(walks.every(({seenFrom}) => seenFrom !== '198.51.100.7')).toBe(true);
  });

  it('with externalTrafficPolicy Local stays on the node and keeps the client address, or is dropped', () => {
    const {cluster, nodePort} = webCluster({type: 'NodePort', externalTrafficPolicy: 'Local'});
    const {run} = network(cluster);
    const outside: Origin = {kind: 'outside', address: '198.51.100.7'};
    const walk = run(tx => connect(tx, outside, {address: '192.168.0.12', port: nodePort}));
    expect(walk.endpoint?.pod?.name).toBe('web-2');
    expect(walk.seenFrom).toBe('198.51.100.7');
    setStatus(cluster, 'web-2', '10.244.1.2', false);
    pass(cluster);
    const dropped = network(cluster).run(tx => connect(tx, outside, {address: '192.168.0.12', port: nodePort}));
    expect(dropped.verdict).toBe('timeout');
    expect(dropped.why).toContain('has no local endpoints');
  });

  it('takes the endpoints in turn where kube-proxy runs in mode ipvs', () => {
    const {cluster, clusterIP} = webCluster();
    cluster.control({action: 'network', change: {proxyMode: 'ipvs'}});
    const {run} = network(cluster);
    const names = run(tx => Array.from({length: 6}, () => connect(tx, CLIENT, {address: clusterIP, port: 80}).endpoint?.pod?.name));
    expect(names).toEqual(['web-1', 'web-2', 'web-3', 'web-1', 'web-2', 'web-3']);
  });

  it('shows the rules that decided, in the words of the mode', () => {
    const {cluster, clusterIP} = webCluster();
    const rules = () =>
      network(cluster)
        .run(tx => connect(tx, CLIENT, {address: clusterIP, port: 80}))
        .hops.find(({station}) => station === 'service')?.rules ?? [];
    expect(rules()[0]).toMatch(/^-A KUBE-SERVICES -d .* -j KUBE-SVC-/);
    expect(rules().at(-1)).toMatch(/^-A KUBE-SEP-.* -j DNAT --to-destination 10\.244\./);
    cluster.control({action: 'network', change: {proxyMode: 'nftables'}});
    expect(rules().some(rule => rule.includes('numgen random mod 3 vmap'))).toBe(true);
    cluster.control({action: 'network', change: {proxyMode: 'ipvs'}});
    expect(rules()[0]).toBe(`TCP  ${clusterIP}:80 rr`);
  });

  it('goes on by the old rules while kube-proxy is stopped', () => {
    const {cluster, clusterIP} = webCluster();
    cluster.control({action: 'stop', program: 'kube-proxy'});
    setStatus(cluster, 'web-1', '10.244.0.3', false);
    pass(cluster);
    const reach = (): Set<string | undefined> =>
      new Set(
        network(cluster).run(tx => Array.from({length: 60}, () => connect(tx, CLIENT, {address: clusterIP, port: 80}).endpoint?.pod?.name)),
      );
    expect(reach()).toEqual(new Set(['web-1', 'web-2', 'web-3']));
    cluster.control({action: 'start', program: 'kube-proxy'});
    pass(cluster);
    expect(reach()).toEqual(new Set(['web-2', 'web-3']));
  });
});

describe('a NetworkPolicy', () => {
  const policy = (spec: Record<string, unknown>) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {name: 'web'},
    spec: {podSelector: {matchLabels: {app: 'web'}}, policyTypes: ['Ingress'], ...spec},
  });
  const path = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies';

  it('that allows nothing closes its pods; one that allows the client opens them to it', () => {
    const {cluster} = webCluster();
    put(cluster, path, policy({}));
    pass(cluster);
    const reach = () => network(cluster).run(tx => connect(tx, CLIENT, {address: '10.244.1.2', port: 8080}).verdict);
    expect(reach()).toBe('timeout');
    put(cluster, path, {...policy({ingress: [{from: [{podSelector: {}}], ports: [{port: 8080}]}]}), metadata: {name: 'open'}});
    pass(cluster);
    expect(reach()).toBe('answered');
  });
});
