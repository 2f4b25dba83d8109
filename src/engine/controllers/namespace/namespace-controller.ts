/** Empties a namespace that is being deleted, and then lets it go. upstream: pkg/controller/namespace */
import {byGroupResource, kinds} from '../../api/kinds.ts';
import {ApiError, type KubeObject, type Namespace, type Pod, type Stored} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {ignoring} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {isNotFound, messageOf} from '../common/errors.ts';
import {isPodTerminal} from '../common/pods.ts';
import {tell} from '../common/tell.ts';
import {deletionConditions, type Remains} from './conditions.ts';

/** Time for every API server to have seen that the namespace is going, and for the last objects made in it to be seen. */
export const NAMESPACE_DELETION_GRACE_PERIOD_MS = 5000;
/** How long content that waits for its finalizers is expected to take. */
export const FINALIZER_ESTIMATE_SECONDS = 15;

const KUBERNETES_FINALIZER = 'kubernetes';

export const namespaceController = controller({
  name: 'namespace-controller',
  watches: [
    {
      resource: 'namespaces',
      on(ctx, {type, object}) {
        const {metadata, spec} = object as Stored<Namespace>;
        if (type !== 'DELETED' && metadata.deletionTimestamp && spec?.finalizers?.length)
          ctx.queue.addAfter(metadata.name, NAMESPACE_DELETION_GRACE_PERIOD_MS);
      },
    },
  ],
  reconcile,
});

function reconcile(ctx: ComponentContext, name: string): void {
  if (!ctx.lister<Namespace>('namespaces').get('', name)) return;
  let namespace = freshNamespace(ctx, name);
  if (!namespace?.metadata.deletionTimestamp || !namespace.spec?.finalizers?.length) return;
  // 1. Nothing new may come in.
  if (namespace.status?.phase !== 'Terminating') {
    const status = {...namespace.status, phase: 'Terminating'};
    namespace = ctx.client.update<Namespace>('namespaces', {...namespace, status}, {subresource: 'status'});
  }
  // 2. Delete what is in it, and report what is left.
  const {remains, estimate} = deleteAllContent(ctx, name);
  const conditions = deletionConditions(namespace.status?.conditions, remains, ctx.time());
  if (conditions)
    namespace = ctx.client.update<Namespace>(
      'namespaces',
      {...namespace, status: {...namespace.status, conditions}},
      {subresource: 'status'},
    );
  tell(ctx, 'difference', `namespace/${name}`, () => `left: ${JSON.stringify(remains.byResource)}`);
  if (remains.failures.length > 0) throw new Error(remains.failures.join(', '));
  // 3. Something takes its time: look again when about half of it has passed.
  if (estimate > 0) {
    ctx.queue.addAfter(name, (Math.floor(estimate / 2) + 1) * 1000);
    return;
  }
  // 4. Empty: take our finalizer off. The last one off lets the API server remove it.
  const finalizers = namespace.spec!.finalizers!.filter(finalizer => finalizer !== KUBERNETES_FINALIZER);
  ctx.client.update<Namespace>('namespaces', {...namespace, spec: {...namespace.spec, finalizers}}, {subresource: 'finalize'});
  tell(ctx, 'act', `namespace/${name}`, () => 'empty: finalizer kubernetes taken off');
}

function freshNamespace(ctx: ComponentContext, name: string): Stored<Namespace> | undefined {
  try {
    return ctx.client.get<Namespace>('namespaces', '', name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

interface Content {
  remains: Remains;
  /** Seconds until the rest should be gone; 0 when nothing is left. */
  estimate: number;
}

/** Pods first, alone: what they use (secrets, network policies) has to outlive them. */
function deleteAllContent(ctx: ComponentContext, namespace: string): Content {
  const content = {byResource: {} as Record<string, number>, byFinalizer: {} as Record<string, number>, failures: [] as string[]};
  let estimate = 0;
  const empty = (resource: string, group: string): void => {
    try {
      estimate = Math.max(estimate, deleteResource(ctx, namespace, resource, group, content));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      content.failures.push(messageOf(error));
    }
  };
  empty('pods', '');
  if (!content.byResource['pods.'])
    for (const {resource, group} of namespacedResources(ctx)) if (resource !== 'pods') empty(resource, group);
  return {remains: content, estimate};
}

/** Everything that lives in namespaces and can be listed and deleted: the built-in kinds, and those of custom resource definitions. */
function namespacedResources(ctx: ComponentContext): {resource: string; group: string}[] {
  const builtIn = kinds
    .filter(
      kind =>
        kind.namespaced && kind.etcdPrefix && kind.group !== 'events.k8s.io' && ['delete', 'list'].every(verb => kind.verbs.includes(verb)),
    )
    .map(({resource, group}) => ({resource, group}));
  const custom = ctx.client
    .list<KubeObject & {spec?: {scope?: string; group?: string; names?: {plural?: string}}}>('customresourcedefinitions')
    .filter(({spec}) => spec?.scope === 'Namespaced')
    .map(({metadata, spec}) => ({resource: metadata.name, group: spec!.group!}));
  return [...builtIn, ...custom];
}

/** Deletes all of one resource. Counts into `content` what does not go at once; returns how many seconds that should take. */
function deleteResource(
  ctx: ComponentContext,
  namespace: string,
  resource: string,
  group: string,
  content: {byResource: Record<string, number>; byFinalizer: Record<string, number>},
): number {
  const items = ctx.client.list<KubeObject>(resource, {namespace});
  if (items.length === 0) return 0;
  // 1. How long pods may take to stop.
  const grace = resource === 'pods' ? estimateGracefulTermination(items as unknown as Pod[]) : 0;
  // 2. Delete, in the background: in one request where the resource knows one for all.
  if (byGroupResource(group, resource)?.verbs.includes('deletecollection')) {
    ctx.client.deleteCollection(resource, namespace, {propagationPolicy: 'Background'});
  } else {
    for (const {metadata} of items)
      ignoring([404], () => ctx.client.delete(resource, namespace, metadata.name, {propagationPolicy: 'Background'}));
  }
  // 3. What is left has finalizers, or is a pod that is being stopped.
  const left = ctx.client.list<KubeObject>(resource, {namespace});
  if (left.length === 0) return 0;
  const plural = group && resource.endsWith(`.${group}`) ? resource.slice(0, -group.length - 1) : resource;
  content.byResource[`${plural}.${group}`] = left.length;
  const finalizers = left.flatMap(({metadata}) => metadata.finalizers ?? []);
  for (const finalizer of finalizers) content.byFinalizer[finalizer] = (content.byFinalizer[finalizer] ?? 0) + 1;
  return Math.max(grace, finalizers.length > 0 ? FINALIZER_ESTIMATE_SECONDS : 0) || 1;
}

const estimateGracefulTermination = (pods: readonly Pod[]): number =>
  pods.filter(pod => !isPodTerminal(pod)).reduce((longest, pod) => Math.max(longest, pod.spec?.terminationGracePeriodSeconds ?? 0), 0);
