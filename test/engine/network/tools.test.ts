import {describe, expect, it} from 'vitest';
import {ControlError} from '../../../src/engine/index.ts';
import {connect} from '../../../src/engine/network/packet/connect.ts';
import type {Origin} from '../../../src/engine/network/packet/connection.ts';
import {ipAddr, ipRoute, nodeInterfaces} from '../../../src/engine/network/tools/ip.ts';
import {conntrackList, iptablesSave, ipvsadm, nftRules} from '../../../src/engine/network/tools/rules.ts';
import {network, pass, runPod, stage} from './stage.ts';

const CLIENT: Origin = {kind: 'pod', namespace: 'default', name: 'client'};
const FAR = {address: '10.244.1.2', port: 80};

const twoPods = () => {
  const cluster = stage(2);
  runPod(cluster, 'client', 'node-1', '10.244.0.2');
  runPod(cluster, 'far', 'node-2', '10.244.1.2');
  pass(cluster);
  return cluster;
};

describe('what a node shows of its network', () => {
  it('routes to other nodes through the overlay, or straight to them', () => {
    const cluster = stage(2);
    expect(ipRoute(cluster.machine, 'node-1')).toEqual([
      'default via 192.168.0.1 dev eth0',
      '10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1',
      '10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink',
      '192.168.0.0/16 dev eth0 proto kernel scope link src 192.168.0.11',
    ]);
    cluster.control({action: 'network', change: {backend: 'routed'}});
    expect(ipRoute(cluster.machine, 'node-1')).toContain('10.244.1.0/24 via 192.168.0.12 dev eth0');
  });

  it("has the bridge and the host's end of every pod's pair among its interfaces", () => {
    const {machine} = network(twoPods());
    const lines = ipAddr(nodeInterfaces(machine, 'node-1'));
    expect(lines.filter(line => /^\d+:/.test(line)).map(line => line.split(' ')[1])).toEqual([
      'lo:',
      'eth0:',
      'flannel.1:',
      'cni0:',
      expect.stringMatching(/^veth[0-9a-f]{8}@if2:$/),
    ]);
    expect(lines.find(line => line.includes('cni0'))).toContain('mtu 1450');
  });

  it('has rules in the form of the mode that kube-proxy runs in', () => {
    const cluster = stage(1);
    expect(iptablesSave(cluster.machine, 'node-1')).toContain(
      '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y',
    );
    cluster.control({action: 'network', change: {proxyMode: 'nftables'}});
    expect(iptablesSave(cluster.machine, 'node-1')).toEqual([]);
    expect(nftRules(cluster.machine, 'node-1').join('\n')).toContain('service-ips { 10.96.0.1 . tcp . 443 : goto service-');
    cluster.control({action: 'network', change: {proxyMode: 'ipvs'}});
    expect(ipvsadm(cluster.machine, 'node-1')).toContain('TCP  10.96.0.1:443 rr');
  });

  it('remembers open connections', () => {
    const {machine, run} = network(twoPods());
    run(tx => connect(tx, CLIENT, {address: '10.96.0.1', port: 443}, {sourcePort: 40000, keep: true}));
    expect(conntrackList(machine, 'node-1')).toEqual([
      'tcp      432000 ESTABLISHED src=10.244.0.2 dst=10.96.0.1 sport=40000 dport=443 src=192.168.0.2 dst=10.244.0.2 sport=6443 dport=40000 [ASSURED]',
    ]);
  });
});

describe('a hostPort', () => {
  it('leads from the node to the pod', () => {
    const cluster = stage(2);
    runPod(cluster, 'web', 'node-2', '10.244.1.2', {
      spec: {containers: [{name: 'main', image: 'web', ports: [{containerPort: 80, hostPort: 8080}]}]},
    });
    pass(cluster);
    const {run} = network(cluster);
    const ask = (address: string) =>
      run(tx => connect(tx, {kind: 'node', name: 'node-1'}, {address, port: 8080}, {listens: ({pod}) => pod !== undefined}));
    expect(ask('192.168.0.12').endpoint?.pod?.name).toBe('web');
    expect(ask('192.168.0.11').verdict).toBe('refused');
  });
});

describe('what a learner breaks', () => {
  const verdict = (cluster: ReturnType<typeof stage>) => network(cluster).run(tx => connect(tx, CLIENT, FAR)).verdict;

  it('the overlay: pods of different nodes lose each other until it is mended, or not used', () => {
    const cluster = twoPods();
    expect(verdict(cluster)).toBe('answered');
    cluster.control({action: 'network-break', node: 'node-2', part: 'overlay'});
    expect(verdict(cluster)).toBe('timeout');
    cluster.control({action: 'network', change: {backend: 'routed'}});
    expect(verdict(cluster)).toBe('answered');
    cluster.control({action: 'network', change: {backend: 'vxlan'}});
    cluster.control({action: 'network-mend', node: 'node-2', part: 'overlay'});
    expect(verdict(cluster)).toBe('answered');
  });

  it('the cable of a node', () => {
    const cluster = twoPods();
    cluster.control({action: 'network-break', node: 'node-2', part: 'link'});
    expect(verdict(cluster)).toBe('timeout');
  });

  it('must be there', () => {
    const cluster = stage(1);
    expect(() => cluster.control({action: 'network-break', node: 'node-9', part: 'link'})).toThrow(ControlError);
    expect(() => cluster.control({action: 'pod-range', node: 'node-1', cidr: 'nonsense'})).toThrow(ControlError);
  });
});
