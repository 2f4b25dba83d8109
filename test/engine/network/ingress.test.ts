import {describe, expect, it} from 'vitest';
import type {Cluster} from '../../../src/engine/index.ts';
import {type Ingress, routeRequest} from '../../../src/engine/network/ingress/route.ts';
import {connect} from '../../../src/engine/network/packet/connect.ts';
import {get, network, pass, put, runPod, stage} from './stage.ts';

const ingress = (paths: Record<string, unknown>[], host?: string, spec: Record<string, unknown> = {}): Ingress =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {name: 'site', namespace: 'default'},
    spec: {rules: [{...(host && {host}), http: {paths}}], ...spec},
  }) as unknown as Ingress;

const path = (text: string, service: string, pathType = 'Prefix') => ({
  path: text,
  pathType,
  backend: {service: {name: service, port: {number: 80}}},
});

describe('an Ingress', () => {
  const chosen = (host: string, asked: string, ...ingresses: Ingress[]): string | undefined =>
    routeRequest(ingresses, {host, path: asked})?.service;

  it('sends the longest path that covers the request, element by element', () => {
    const site = ingress([path('/', 'web'), path('/shop', 'shop'), path('/shop/cart', 'cart', 'Exact')]);
    expect(chosen('any', '/', site)).toBe('web');
    expect(chosen('any', '/shop/hats', site)).toBe('shop');
    expect(chosen('any', '/shopping', site)).toBe('web');
    expect(chosen('any', '/shop/cart', site)).toBe('cart');
    expect(chosen('any', '/shop/cart/1', site)).toBe('shop');
  });

  it('prefers an exact host to a wildcard, and a wildcard to none', () => {
    const all = [
      ingress([path('/', 'any')]),
      ingress([path('/', 'wild')], '*.example.com'),
      ingress([path('/', 'exact')], 'a.example.com'),
    ];
    expect(chosen('a.example.com', '/', ...all)).toBe('exact');
    expect(chosen('b.example.com', '/', ...all)).toBe('wild');
    expect(chosen('x.b.example.com', '/', ...all)).toBe('any');
  });

  it('has a backend for what no rule covers', () => {
    expect(
      chosen('any', '/none', ingress([path('/x', 'x')], undefined, {defaultBackend: {service: {name: 'rest', port: {number: 80}}}})),
    ).toBe('rest');
  });
});

describe('a request for an Ingress', () => {
  function site(): Cluster {
    const cluster = stage(2);
    runPod(cluster, 'web', 'node-2', '10.244.1.2', {labels: {app: 'web'}});
    put(cluster, '/api/v1/namespaces/default/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {name: 'web'},
      spec: {selector: {app: 'web'}, ports: [{port: 80, targetPort: 8080}]},
    });
    pass(cluster);
    return cluster;
  }
  const apply = (cluster: Cluster): void => {
    put(cluster, '/apis/networking.k8s.io/v1/namespaces/default/ingresses', ingress([path('/', 'web')], 'www.example.com'));
    pass(cluster);
  };
  const ask = (cluster: Cluster, host: string) =>
    network(cluster).run(tx =>
      connect(
        tx,
        {kind: 'outside', address: '198.51.100.7'},
        {address: '192.168.0.11', port: 80, http: {host, path: '/'}},
        {listens: () => false},
      ),
    );

  it('finds nobody listening where no controller is installed', () => {
    const cluster = site();
    apply(cluster);
    expect(ask(cluster, 'www.example.com').verdict).toBe('refused');
    expect(get(cluster, '/apis/networking.k8s.io/v1/namespaces/default/ingresses/site').status.loadBalancer?.ingress).toBeUndefined();
  });

  it('is passed on to a pod by the controller, or answered by it', () => {
    const cluster = site();
    cluster.control({action: 'start', program: 'ingress-controller'});
    pass(cluster);
    apply(cluster);
    const passed = ask(cluster, 'www.example.com');
    expect(passed.endpoint?.pod?.name).toBe('web');
    expect(passed.hops.find(({station}) => station === 'ingress')?.detail).toContain('goes to default/web');
    expect(ask(cluster, 'other.example.com').status).toBe(404);
    const {spec, status} = get(cluster, '/apis/networking.k8s.io/v1/namespaces/default/ingresses/site');
    expect(spec.ingressClassName).toBe('podyssey');
    expect(status.loadBalancer.ingress).toEqual([{ip: '192.168.0.11'}, {ip: '192.168.0.12'}]);
  });
});
