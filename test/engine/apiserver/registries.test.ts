/** What the server makes of a new or changed object before it is stored, and what it warns of. */
import {describe, expect, it} from 'vitest';
import {clusterOf} from '../../clusters.ts';

const cluster = clusterOf({nodes: 0, off: ['kube-scheduler']});
cluster.advance(1000);
const send = (method: string, path: string, body: unknown, type = 'application/json') => {
  const {code, body: answer, headers} = cluster.request({method, path, body, headers: {'content-type': type}});
  return {code, body: answer as any, warnings: JSON.stringify(headers)};
};
const NAMESPACE = '/api/v1/namespaces/default';
const container = {name: 'c', image: 'nginx'};
const pod = (name: string, spec = {}, annotations = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name, annotations},
  spec: {containers: [container], ...spec},
});

describe('pods', () => {
  const ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/c';

  it('an AppArmor annotation becomes a field, and its author is told', () => {
    const {body, warnings} = send('POST', `${NAMESPACE}/pods`, pod('guarded', {}, {[ANNOTATION]: 'localhost/tight'}));
    expect(body.spec.containers[0].securityContext).toEqual({appArmorProfile: {type: 'Localhost', localhostProfile: 'tight'}});
    expect(warnings).toContain('deprecated since v1.30');
  });
  it('not where the pod says the same', () => {
    const profile = {securityContext: {appArmorProfile: {type: 'RuntimeDefault'}}};
    const {body, warnings} = send('POST', `${NAMESPACE}/pods`, pod('agreed', profile, {[ANNOTATION]: 'runtime/default'}));
    expect(body.spec.containers[0].securityContext).toBeUndefined();
    expect(warnings).not.toContain('deprecated');
  });
  it('a name that is no label makes a strange hostname', () => {
    const {code, warnings} = send('POST', `${NAMESPACE}/pods`, pod('a.b'));
    expect(code).toBe(201);
    expect(warnings).toContain("this is used in the Pod's hostname");
    const labelled = send('PATCH', `${NAMESPACE}/pods/a.b`, {metadata: {labels: {x: 'y'}}}, 'application/merge-patch+json');
    expect(labelled.warnings).not.toContain('hostname');
  });
  it('a resize changes neither labels nor anything else but resources', () => {
    send('POST', `${NAMESPACE}/pods`, pod('sized', {containers: [{...container, resources: {requests: {cpu: '1'}}}]}));
    const change = {
      metadata: {labels: {x: 'y'}},
      spec: {containers: [{name: 'c', image: 'other', resources: {requests: {cpu: '2'}}}]},
    };
    const {code, body} = send('PATCH', `${NAMESPACE}/pods/sized/resize`, change, 'application/strategic-merge-patch+json');
    expect(code).toBe(200);
    expect(body.metadata.labels).toBeUndefined();
    expect(body.spec.containers[0]).toMatchObject({image: 'nginx', resources: {requests: {cpu: '2'}}});
  });
});

describe('controllers', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'd'},
    spec: {
      replicas: 0,
      selector: {matchLabels: {app: 'd'}},
      template: {metadata: {labels: {app: 'd'}}, spec: {containers: [{...container, resources: {requests: {memory: '1m'}}}]}},
    },
  };
  it('warn of their templates only when something changes', () => {
    const path = '/apis/apps/v1/namespaces/default/deployments';
    expect(send('POST', path, deployment).warnings).toContain('fractional byte value');
    const patch = (body: object) => send('PATCH', `${path}/d`, body, 'application/merge-patch+json').warnings;
    expect(patch({metadata: {labels: {x: 'y'}}})).not.toContain('fractional');
    expect(patch({spec: {minReadySeconds: 3}})).toContain('fractional byte value');
  });
});

describe('services', () => {
  it('the class of a load balancer goes with it', () => {
    const spec = {type: 'LoadBalancer', loadBalancerClass: 'example.com/fast', ports: [{port: 80}], selector: {app: 'a'}};
    const service = {apiVersion: 'v1', kind: 'Service', metadata: {name: 's'}, spec};
    expect(send('POST', `${NAMESPACE}/services`, service).code).toBe(201);
    const {code, body} = send('PATCH', `${NAMESPACE}/services/s`, {spec: {type: 'ClusterIP'}}, 'application/merge-patch+json');
    expect(code).toBe(200);
    expect(body.spec).toMatchObject({type: 'ClusterIP', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack'});
    expect(body.spec.loadBalancerClass).toBeUndefined();
  });
  describe('have addresses of the one family of the cluster', () => {
    let made = 0;
    const create = (spec: object) => {
      const service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {name: `family-${++made}`},
        spec: {ports: [{port: 80}], selector: {app: 'a'}, ...spec},
      };
      const {code, body} = send('POST', `${NAMESPACE}/services`, service);
      return code === 201 ? body.spec : (body.details.causes as {field: string; message: string}[]).map(c => `${c.field}: ${c.message}`);
    };
    it('which they are told when they do not say', () => {
      expect(create({})).toMatchObject({ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack'});
      expect(create({ipFamilyPolicy: 'PreferDualStack'})).toMatchObject({ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack'});
    });
    it('and no other', () => {
      expect(create({ipFamilies: ['IPv6']})).toEqual(['spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster']);
      expect(create({clusterIP: 'fd00::7'})).toEqual([
        'spec.clusterIPs[0]: Invalid value: ["fd00::7"]: IPv6 is not configured on this cluster',
      ]);
      expect(create({ipFamilyPolicy: 'RequireDualStack'})).toEqual([
        'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
      ]);
    });
    it('two of them need a policy that allows two', () => {
      expect(create({ipFamilies: ['IPv4', 'IPv6']})).toEqual([
        `spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified`,
      ]);
    });
    it('but for addresses that somebody else looks after', () => {
      const foreign = {clusterIP: 'None', selector: undefined};
      expect(create(foreign)).toMatchObject({ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack'});
      expect(create({...foreign, ipFamilies: ['IPv6']})).toMatchObject({ipFamilies: ['IPv6', 'IPv4']});
      expect(create({...foreign, ipFamilyPolicy: 'SingleStack'})).toMatchObject({ipFamilies: ['IPv4']});
    });
    it('a second one goes only when the policy says so', () => {
      const {code} = send('POST', `${NAMESPACE}/services`, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {name: 'foreign'},
        spec: {clusterIP: 'None', ports: [{port: 80}]},
      });
      expect(code).toBe(201);
      const patch = (spec: object) => send('PATCH', `${NAMESPACE}/services/foreign`, {spec}, 'application/merge-patch+json');
      expect(patch({ipFamilies: ['IPv4']}).body.message).toContain("must be 'SingleStack' to release the secondary IP family");
      expect(patch({ipFamilyPolicy: 'SingleStack'}).body.spec).toMatchObject({ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack'});
    });
  });
  describe('get ports on the nodes', () => {
    const [dns, dnsTcp] = [
      {name: 'dns', port: 53, protocol: 'UDP'},
      {name: 'dns-tcp', port: 53, protocol: 'TCP'},
    ];
    const post = (name: string, spec: object) =>
      send('POST', `${NAMESPACE}/services`, {apiVersion: 'v1', kind: 'Service', metadata: {name}, spec: {type: 'NodePort', ...spec}});
    const patch = (name: string, spec: object) => send('PATCH', `${NAMESPACE}/services/${name}`, {spec}, 'application/merge-patch+json');
    const portsOf = ({body}: {body: any}): number[] => body.spec.ports.map((port: {nodePort?: number}) => port.nodePort);

    it('one for each number, by whatever protocol', () => {
      const [udp, tcp, http] = portsOf(post('names', {ports: [dns, dnsTcp, {name: 'http', port: 80}]}));
      expect(tcp).toBe(udp);
      expect(http).not.toBe(udp);
      expect(portsOf(post('names-asked', {ports: [dns, {...dnsTcp, nodePort: 30053}]}))).toEqual([30053, 30053]);
      const sctp = {name: 'dns-sctp', port: 53, protocol: 'SCTP'};
      expect(portsOf(post('names-mixed', {ports: [{...dns, nodePort: 30153}, {...dnsTcp, nodePort: 30154}, sctp]}))).toEqual([
        30153, 30154, 30153,
      ]);
    });
    it('but none that is taken, by another or for another number', () => {
      for (const port of [53, 80]) {
        const {code, body} = post('names-late', {
          ports: [
            {name: 'a', port: 7},
            {name: 'b', port, nodePort: 30053},
          ],
        });
        expect(code).toBe(422);
        expect(body.message).toContain('spec.ports[1].nodePort: Invalid value: 30053: provided port is already allocated');
      }
    });
    it('and keep them by name', () => {
      const [nodePort] = portsOf(post('web', {ports: [{name: 'http', port: 80}]}));
      expect(portsOf(patch('web', {ports: [{name: 'http', port: 8080}]}))).toEqual([nodePort]);
      expect(portsOf(patch('web', {ports: [{name: 'other', port: 8080}]}))).not.toEqual([nodePort]);
    });
    it('a balancer that wants none gets only what it asks for', () => {
      const spec = {type: 'LoadBalancer', allocateLoadBalancerNodePorts: false};
      expect(
        portsOf(
          post('quiet', {
            ...spec,
            ports: [
              {name: 'a', port: 80},
              {name: 'b', port: 81, nodePort: 30081},
            ],
          }),
        ),
      ).toEqual([undefined, 30081]);
      expect(post('quiet-too', {...spec, ports: [{port: 80, nodePort: 30081}]}).body.message).toContain('already allocated');
    });
    it('lose them with the type, unless somebody asks for one', () => {
      post('inner', {ports: [{name: 'a', port: 80}]});
      expect(portsOf(patch('inner', {type: 'ClusterIP'}))).toEqual([undefined]);
      expect(patch('inner', {ports: [{name: 'a', port: 80, nodePort: 30099}]}).body.message).toContain(
        "may not be used when `type` is 'ClusterIP'",
      );
    });
  });
  it('keep their address: another is refused as a change, whether it is free or not', () => {
    send('POST', `${NAMESPACE}/services`, {apiVersion: 'v1', kind: 'Service', metadata: {name: 'kept'}, spec: {ports: [{port: 80}]}});
    for (const clusterIP of ['10.96.0.77', '10.96.0.1', '192.168.0.1']) {
      const {code, body} = send('PATCH', `${NAMESPACE}/services/kept`, {spec: {clusterIP}}, 'application/merge-patch+json');
      expect(code).toBe(422);
      expect(body.message).toContain('may not change once set');
    }
  });
});
