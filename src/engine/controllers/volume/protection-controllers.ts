/** Claims and volumes in use outlive their deletion. upstream: pkg/controller/volume/{pvcprotection,pvprotection} */
import {claimNameOf} from '../../api/persistent-volumes.ts';
import {isPodTerminal} from '../../api/pods.ts';
import type {KubeObject, PersistentVolume, PersistentVolumeClaim, Pod, Stored} from '../../api/types.ts';
import {PV_PROTECTION_FINALIZER, PVC_PROTECTION_FINALIZER} from '../../api/well-known.ts';
import {keyOf, splitKey} from '../../client/keys.ts';
import type {ComponentContext, WatchEvent} from '../../client/types.ts';
import {controller} from '../common/controller.ts';
import {tell} from '../common/tell.ts';

/** Names of the claims that a pod mounts. */
export const claimsUsedBy = (pod: Pod): string[] =>
  (pod.spec?.volumes ?? []).flatMap(volume => claimNameOf(pod.metadata.name ?? '', volume) ?? []);

/** Puts a finalizer on, or takes it off when the object is to go and nothing uses it any more. */
function protect(ctx: ComponentContext, resource: string, object: Stored<KubeObject>, finalizer: string, inUse: () => boolean): void {
  const finalizers = object.metadata.finalizers ?? [];
  const protectedNow = finalizers.includes(finalizer);
  const update = (next: string[]) => ctx.client.update(resource, {...object, metadata: {...object.metadata, finalizers: next}});
  if (object.metadata.deletionTimestamp) {
    if (!protectedNow || inUse()) return;
    update(finalizers.filter(name => name !== finalizer));
    tell(ctx, 'act', `${resource}/${keyOf(object)}`, () => 'no longer in use: may go');
  } else if (!protectedNow) update([...finalizers, finalizer]);
}

export const pvcProtectionController = controller({
  name: 'pvc-protection-controller',
  watches: [
    {resource: 'persistentvolumeclaims', on: (ctx, {type, object}) => void (type !== 'DELETED' && ctx.queue.add(keyOf(object)))},
    {
      resource: 'pods',
      on(ctx: ComponentContext, {type, object}: WatchEvent) {
        const pod = object as Stored<Pod>;
        if (type === 'DELETED' || isPodTerminal(pod))
          for (const name of claimsUsedBy(pod)) ctx.queue.add(`${pod.metadata.namespace}/${name}`);
      },
    },
  ],
  reconcile(ctx, key) {
    const [namespace, name] = splitKey(key);
    const claim = ctx.lister<PersistentVolumeClaim>('persistentvolumeclaims').get(namespace, name);
    const uses = (pod: Pod) => claimsUsedBy(pod).includes(name) && Boolean(pod.spec?.nodeName) && !isPodTerminal(pod);
    if (claim)
      protect(ctx, 'persistentvolumeclaims', claim, PVC_PROTECTION_FINALIZER, () => ctx.client.list<Pod>('pods', {namespace}).some(uses));
  },
});

export const pvProtectionController = controller({
  name: 'pv-protection-controller',
  watches: [{resource: 'persistentvolumes', on: (ctx, {type, object}) => void (type !== 'DELETED' && ctx.queue.add(keyOf(object)))}],
  reconcile(ctx, name) {
    const volume = ctx.lister<PersistentVolume>('persistentvolumes').get('', name);
    if (volume) protect(ctx, 'persistentvolumes', volume, PV_PROTECTION_FINALIZER, () => volume.status?.phase === 'Bound');
  },
});
