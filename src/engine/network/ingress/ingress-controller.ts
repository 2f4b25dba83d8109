/**
 * An ingress controller such as a cluster may have installed: it listens on ports 80 and 443 of every node, chooses by host and path, and goes to the pods itself.
 * Without it an Ingress is only an object. upstream: k8s.io/ingress-nginx (retired in 2026) and its successors
 */

import {endpointsOf, LABEL_SERVICE_NAME} from '../../api/endpoint-slice.ts';
import type {EndpointSlice, KubeObject, networking, Service} from '../../api/types.ts';
import {DEFAULT_INGRESS_CLASS_ANNOTATION} from '../../api/well-known.ts';
import {HOSTS, type Host} from '../../client/hosts.ts';
import {listerOf} from '../../client/informer.ts';
import {findProcess} from '../../client/processes.ts';
import type {Component, ComponentContext} from '../../client/types.ts';
import type {Tx} from '../../machine/types.ts';
import type {HttpTarget} from '../packet/connection.ts';
import {type Backend, type Ingress, routeRequest} from './route.ts';

const INGRESS_CONTROLLER = 'ingress-controller';
const CONTROLLER_CLASS = 'podyssey.dev/ingress-controller';
const CLASS_NAME = 'podyssey';
const OWNER = `${INGRESS_CONTROLLER}/`;
const PORTS: readonly number[] = [80, 443];
/** More addresses in an Ingress's status help nobody. */
const MAX_STATUS_ADDRESSES = 3;

type IngressClass = networking.IngressClass & KubeObject;

const ours = (ingress: Ingress, classes: readonly IngressClass[]): boolean => {
  const name = ingress.spec?.ingressClassName;
  return name !== undefined && classes.some(({metadata, spec}) => metadata.name === name && spec?.controller === CONTROLLER_CLASS);
};

/** Its class is installed with it, and is what an Ingress gets that names none. */
function install(ctx: ComponentContext): void {
  if (ctx.client.list<IngressClass>('ingressclasses').some(({spec}) => spec?.controller === CONTROLLER_CLASS)) return;
  ctx.client.create('ingressclasses', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: {name: CLASS_NAME, annotations: {[DEFAULT_INGRESS_CLASS_ANNOTATION]: 'true'}},
    spec: {controller: CONTROLLER_CLASS},
  });
}

/** Tells in an Ingress's status where it is served. */
function reconcile(ctx: ComponentContext, key: string): void {
  const [namespace, name] = key.split('/') as [string, string];
  const ingress = ctx.lister<Ingress>('ingresses').get(namespace, name);
  if (!ingress || !ours(ingress, ctx.lister<IngressClass>('ingressclasses').list())) return;
  const hosts = [...ctx.tx.table<Host>(HOSTS).entries()].map(([, host]) => host).filter(host => host.up);
  const addresses = hosts.slice(0, MAX_STATUS_ADDRESSES).map(({address}) => ({ip: address}));
  if (JSON.stringify(ingress.status?.loadBalancer?.ingress) === JSON.stringify(addresses)) return;
  ctx.client.patch('ingresses', namespace, name, 'merge', {status: {loadBalancer: {ingress: addresses}}}, {subresource: 'status'});
  ctx.events.event(ingress, 'Normal', 'Sync', 'Scheduled for sync');
}

const enqueue = (ctx: ComponentContext, {metadata}: KubeObject): void => ctx.queue.add(`${metadata.namespace}/${metadata.name}`);

export const ingressController: Component = {
  name: INGRESS_CONTROLLER,
  process: INGRESS_CONTROLLER,
  user: () => ({
    username: `system:serviceaccount:kube-system:${INGRESS_CONTROLLER}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  }),
  watches: [
    {resource: 'ingresses', on: (ctx, {type, object}) => type !== 'DELETED' && enqueue(ctx, object)},
    {
      resource: 'ingressclasses',
      on: ctx => {
        for (const ingress of ctx.lister<Ingress>('ingresses').list()) enqueue(ctx, ingress);
      },
    },
    {resource: 'services'},
    {resource: 'endpointslices'},
  ],
  start: install,
  reconcile,
};

/** What the controller does with a request: where it sends it, or what it answers itself. */
export interface IngressDecision {
  readonly why: string;
  readonly endpoint?: {readonly ip: string; readonly port: number};
  readonly status?: number;
}

/** The ready endpoints of a backend's port. */
function readyEndpoints(tx: Tx, {namespace, service: name, port}: Backend): {ip: string; port: number}[] | undefined {
  const service = listerOf<Service>(tx, OWNER, 'services').get(namespace, name);
  const servicePort = service?.spec?.ports?.find(each => (port.name === undefined ? each.port === port.number : each.name === port.name));
  if (!servicePort) return undefined;
  return listerOf<EndpointSlice>(tx, OWNER, 'endpointslices')
    .list(namespace)
    .filter(({metadata}) => metadata.labels?.[LABEL_SERVICE_NAME] === name)
    .flatMap(slice => {
      const target = slice.ports?.find(each => (each.name ?? '') === (servicePort.name ?? ''))?.port;
      const ready = endpointsOf(slice).filter(({conditions}) => conditions?.ready !== false);
      return target === undefined ? [] : ready.map(({addresses}) => ({ip: addresses[0]!, port: target}));
    });
}

/** The controller's decision for a request that reached a node; undefined where it does not run or does not listen on that port. */
export function ingressBackend(tx: Tx, port: number, http: HttpTarget): IngressDecision | undefined {
  if (!PORTS.includes(port) || findProcess(tx, OWNER)?.running !== true) return undefined;
  const classes = listerOf<IngressClass>(tx, OWNER, 'ingressclasses').list();
  const ingresses = listerOf<Ingress>(tx, OWNER, 'ingresses').list();
  const backend = routeRequest(
    ingresses.filter(ingress => ours(ingress, classes)),
    http,
  );
  const asked = `${http.host}${http.path}`;
  if (!backend) return {why: `no Ingress has a rule for ${asked}: 404`, status: 404};
  const endpoints = readyEndpoints(tx, backend) ?? [];
  const chosen = endpoints[Math.floor(tx.random() * endpoints.length)];
  const target = `${backend.namespace}/${backend.service}`;
  if (!chosen) return {why: `${asked} belongs to ${target} by ${backend.by}, which has no ready endpoint: 503`, status: 503};
  return {why: `${asked} goes to ${target} by ${backend.by}: ${chosen.ip}:${chosen.port}`, endpoint: chosen};
}
