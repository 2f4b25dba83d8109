/** Empties a namespace that is being deleted, and then lets it go. upstream: pkg/controller/namespace */
import type {Namespace, Stored} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {controller} from '../common/controller.ts';
import {isNotFound} from '../common/errors.ts';
import {tell} from '../common/tell.ts';
import {deletionConditions} from './conditions.ts';
import {deleteAllContent} from './content.ts';

/** Time for every API server to have seen that the namespace is going, and for the last objects made in it to be seen. */
const NAMESPACE_DELETION_GRACE_PERIOD_MS = 5000;

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
  const {remains, estimate} = deleteAllContent(ctx, namespace);
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
