/** Deletes jobs when the time they asked for after their end is over. upstream: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go */
import {timeOf} from '../api/clock.ts';
import type {Job, Stored} from '../api/types.ts';
import {keyOf, splitKey} from '../client/keys.ts';
import type {ComponentContext} from '../client/types.ts';
import {ignoring} from './common/claim.ts';
import {controller} from './common/controller.ts';
import {tell} from './common/tell.ts';

/** When a job that is done asks to be removed, in virtual milliseconds; undefined for one that is not done, does not ask, or goes already. */
function expiryOf(job: Job | undefined): number | undefined {
  const end = job?.status?.conditions?.find(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True');
  const seconds = job?.spec?.ttlSecondsAfterFinished;
  return end && seconds !== undefined && !job!.metadata.deletionTimestamp ? timeOf(end.lastTransitionTime) + seconds * 1000 : undefined;
}

export const ttlAfterFinishedController = controller({
  name: 'ttl-after-finished-controller',
  watches: [
    {
      resource: 'jobs',
      on(ctx, {type, object}) {
        if (type !== 'DELETED' && expiryOf(object as Stored<Job>) !== undefined) ctx.queue.add(keyOf(object));
      },
    },
  ],
  reconcile(ctx: ComponentContext, key) {
    const [namespace, name] = splitKey(key);
    const expiry = expiryOf(ctx.lister<Job>('jobs').get(namespace, name));
    if (expiry === undefined) return;
    if (expiry > ctx.now) {
      ctx.queue.addAfter(key, expiry - ctx.now);
      return;
    }
    // The cache may not know of a change of mind.
    ignoring([404, 409], () => {
      const fresh = ctx.client.get<Job>('jobs', namespace, name);
      if ((expiryOf(fresh) ?? Number.POSITIVE_INFINITY) > ctx.now) return;
      ctx.client.delete('jobs', namespace, name, {propagationPolicy: 'Foreground', preconditions: {uid: fresh.metadata.uid}});
      tell(ctx, 'act', `job/${key}`, () => 'deleted: its time after its end is over');
    });
  },
});
