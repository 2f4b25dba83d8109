import {describe, expect, it} from 'vitest';
import type {EndpointSlice, Service} from '../../../src/engine/api/types.ts';
import {endpointsByServicePort} from '../../../src/engine/network/proxy/endpoints.ts';
import {iptablesRules} from '../../../src/engine/network/proxy/iptables/rules.ts';
import {restoreText, saveText} from '../../../src/engine/network/proxy/iptables/text.ts';
import {ipvsTable, ipvsText} from '../../../src/engine/network/proxy/ipvs.ts';
import {nftablesRules} from '../../../src/engine/network/proxy/nftables.ts';
import {servicePorts} from '../../../src/engine/network/proxy/service-ports.ts';

const NODE = {name: 'node-1'};

const service = (spec: Service['spec'], status?: Service['status']): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {namespace: 'ns1', name: 'svc1'},
  spec: {clusterIP: '172.30.0.41', ports: [{name: 'p80', port: 80, protocol: 'TCP'}], ...spec},
  ...(status && {status}),
});

const slice = (...endpoints: [ip: string, node: string][]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {namespace: 'ns1', name: 'svc1-1', labels: {'kubernetes.io/service-name': 'svc1'}},
  addressType: 'IPv4',
  endpoints: endpoints.map(([ip, nodeName]) => ({addresses: [ip], nodeName, conditions: {ready: true}})),
  ports: [{name: 'p80', port: 80, protocol: 'TCP'}],
});

const inputs = (of: Service, ...endpoints: [ip: string, node: string][]) =>
  [servicePorts(of), endpointsByServicePort([slice(...endpoints)], NODE.name)] as const;

const CONFIG = {node: NODE, nodeIP: '192.168.0.2', clusterCIDR: '10.0.0.0/8', serviceCIDR: '172.30.0.0/16'};

describe('nftables mode', () => {
  const nft = (of: Service, ...endpoints: [ip: string, node: string][]): string[] => {
    const lines = nftablesRules(...inputs(of, ...endpoints), CONFIG);
    return lines.slice(lines.indexOf('# ns1/svc1:p80') + 1).map(line => line.replace('ip kube-proxy ', ''));
  };

  it('has a chain a service with one choice among all endpoints, and a chain an endpoint', () => {
    expect(nft(service({}), ['10.180.0.1', 'node-1'])).toEqual([
      'add chain service-ULMVA6XW-ns1/svc1/tcp/p80',
      'add rule service-ULMVA6XW-ns1/svc1/tcp/p80 ip daddr 172.30.0.41 ip saddr != 10.0.0.0/8 jump mark-for-masquerade',
      'add rule service-ULMVA6XW-ns1/svc1/tcp/p80 numgen random mod 1 vmap { 0 : goto endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 }',
      'add chain endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80',
      'add rule endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 ip saddr 10.180.0.1 jump mark-for-masquerade',
      'add rule endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 meta l4proto tcp dnat to 10.180.0.1:80',
      'add element cluster-ips { 172.30.0.41 }',
      'add element service-ips { 172.30.0.41 . tcp . 80 : goto service-ULMVA6XW-ns1/svc1/tcp/p80 }',
    ]);
  });

  it('rejects what has no endpoint, and drops what has none on this node', () => {
    expect(nft(service({}))).toEqual([
      'add element cluster-ips { 172.30.0.41 }',
      'add element no-endpoint-services { 172.30.0.41 . tcp . 80 comment "ns1/svc1:p80" : goto reject-chain }',
    ]);
    const local = service({
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 3001}],
    });
    expect(nft(local, ['10.180.0.1', 'node-2'])).toContain(
      'add element no-endpoint-nodeports { tcp . 3001 comment "ns1/svc1:p80" : drop }',
    );
  });
});

describe('ipvs mode', () => {
  it('is a table of virtual servers', () => {
    const of = service({type: 'NodePort', ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 30080}]});
    const table = ipvsTable(...inputs(of, ['10.180.0.1', 'node-1'], ['10.180.0.2', 'node-2']), {node: NODE, nodeIPs: ['192.168.0.2']});
    expect(ipvsText(table).slice(3)).toEqual([
      'TCP  172.30.0.41:80 rr',
      '  -> 10.180.0.1:80                Masq    1      0          0',
      '  -> 10.180.0.2:80                Masq    1      0          0',
      'TCP  192.168.0.2:30080 rr',
      '  -> 10.180.0.1:80                Masq    1      0          0',
      '  -> 10.180.0.2:80                Masq    1      0          0',
    ]);
  });
});

describe('iptables mode', () => {
  const rules = (of: Service, ...endpoints: [ip: string, node: string][]) => iptablesRules(...inputs(of, ...endpoints), CONFIG);

  it('prints what the kernel holds as iptables-save does', () => {
    const text = saveText(rules(service({}), ['10.180.0.1', 'node-1'], ['10.180.0.2', 'node-2'], ['10.180.0.3', 'node-3']));
    expect(text).toContain(
      '-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-SXIVWICOYRO3J4NJ',
    );
    expect(text).toContain('-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000');
    expect(text).toContain(
      '-A KUBE-SERVICES -d 172.30.0.41/32 -p tcp -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp --dport 80 -j KUBE-SVC-XPGD46QRK7WJZT7O',
    );
  });

  it('lets a load balancer through from its source ranges only', () => {
    const of = service({type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/25']}, {loadBalancer: {ingress: [{ip: '5.6.7.8'}]}});
    const text = restoreText(rules(of, ['10.180.0.1', 'node-1']));
    expect(text.filter(line => line.includes('KUBE-FW-') || line.includes('KUBE-PROXY-FIREWALL -m'))).toEqual([
      '-A KUBE-PROXY-FIREWALL -m comment --comment "ns1/svc1:p80 traffic not accepted by KUBE-FW-XPGD46QRK7WJZT7O" -m tcp -p tcp -d 5.6.7.8 --dport 80 -j DROP',
      ':KUBE-FW-XPGD46QRK7WJZT7O - [0:0]',
      '-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 loadbalancer IP" -m tcp -p tcp -d 5.6.7.8 --dport 80 -j KUBE-FW-XPGD46QRK7WJZT7O',
      '-A KUBE-FW-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 loadbalancer IP" -s 203.0.113.0/25 -j KUBE-EXT-XPGD46QRK7WJZT7O',
      '-A KUBE-FW-XPGD46QRK7WJZT7O -m comment --comment "other traffic to ns1/svc1:p80 will be dropped by KUBE-PROXY-FIREWALL"',
    ]);
  });

  it('keeps a client with its endpoint', () => {
    const text = restoreText(rules(service({sessionAffinity: 'ClientIP'}), ['10.180.0.1', 'node-1']));
    expect(text).toContain(
      '-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -m recent --name KUBE-SEP-SXIVWICOYRO3J4NJ --rcheck --seconds 10800 --reap -j KUBE-SEP-SXIVWICOYRO3J4NJ',
    );
    expect(text).toContain(
      '-A KUBE-SEP-SXIVWICOYRO3J4NJ -m comment --comment ns1/svc1:p80 -m recent --name KUBE-SEP-SXIVWICOYRO3J4NJ --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.1:80',
    );
  });
});
