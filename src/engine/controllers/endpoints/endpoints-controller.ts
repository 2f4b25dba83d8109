/** Keeps an Endpoints object beside every Service with a selector. upstream: pkg/controller/endpoint/endpoints_controller.go */
import {equalJson} from '../../api/clone.ts';
import {IS_HEADLESS_SERVICE} from '../../api/endpoint-slice.ts';
import type {Endpoints, Pod, Service} from '../../api/types.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext} from '../../client/types.ts';
import {controller} from '../common/controller.ts';
import {isNotFound, messageOf} from '../common/errors.ts';
import {turnMs} from '../common/turns.ts';
import {selects, servicesOfPodEvent} from '../endpointslice/pod-services.ts';
import {
  forgetAllTriggerTimes,
  forgetTriggerTimes,
  LAST_CHANGE_TRIGGER_TIME,
  podsAtLastSync,
  triggerTime,
} from '../endpointslice/trigger-time.ts';
import {endpointSubsets, OVER_CAPACITY} from './subsets.ts';

const LABEL_MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const MANAGER = 'endpoint-controller';

const isHeadless = ({spec}: Service): boolean => spec?.clusterIP === 'None' || !spec?.clusterIP;

/** The service's labels, marked as this controller's. */
const labelsOf = (service: Service): Record<string, string> => {
  const {[IS_HEADLESS_SERVICE]: _old, ...labels} = service.metadata.labels ?? {};
  return {...labels, ...(isHeadless(service) ? {[IS_HEADLESS_SERVICE]: ''} : {}), [LABEL_MANAGED_BY]: MANAGER};
};

/** What makes an update worth while; the trigger time alone does not. */
const content = ({metadata, subsets}: Endpoints): unknown => [
  metadata.labels ?? {},
  metadata.annotations?.[OVER_CAPACITY] ?? '',
  subsets ?? [],
];

/** What the object should be: everything that others set on it stays. */
function wantedEndpoints(service: Service, pods: readonly Pod[], current: Endpoints | undefined, time: string | undefined): Endpoints {
  const {subsets, truncated} = endpointSubsets(service, pods);
  const {[OVER_CAPACITY]: _capacity, [LAST_CHANGE_TRIGGER_TIME]: _time, ...annotations} = current?.metadata.annotations ?? {};
  const {name, namespace} = service.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(current?.metadata ?? {name: name!, namespace: namespace!}),
      labels: labelsOf(service),
      annotations: {
        ...annotations,
        ...(truncated ? {[OVER_CAPACITY]: 'truncated'} : {}),
        ...(time ? {[LAST_CHANGE_TRIGGER_TIME]: time} : {}),
      },
    },
    subsets,
  };
}

function write(ctx: ComponentContext, service: Service, current: Endpoints | undefined, wanted: Endpoints): void {
  try {
    if (current) ctx.client.update('endpoints', wanted);
    else ctx.client.create('endpoints', wanted);
  } catch (error) {
    const key = keyOf(service);
    if (current) ctx.events.event(current, 'Warning', 'FailedToUpdateEndpoint', `Failed to update endpoint ${key}: ${messageOf(error)}`);
    else
      ctx.events.event(service, 'Warning', 'FailedToCreateEndpoint', `Failed to create endpoint for service ${key}: ${messageOf(error)}`);
    throw error;
  }
}

function remove(ctx: ComponentContext, namespace: string, name: string): void {
  try {
    ctx.client.delete('endpoints', namespace, name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function reconcile(ctx: ComponentContext, key: string): void {
  const [namespace, name] = splitKey(key);
  const service = ctx.lister<Service>('services').get(namespace, name);
  if (!service) {
    remove(ctx, namespace, name);
    forgetTriggerTimes(ctx.memory, key);
    return;
  }
  if (service.spec?.type === 'ExternalName' || service.spec?.selector === undefined) return;
  const pods = ctx
    .lister<Pod>('pods')
    .list(namespace)
    .filter(pod => selects(service, pod.metadata.labels));
  const current = ctx.lister<Endpoints>('endpoints').get(namespace, name);
  const wanted = wantedEndpoints(service, pods, current, triggerTime(ctx.memory, key, service, pods));
  if (!current || !equalJson(content(current), content(wanted))) write(ctx, service, current, wanted);
}

export const endpointsController = controller({
  name: 'endpoint-controller',
  watches: [
    {resource: 'services', on: (ctx, {object}) => ctx.queue.add(keyOf(object))},
    {
      resource: 'pods',
      on: (ctx, event) => {
        for (const key of servicesOfPodEvent(ctx.lister<Service>('services'), event))
          ctx.queue.addAfter(key, turnMs(podsAtLastSync(ctx.memory, key)));
      },
    },
    {
      resource: 'endpoints',
      // Only one that somebody deleted has to be made again.
      on: (ctx, {type, object}) => {
        if (type === 'DELETED') ctx.queue.add(keyOf(object));
      },
    },
  ],
  start: ctx => forgetAllTriggerTimes(ctx.memory),
  reconcile,
});
