/** Emptying a namespace. upstream: pkg/controller/namespace/deletion/namespaced_resources_deleter.go */
import {timeOf} from '../../api/clock.ts';
import {byGroupResource, kinds} from '../../api/kinds.ts';
import {isPodTerminal} from '../../api/pods.ts';
import {ApiError, type KubeObject, type Namespace, type Pod, type Stored} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {ignoring} from '../common/claim.ts';
import {messageOf} from '../common/errors.ts';
import type {Remains} from './conditions.ts';

/** How long content that waits for its finalizers is expected to take. */
const FINALIZER_ESTIMATE_SECONDS = 15;

export interface Content {
  remains: Remains;
  /** Seconds until the rest should be gone; 0 when nothing is left, or nobody knows. */
  estimate: number;
}

interface Resource {
  /** As a client calls it. */
  name: string;
  plural: string;
  group: string;
  version: string;
}

const PODS: Resource = {name: 'pods', plural: 'pods', group: '', version: 'v1'};

/** Pods first, alone: what they use (secrets, network policies) has to outlive them. */
export function deleteAllContent(ctx: ComponentContext, namespace: Stored<Namespace>): Content {
  const remains = {byResource: {} as Record<string, number>, byFinalizer: {} as Record<string, number>, failures: [] as string[]};
  let estimate = 0;
  const empty = (resource: Resource): void => {
    try {
      const left = deleteResource(ctx, namespace, resource);
      const {plural, group, version} = resource;
      if (left.items.length > 0) remains.byResource[`${plural}.${group}`] = left.items.length;
      for (const finalizer of left.finalizers) remains.byFinalizer[finalizer] = (remains.byFinalizer[finalizer] ?? 0) + 1;
      estimate = Math.max(estimate, left.estimate);
      // Neither stopping nor held by a finalizer: it should have been gone.
      if (left.items.length > 0 && left.estimate === 0)
        remains.failures.push(
          `unexpected items still remain in namespace: ${namespace.metadata.name} for gvr: ${group}/${version}, Resource=${plural}`,
        );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      remains.failures.push(messageOf(error));
    }
  };
  empty(PODS);
  if (!remains.byResource['pods.']) for (const resource of namespacedResources(ctx)) empty(resource);
  return {remains, estimate};
}

/** Everything else that lives in namespaces and can be listed and deleted: the built-in kinds, and those of custom resource definitions. */
function namespacedResources(ctx: ComponentContext): Resource[] {
  const builtIn = kinds
    .filter(
      ({namespaced, etcdPrefix, group, verbs}) =>
        namespaced && etcdPrefix && group !== 'events.k8s.io' && verbs.includes('delete') && verbs.includes('list'),
    )
    .map(({resource, group, version}) => ({name: resource, plural: resource, group, version}))
    .filter(({name}) => name !== 'pods');
  const custom = ctx.client
    .list<CustomResourceDefinition>('customresourcedefinitions')
    .filter(({spec}) => spec.scope === 'Namespaced')
    .map(({metadata, spec}) => ({
      name: metadata.name,
      plural: spec.names.plural,
      group: spec.group,
      version: (spec.versions.find(({storage}) => storage) ?? spec.versions[0]!).name,
    }));
  return [...builtIn, ...custom];
}

type CustomResourceDefinition = KubeObject & {
  spec: {scope: string; group: string; names: {plural: string}; versions: {name: string; storage?: boolean}[]};
};

interface Left {
  items: readonly Stored<KubeObject>[];
  finalizers: readonly string[];
  /** Seconds that should take; 0 when nobody knows. */
  estimate: number;
}

/** Deletes all of one resource; what does not go at once is left. */
function deleteResource(ctx: ComponentContext, {metadata}: Stored<Namespace>, {name, plural, group}: Resource): Left {
  const namespace = metadata.name;
  const items = ctx.client.list<KubeObject>(name, {namespace});
  if (items.length === 0) return {items, finalizers: [], estimate: 0};
  // 1. How long pods may take to stop; when that time is over, nobody knows.
  const grace = name === 'pods' ? longestGrace(items as unknown as Pod[]) : 0;
  const isOver = ctx.now - timeOf(metadata.deletionTimestamp) >= grace * 1000;
  // 2. Delete, in the background: in one request where the resource knows one for all.
  if (byGroupResource(group, plural)?.verbs.includes('deletecollection'))
    ctx.client.deleteCollection(name, namespace, {propagationPolicy: 'Background'});
  else
    for (const item of items)
      ignoring([404], () => ctx.client.delete(name, namespace, item.metadata.name, {propagationPolicy: 'Background'}));
  // 3. What is left is being stopped, or has finalizers.
  const left = ctx.client.list<KubeObject>(name, {namespace});
  const finalizers = left.flatMap(item => item.metadata.finalizers ?? []);
  return {items: left, finalizers, estimate: isOver ? (finalizers.length > 0 ? FINALIZER_ESTIMATE_SECONDS : 0) : grace};
}

const longestGrace = (pods: readonly Pod[]): number =>
  pods.filter(pod => !isPodTerminal(pod)).reduce((longest, pod) => Math.max(longest, pod.spec?.terminationGracePeriodSeconds ?? 0), 0);
