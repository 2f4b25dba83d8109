/** Keeps the EndpointSlices of every Service with a selector. upstream: pkg/controller/endpointslice/endpointslice_controller.go */

import {LABEL_MANAGED_BY, LABEL_SERVICE_NAME, serviceOf} from '../../api/endpoint-slice.ts';
import {ApiError, type EndpointSlice, type KubeObject, type Node, type Pod, type Service, type Stored} from '../../api/types.ts';
import {LABEL_ZONE} from '../../api/well-known.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {controller} from '../common/controller.ts';
import {isNotFound, messageOf} from '../common/errors.ts';
import {turnMs} from '../common/turns.ts';
import {selects, servicesOfPodEvent} from './pod-services.ts';
import {reconcileSlices, type SliceChanges} from './reconcile.ts';
import {CONTROLLER_NAME} from './slice.ts';
import {forgetTrackers, trackerOf} from './tracker.ts';
import {forgetAllTriggerTimes, forgetTriggerTimes, LAST_CHANGE_TRIGGER_TIME, podsAtLastSync, triggerTime} from './trigger-time.ts';

export const STALE_INFORMER_CACHE = 'EndpointSlice informer cache is out of date';
const FAILED_TO_UPDATE = 'FailedToUpdateEndpointSlices';

type Slice = Stored<EndpointSlice>;

const managed = (slice: EndpointSlice | undefined): boolean => slice?.metadata.labels?.[LABEL_MANAGED_BY] === CONTROLLER_NAME;

function onSlice(ctx: ComponentContext, {type, object, old}: WatchEvent): void {
  const slice = object as unknown as Slice;
  const before = old as unknown as Slice | undefined;
  const key = serviceOf(slice);
  const tracker = trackerOf(ctx.memory, key);
  if (type === 'DELETED') {
    if (managed(slice) && !tracker.handleDeletion(slice)) ctx.queue.add(key);
    return;
  }
  if (before && serviceOf(before) !== key) {
    ctx.queue.add(serviceOf(before));
    ctx.queue.add(key);
  } else if (before && managed(before) !== managed(slice)) ctx.queue.add(key);
  else if (managed(slice) && tracker.shouldSync(slice)) ctx.queue.add(key);
}

/** A node that appears, goes, or moves to another zone changes what its pods' endpoints say. */
function onNode(ctx: ComponentContext, {object, old}: WatchEvent): void {
  const zone = (node: KubeObject | undefined): string | undefined => node?.metadata.labels?.[LABEL_ZONE];
  if (old && zone(old) === zone(object)) return;
  const pods = ctx.lister<Pod>('pods').by('node', object.metadata.name);
  const services = ctx.lister<Service>('services').list();
  for (const service of services)
    if (pods.some(pod => pod.metadata.namespace === service.metadata.namespace && selects(service, pod.metadata.labels)))
      ctx.queue.add(keyOf(service));
}

const namespaceEnds = (error: unknown): boolean =>
  error instanceof ApiError && (error.status.details?.causes ?? []).some(cause => cause.reason === 'NamespaceTerminating');

const withTriggerTime = (slice: EndpointSlice, time: string | undefined): EndpointSlice => {
  const {[LAST_CHANGE_TRIGGER_TIME]: _old, ...annotations} = slice.metadata.annotations ?? {};
  return {...slice, metadata: {...slice.metadata, annotations: time ? {...annotations, [LAST_CHANGE_TRIGGER_TIME]: time} : annotations}};
};

/** Creates, then updates, then deletes. A service that is being deleted gets no new slices: they would outlive it. */
function write(ctx: ComponentContext, service: Service, changes: SliceChanges, time: string | undefined): void {
  const tracker = trackerOf(ctx.memory, keyOf(service));
  if (service.metadata.deletionTimestamp === undefined)
    for (const slice of changes.create) {
      try {
        tracker.update(ctx.client.create<EndpointSlice>('endpointslices', withTriggerTime(slice, time)));
      } catch (error) {
        if (namespaceEnds(error)) return;
        throw error;
      }
    }
  for (const slice of changes.update) tracker.update(ctx.client.update<EndpointSlice>('endpointslices', withTriggerTime(slice, time)));
  for (const slice of changes.delete) {
    try {
      ctx.client.delete('endpointslices', slice.metadata.namespace!, slice.metadata.name!);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    tracker.expectDeletion(slice as Slice);
  }
}

function reconcile(ctx: ComponentContext, key: string): void {
  const [namespace, name] = splitKey(key);
  const service = ctx.lister<Service>('services').get(namespace, name);
  if (!service) {
    trackerOf(ctx.memory, key).forget();
    forgetTriggerTimes(ctx.memory, key);
    return;
  }
  if (service.spec?.type === 'ExternalName' || service.spec?.selector === undefined) return;
  const pods = ctx
    .lister<Pod>('pods')
    .list(namespace)
    .filter(pod => selects(service, pod.metadata.labels));
  const slices = ctx
    .lister<EndpointSlice>('endpointslices')
    .list(namespace)
    .filter(
      slice => managed(slice) && slice.metadata.labels?.[LABEL_SERVICE_NAME] === name && slice.metadata.deletionTimestamp === undefined,
    );
  if (trackerOf(ctx.memory, key).isStale(slices)) throw new Error(STALE_INFORMER_CACHE);

  const nodes = ctx.lister<Node>('nodes');
  const changes = reconcileSlices(service, pods, slices, node => nodes.get('', node));
  const time = triggerTime(ctx.memory, key, service, pods);
  try {
    write(ctx, service, changes, time);
  } catch (error) {
    ctx.events.event(service, 'Warning', FAILED_TO_UPDATE, `Error updating Endpoint Slices for Service ${key}: ${messageOf(error)}`);
    throw error;
  }
  const {create, update, delete: gone} = changes;
  if (create.length + update.length + gone.length > 0)
    ctx.trace(
      'endpointslice',
      `service/${key}`,
      `${pods.length} pods: ${create.length} slices made, ${update.length} updated, ${gone.length} deleted`,
    );
  if (changes.errors.length) throw new Error(changes.errors.join(', '));
}

export const endpointSliceController = controller({
  name: 'endpointslice-controller',
  watches: [
    {resource: 'services', on: (ctx, {object}) => ctx.queue.add(keyOf(object as unknown as Service))},
    {
      resource: 'pods',
      on: (ctx, event) => {
        for (const key of servicesOfPodEvent(ctx.lister<Service>('services'), event))
          ctx.queue.addAfter(key, turnMs(podsAtLastSync(ctx.memory, key)));
      },
    },
    {resource: 'endpointslices', on: onSlice},
    {resource: 'nodes', on: onNode},
  ],
  start(ctx) {
    forgetTrackers(ctx.memory);
    forgetAllTriggerTimes(ctx.memory);
  },
  reconcile,
});
