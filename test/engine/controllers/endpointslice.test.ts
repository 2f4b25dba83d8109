import {describe, expect, it} from 'vitest';
import type {Cluster} from '../../../src/engine/index.ts';
import {get, pass, put, runPod, send, setStatus, stage} from '../network/stage.ts';

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const SERVICES = '/api/v1/namespaces/default/services';
const PODS = '/api/v1/namespaces/default/pods';

const service = (cluster: Cluster, spec: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): void => {
  put(cluster, SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name: 'web', ...metadata},
    spec: {selector: {app: 'web'}, ports: [{name: 'http', port: 80, targetPort: 'http'}], ...spec},
  });
  pass(cluster);
};

const web = (cluster: Cluster, name: string, on: string, ip: string, ready = true): void =>
  runPod(cluster, name, on, ip, {labels: {app: 'web'}, ready, ports: [{name: 'http', containerPort: 8080}]});

const slices = (cluster: Cluster): any[] =>
  get(cluster, SLICES).items.filter((slice: any) => slice.metadata.labels['kubernetes.io/service-name'] === 'web');

const conditions = (cluster: Cluster): Record<string, string> =>
  Object.fromEntries(
    slices(cluster).flatMap(slice =>
      slice.endpoints.map(({targetRef, conditions: {ready, serving, terminating}}: any) => [
        targetRef.name,
        `ready=${ready} serving=${serving} terminating=${terminating}`,
      ]),
    ),
  );

describe('the EndpointSlices of a Service', () => {
  it('name its pods with port, node and zone', () => {
    const cluster = stage();
    service(cluster);
    web(cluster, 'a', 'node-2', '10.244.1.2');
    pass(cluster);
    const [slice] = slices(cluster);
    expect(slice.metadata.name).toMatch(/^web-[a-z0-9]{5}$/);
    expect(slice.metadata.labels).toEqual({
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    });
    expect(slice.ports).toEqual([{name: 'http', port: 8080, protocol: 'TCP'}]);
    expect(slice.endpoints).toMatchObject([
      {addresses: ['10.244.1.2'], conditions: {ready: true, serving: true, terminating: false}, nodeName: 'node-2', zone: 'zone-2'},
    ]);
  });

  it('follow readiness, and tell a pod that is going from one that is not ready', () => {
    const cluster = stage();
    service(cluster);
    web(cluster, 'a', 'node-1', '10.244.0.2');
    web(cluster, 'b', 'node-1', '10.244.0.3', false);
    pass(cluster);
    expect(conditions(cluster)).toEqual({
      a: 'ready=true serving=true terminating=false',
      b: 'ready=false serving=false terminating=false',
    });
    setStatus(cluster, 'b', '10.244.0.3', true);
    send(cluster, 'DELETE', `${PODS}/a`);
    pass(cluster);
    expect(conditions(cluster)).toEqual({
      a: 'ready=false serving=true terminating=true',
      b: 'ready=true serving=true terminating=false',
    });
  });

  it('hold at most a hundred endpoints each, and change as few of themselves as they can', () => {
    const cluster = stage(1);
    for (let i = 2; i <= 151; i++) web(cluster, `p${String(i).padStart(3, '0')}`, 'node-1', `10.244.0.${i}`);
    service(cluster);
    const sizes = () => slices(cluster).map(slice => slice.endpoints.length);
    expect(sizes().sort()).toEqual([100, 50]);
    const before = new Map(slices(cluster).map(slice => [slice.metadata.name, slice.metadata.resourceVersion]));
    send(cluster, 'DELETE', `${PODS}/p002?gracePeriodSeconds=0`);
    pass(cluster);
    expect(sizes().reduce((a, b) => a + b)).toBe(149);
    const changed = slices(cluster).filter(slice => slice.metadata.resourceVersion !== before.get(slice.metadata.name));
    expect(changed).toHaveLength(1);
  });

  it('exist, though empty, where the selector matches nothing', () => {
    const cluster = stage();
    service(cluster, {selector: {app: 'wbe'}});
    expect(slices(cluster).map(slice => slice.endpoints ?? [])).toEqual([[]]);
  });

  it('carry hints where the Service prefers close endpoints', () => {
    const cluster = stage();
    web(cluster, 'a', 'node-1', '10.244.0.2');
    web(cluster, 'b', 'node-2', '10.244.1.2');
    service(cluster, {trafficDistribution: 'PreferClose'});
    const hints = slices(cluster).flatMap(slice => slice.endpoints.map((endpoint: any) => endpoint.hints));
    expect(hints).toEqual([{forZones: [{name: 'zone-1'}]}, {forZones: [{name: 'zone-2'}]}]);
  });

  it('are made once, however fast the changes come', () => {
    const cluster = stage();
    service(cluster);
    for (let i = 2; i < 8; i++) web(cluster, `p${i}`, 'node-1', `10.244.0.${i}`);
    pass(cluster);
    expect(slices(cluster)).toHaveLength(1);
    expect(slices(cluster)[0].endpoints).toHaveLength(6);
  });
});

describe('a slice that somebody deletes', () => {
  const names = (cluster: Cluster): string[] => slices(cluster).map(slice => slice.metadata.name);

  it('is made again, at once or when the controller is back', () => {
    const cluster = stage();
    service(cluster);
    web(cluster, 'a', 'node-1', '10.244.0.2');
    pass(cluster);
    const [first] = names(cluster);
    send(cluster, 'DELETE', `${SLICES}/${first}`);
    pass(cluster);
    const [second] = names(cluster);
    expect(second).not.toBe(first);
    cluster.control({action: 'stop', program: 'kube-controller-manager'});
    send(cluster, 'DELETE', `${SLICES}/${second}`);
    pass(cluster);
    expect(names(cluster)).toEqual([]);
    cluster.control({action: 'start', program: 'kube-controller-manager'});
    pass(cluster);
    expect(conditions(cluster)).toEqual({a: 'ready=true serving=true terminating=false'});
  });
});

describe('Endpoints', () => {
  const endpoints = (cluster: Cluster): any => get(cluster, '/api/v1/namespaces/default/endpoints/web');

  it('say the same in the older form', () => {
    const cluster = stage();
    service(cluster);
    web(cluster, 'a', 'node-1', '10.244.0.2');
    web(cluster, 'b', 'node-2', '10.244.1.2', false);
    pass(cluster);
    expect(endpoints(cluster).subsets).toMatchObject([
      {
        addresses: [{ip: '10.244.0.2', nodeName: 'node-1', targetRef: {kind: 'Pod', name: 'a'}}],
        notReadyAddresses: [{ip: '10.244.1.2', nodeName: 'node-2'}],
        ports: [{name: 'http', port: 8080, protocol: 'TCP'}],
      },
    ]);
    send(cluster, 'DELETE', `${SERVICES}/web`);
    pass(cluster);
    expect(() => endpoints(cluster)).toThrow('not found');
  });

  it('that a person wrote for a Service without selector are mirrored into a slice', () => {
    const cluster = stage();
    service(cluster, {selector: undefined, ports: [{port: 80}]});
    put(cluster, '/api/v1/namespaces/default/endpoints', {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {name: 'web'},
      subsets: [{addresses: [{ip: '198.51.100.7'}], ports: [{port: 9000}]}],
    });
    pass(cluster);
    expect(slices(cluster)).toMatchObject([
      {
        metadata: {labels: {'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io'}},
        endpoints: [{addresses: ['198.51.100.7'], conditions: {ready: true}}],
        ports: [{port: 9000, protocol: 'TCP'}],
      },
    ]);
  });
});
