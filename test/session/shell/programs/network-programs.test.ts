import {describe, expect, it} from 'vitest';
import {program} from '../../../../src/session/shell/line.ts';
import {programNamed} from '../../../../src/session/shell/programs/table.ts';
import {type ProgramEnv, runToEnd} from '../../../../src/session/shell/shell.ts';
import {clusterOf} from '../../../clusters.ts';

const cluster = clusterOf({nodes: 2});
const env = {cluster, state: {files: {}, variables: {}, cache: new Map()}, disabled: []} as unknown as ProgramEnv;

const type = (line: string): {output: string; exitCode: number} => {
  const [name = '', ...argv] = line.split(' ');
  return runToEnd(programNamed(name)!.run(argv, env, program), cluster);
};

describe('the tools of the network', () => {
  it('look at one node, the first unless told', () => {
    expect(type('ip route').output).toMatch(/^default via 192\.168\.0\.1 dev eth0\n/);
    expect(type('ip route node-2').output).toContain('src 192.168.0.12');
    expect(type('ip route node-9')).toMatchObject({output: 'ip: there is no node and no running pod node-9\n', exitCode: 1});
    expect(type('ip link')).toMatchObject({exitCode: 1});
  });

  it('print the rules of the mode that kube-proxy is in', () => {
    expect(type('iptables-save node-2').output).toContain('default/kubernetes:https cluster IP');
    type('chaos proxy mode ipvs');
    expect(type('ipvsadm -Ln').output).toContain('TCP  10.96.0.1:443 rr');
    type('chaos proxy mode iptables');
  });

  it('follow a packet to its end', () => {
    const {output, exitCode} = type('trace 10.96.0.1:443 --from node-1');
    expect(output).toContain('destination 10.96.0.1:443 becomes 192.168.0.2:6443');
    expect(output).toMatch(/=> the control plane answers\n$/);
    expect(exitCode).toBe(0);
  });

  it('look names up from the outside as the world knows them', () => {
    expect(type('nslookup www.example.com').output).toContain('A    www.example.com.  203.0.113.53  NOERROR  203.0.113.');
  });

  it('say what they want when they are called wrongly', () => {
    expect(type('trace')).toMatchObject({exitCode: 2});
    expect(type('chaos cni range node-1 nonsense')).toMatchObject({
      exitCode: 1,
      output: 'chaos: there is no block of addresses nonsense\n',
    });
  });
});

describe('chaos on the network', () => {
  it('knows its words', () => {
    expect(type('chaos proxy mode nftabls')).toMatchObject({
      exitCode: 1,
      output: 'chaos: a proxy mode is iptables, nftables or ipvs, not nftabls\n',
    });
    expect(type('chaos range 10.0.0.0/8').output).toBe('chaos: 10.0.0.0/8 overlaps 10.96.0.0/12, the addresses of Services\n');
    expect(type('chaos range 10.200.0.0/16').output).toBe(
      'chaos: 10.200.0.0/16 does not hold 10.244.0.0/16, of which the nodes have their blocks\n',
    );
    expect(type('chaos range much').output).toBe('chaos: much is no range of addresses such as 10.128.0.0/9\n');
  });

  it('nodes that waited for addresses get them when the range is widened; the others keep theirs', () => {
    const small = clusterOf({nodes: 1});
    const at = {...env, cluster: small} as ProgramEnv;
    const run = (line: string): void => expect(runToEnd(program(line, at), small).exitCode).toBe(0);
    const blocks = (): (string | undefined)[] => {
      const {items} = small.request({method: 'GET', path: '/api/v1/nodes'}).body as {items: {spec: {podCIDR?: string}}[]};
      return items.map(node => node.spec.podCIDR);
    };
    const [first] = blocks();
    run('chaos nodes 258; sleep 60s');
    expect(blocks().filter(block => block === undefined)).toHaveLength(2);
    run('chaos range 10.128.0.0/9; sleep 60s');
    expect(blocks()[0]).toBe(first);
    expect(new Set(blocks()).size).toBe(258);
    expect(blocks()).not.toContain(undefined);
  });
});

describe('curl', () => {
  const apply = (path: string, object: object): void => void cluster.request({method: 'POST', path, body: object});

  it('reaches a NodePort from the learner’s machine, and says why it does not reach anything else', () => {
    apply('/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'web', labels: {app: 'web'}},
      spec: {containers: [{name: 'web', image: 'nginx:1.27'}]},
    });
    apply('/api/v1/namespaces/default/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {name: 'web'},
      spec: {type: 'NodePort', selector: {app: 'web'}, ports: [{port: 80, nodePort: 30080}]},
    });
    cluster.settle();
    cluster.advance(5000);
    expect(type('curl -s http://192.168.0.12:30080/')).toMatchObject({exitCode: 0, output: expect.stringContaining('nginx')});
    expect(type('curl -s web --from web')).toMatchObject({exitCode: 0, output: expect.stringContaining('nginx')});
    expect(type('ip route web').output).toMatch(/^default via 10\.244\.\d\.1 dev eth0\n/);
    expect(type('curl 192.168.0.12:30081').output).toMatch(/^curl: \(7\) Failed to connect to 192\.168\.0\.12 port 30081/);
    expect(type('curl web').output).toBe('curl: (6) Could not resolve host: web\n');
    expect(type('curl -m 2 http://10.244.0.2/').output).toBe('curl: (28) Connection timed out after 2000 milliseconds\n');
  });
});
