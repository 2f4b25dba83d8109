/** Orders a load balancer for every Service that wants one. upstream: k8s.io/cloud-provider/controllers/service/controller.go */
import type {Json, Service, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {balancerName, cloudOf} from './cloud.ts';
import {cloudController} from './cloud-controller.ts';

const LOAD_BALANCER_CLEANUP = 'service.kubernetes.io/load-balancer-cleanup';

/** A Service with a class of its own is somebody else's. */
const wantsLoadBalancer = ({spec}: Service): boolean => spec?.type === 'LoadBalancer' && spec.loadBalancerClass === undefined;

const needsCleanup = (service: Service): boolean =>
  (service.metadata.finalizers ?? []).includes(LOAD_BALANCER_CLEANUP) &&
  (service.metadata.deletionTimestamp !== undefined || !wantsLoadBalancer(service));

/** Everything is written through the status subresource: that is all the controller may patch. */
const patch = (ctx: ComponentContext, {metadata}: Stored<Service>, change: Json): void =>
  void ctx.client.patch('services', metadata.namespace!, metadata.name, 'merge', change, {subresource: 'status'});

function cleanUp(ctx: ComponentContext, service: Stored<Service>): void {
  const cloud = cloudOf(ctx.tx);
  const name = balancerName(service.metadata.uid);
  if (cloud.loadBalancer(name)) {
    ctx.events.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
    cloud.deleteLoadBalancer(name);
  }
  const finalizers = (service.metadata.finalizers ?? []).filter(finalizer => finalizer !== LOAD_BALANCER_CLEANUP);
  patch(ctx, service, {metadata: {finalizers}, status: {loadBalancer: null}});
  ctx.events.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
}

function ensure(ctx: ComponentContext, service: Stored<Service>, key: string): void {
  const cloud = cloudOf(ctx.tx);
  const name = balancerName(service.metadata.uid);
  const finalizers = service.metadata.finalizers ?? [];
  // 1. Nobody deletes the Service before its load balancer is gone.
  if (!finalizers.includes(LOAD_BALANCER_CLEANUP)) patch(ctx, service, {metadata: {finalizers: [...finalizers, LOAD_BALANCER_CLEANUP]}});
  if (service.status?.loadBalancer?.ingress?.length) return;

  // 2. Order it; the provider takes its time.
  if (!cloud.loadBalancer(name)) ctx.events.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
  const {ip, readyAt} = cloud.ensureLoadBalancer(name);
  if (readyAt > ctx.now) {
    ctx.queue.addAfter(key, readyAt - ctx.now);
    return;
  }

  // 3. Tell its address.
  patch(ctx, service, {status: {loadBalancer: {ingress: [{ip, ipMode: 'VIP'}]}}});
  ctx.events.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
}

function reconcile(ctx: ComponentContext, key: string): void {
  const service = ctx.lister<Service>('services').get(...splitKey(key));
  if (!service) return;
  if (needsCleanup(service)) cleanUp(ctx, service);
  else if (wantsLoadBalancer(service) && service.metadata.deletionTimestamp === undefined) ensure(ctx, service, key);
}

export const cloudServiceController = cloudController({
  name: 'service-controller',
  watches: [
    {
      resource: 'services',
      on: (ctx, {type, object}) => {
        const service = object as unknown as Service;
        if (type !== 'DELETED' && (wantsLoadBalancer(service) || needsCleanup(service))) ctx.queue.add(keyOf(service));
      },
    },
  ],
  reconcile,
});
