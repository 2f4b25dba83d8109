/** Removes bootstrap tokens that have expired. upstream: pkg/controller/bootstrap/tokencleaner.go */
import {timeOf} from '../api/clock.ts';
import type {Secret, Stored} from '../api/types.ts';
import {ignoring} from './common/claim.ts';
import {controller} from './common/controller.ts';
import {tell} from './common/tell.ts';

const BOOTSTRAP_TOKEN = 'bootstrap.kubernetes.io/token';
const NAMESPACE = 'kube-system';

/** In virtual milliseconds; NaN for a token without an end. */
const expiryOf = ({data}: Secret): number => timeOf(data?.['expiration'] && atob(data['expiration']));

export const tokenCleaner = controller({
  name: 'token-cleaner',
  watches: [
    {
      resource: 'secrets',
      on(ctx, {type, object}) {
        const secret = object as Stored<Secret>;
        if (type !== 'DELETED' && secret.type === BOOTSTRAP_TOKEN && secret.metadata.namespace === NAMESPACE)
          ctx.queue.add(secret.metadata.name);
      },
    },
  ],
  reconcile(ctx, name) {
    const secret = ctx.lister<Secret>('secrets').get(NAMESPACE, name);
    const expiry = secret ? expiryOf(secret) : Number.NaN;
    if (!secret || Number.isNaN(expiry)) return;
    if (expiry > ctx.now) {
      ctx.after(expiry - ctx.now, 'expire', name, {key: name, periodic: true});
      return;
    }
    ignoring([404], () => ctx.client.delete('secrets', NAMESPACE, name, {preconditions: {uid: secret.metadata.uid}}));
    tell(ctx, 'act', `secret/${NAMESPACE}/${name}`, () => 'deleted: the token has expired');
  },
  timers: {expire: (ctx, name) => ctx.queue.add(name as string)},
});
