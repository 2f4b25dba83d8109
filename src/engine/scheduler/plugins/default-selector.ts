/** Which pods are of a kind with this one: its services' selectors and its controller's. upstream: pkg/scheduler/framework/plugins/helper/spread.go */
import {type Labels, matches, type Selector, selectorFrom, selectorFromSet} from '../../api/labels.ts';
import {controllerOf} from '../../api/owner.ts';
import type {KubeObject, LabelSelector, Pod} from '../../api/types.ts';
import {both} from '../framework/selector.ts';
import type {Listers} from '../framework/types.ts';

interface Selecting extends KubeObject {
  readonly spec?: {readonly selector?: unknown};
}

const WORKLOADS: Readonly<Record<string, string>> = {
  'apps/v1 ReplicaSet': 'replicasets',
  'apps/v1 StatefulSet': 'statefulsets',
};

const NOTHING_IN_COMMON = selectorFromSet({});

/** An empty selector when the pod belongs to nothing. */
export function defaultSelector(pod: Pod, listers: Listers): Selector {
  const namespace = pod.metadata.namespace ?? '';
  const owner = controllerOf(pod);
  const services = listers<Selecting>('services').list(namespace);
  if (!owner && services.length === 0) return NOTHING_IN_COMMON;
  const set: Record<string, string> = {};
  for (const service of services) {
    const selector = service.spec?.selector as Labels | undefined;
    if (selector && matches(selectorFromSet(selector), pod.metadata.labels as Labels | undefined)) Object.assign(set, selector);
  }
  const controller = (resource: string): unknown => listers<Selecting>(resource).get(namespace, owner!.name)?.spec?.selector;
  if (owner?.apiVersion === 'v1' && owner.kind === 'ReplicationController') {
    return selectorFromSet({...set, ...(controller('replicationcontrollers') as Labels | undefined)});
  }
  const resource = owner && WORKLOADS[`${owner.apiVersion} ${owner.kind}`];
  const selector = resource && (controller(resource) as LabelSelector | undefined);
  return selector ? both(selectorFromSet(set), selectorFrom(selector)) : selectorFromSet(set);
}
