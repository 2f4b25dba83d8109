/** Keeps a route in the provider's network for every node's block of pod addresses. upstream: k8s.io/cloud-provider/controllers/route/route_controller.go */
import type {Node} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {cloudOf} from './cloud.ts';
import {cloudController} from './cloud-controller.ts';

const ROUTE_CREATED = {
  type: 'NetworkUnavailable',
  status: 'False',
  reason: 'RouteCreated',
  message: 'RouteController created a route',
} as const;

function reconcile(ctx: ComponentContext, name: string): void {
  const cloud = cloudOf(ctx.tx);
  const node = ctx.lister<Node>('nodes').get('', name);
  const block = node?.spec?.podCIDR;
  if (!block) {
    cloud.deleteRoute(name);
    return;
  }
  if (!cloud.routes().some(route => route.node === name && route.destination === block))
    cloud.createRoute({node: name, destination: block});
  const present = node.status?.conditions?.find(({type}) => type === ROUTE_CREATED.type);
  if (present?.reason === ROUTE_CREATED.reason) return;
  const condition = {...ROUTE_CREATED, lastTransitionTime: ctx.time(), lastHeartbeatTime: ctx.time()};
  ctx.client.patch('nodes', '', name, 'strategic', {status: {conditions: [condition]}}, {subresource: 'status'});
}

export const cloudRouteController = cloudController({
  name: 'route-controller',
  watches: [
    {
      resource: 'nodes',
      on: (ctx, {type, object, old}) => {
        const block = (node: unknown): string | undefined => (node as Node | undefined)?.spec?.podCIDR;
        if (type === 'DELETED' || block(object) !== block(old)) ctx.queue.add(object.metadata.name);
      },
    },
  ],
  reconcile,
});
