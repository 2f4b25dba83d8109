/**
 * Mirrors Endpoints that people write for a Service without a selector into slices, for everybody reads those.
 * upstream: pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go
 */
import {endpointsOf, LABEL_MANAGED_BY, LABEL_SERVICE_NAME, serviceOf} from '../../api/endpoint-slice.ts';
import type {EndpointSlice, Endpoints, Service, Stored} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {controller} from '../common/controller.ts';
import {STALE_INFORMER_CACHE} from '../endpointslice/endpointslice-controller.ts';
import {portMapKey} from '../endpointslice/slice.ts';
import {forgetTrackers, trackerOf} from '../endpointslice/tracker.ts';
import {MIRRORING_CONTROLLER, mirror} from './mirror.ts';

const LABEL_SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';

const isMirrored = ({metadata}: Endpoints): boolean =>
  metadata.labels?.[LABEL_SKIP_MIRROR] !== 'true' && metadata.annotations?.[LEADER_ANNOTATION] === undefined;

const hasNoSelector = (service: Service | undefined): boolean => service !== undefined && service.spec?.selector === undefined;

const isMirror = ({metadata}: EndpointSlice): boolean => metadata.labels?.[LABEL_MANAGED_BY] === MIRRORING_CONTROLLER;

const sameShape = (a: EndpointSlice, b: EndpointSlice): boolean =>
  a.addressType === b.addressType && portMapKey(a.ports) === portMapKey(b.ports);

function reconcile(ctx: ComponentContext, key: string): void {
  const [namespace, name] = splitKey(key);
  const present = ctx
    .lister<EndpointSlice>('endpointslices')
    .list(namespace)
    .filter(slice => isMirror(slice) && slice.metadata.labels?.[LABEL_SERVICE_NAME] === name);
  const tracker = trackerOf(ctx.memory, key);
  if (tracker.isStale(present)) throw new Error(STALE_INFORMER_CACHE);
  const endpoints = ctx.lister<Endpoints>('endpoints').get(namespace, name);
  const wanted =
    endpoints && isMirrored(endpoints) && hasNoSelector(ctx.lister<Service>('services').get(namespace, name)) ? mirror(endpoints) : [];

  const left = new Set<Stored<EndpointSlice>>(present);
  for (const slice of wanted) {
    const match = [...left].find(candidate => sameShape(candidate, slice));
    if (!match) tracker.update(ctx.client.create<EndpointSlice>('endpointslices', slice));
    else {
      left.delete(match);
      if (JSON.stringify(endpointsOf(match)) !== JSON.stringify(slice.endpoints))
        tracker.update(ctx.client.update<EndpointSlice>('endpointslices', {...match, endpoints: slice.endpoints}));
    }
  }
  for (const slice of left) {
    ctx.client.delete('endpointslices', namespace, slice.metadata.name);
    tracker.expectDeletion(slice);
  }
}

/** Only what can be mirrored concerns this loop. */
export const endpointSliceMirroringController = controller({
  name: 'endpointslicemirroring-controller',
  watches: [
    {
      resource: 'endpoints',
      on: (ctx, {object}) => {
        if (isMirrored(object as unknown as Endpoints)) ctx.queue.add(keyOf(object));
      },
    },
    {
      resource: 'services',
      on: (ctx, {object}) => {
        if (hasNoSelector(object as unknown as Service)) ctx.queue.add(keyOf(object));
      },
    },
    {
      resource: 'endpointslices',
      on: (ctx, {type, object}) => {
        const slice = object as unknown as Stored<EndpointSlice>;
        if (!isMirror(slice)) return;
        const key = serviceOf(slice);
        const tracker = trackerOf(ctx.memory, key);
        if (type === 'DELETED' ? !tracker.handleDeletion(slice) : tracker.shouldSync(slice)) ctx.queue.add(key);
      },
    },
  ],
  start: ctx => forgetTrackers(ctx.memory),
  reconcile,
});
