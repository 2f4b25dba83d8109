/**
 * Fills secrets that ask for a service account's token, and removes them with their account. Nobody gets one unasked any more (since v1.24).
 * upstream: pkg/controller/serviceaccount/tokens_controller.go
 */

import type {Secret, ServiceAccount, Stored} from '../api/types.ts';
import {SERVICE_ACCOUNT_TOKEN_SECRET} from '../api/well-known.ts';
import {legacyToken} from '../apiserver/authentication/service-account.ts';
import {serverConfig} from '../apiserver/config.ts';
import {keyOf, splitKey} from '../client/keys.ts';
import type {ComponentContext} from '../client/types.ts';
import {ignoring} from './common/claim.ts';
import {controller, sharedInformers} from './common/controller.ts';
import {isNotFound} from './common/errors.ts';
import {tell} from './common/tell.ts';
import {ROOT_CA} from './root-ca-publisher.ts';

const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const SERVICE_ACCOUNT_UID = 'kubernetes.io/service-account.uid';

const accountOf = (secret: Secret): string =>
  (secret.type === SERVICE_ACCOUNT_TOKEN_SECRET && secret.metadata.annotations?.[SERVICE_ACCOUNT_NAME]) || '';

export const tokensController = {
  ...controller({
    name: 'serviceaccount-token-controller',
    watches: [
      {
        resource: 'secrets',
        on: (ctx, {type, object}) => void (type !== 'DELETED' && accountOf(object as Secret) && ctx.queue.add(keyOf(object))),
      },
      {
        resource: 'serviceaccounts',
        on(ctx, {type, object}) {
          if (type === 'MODIFIED') return;
          if (type === 'ADDED' && secretForEach(ctx)) ctx.queue.add(`${UNASKED}${keyOf(object)}`);
          for (const secret of ctx.lister<Secret>('secrets').list(object.metadata.namespace))
            if (accountOf(secret) === object.metadata.name) ctx.queue.add(keyOf(secret));
        },
      },
    ],
    reconcile,
  }),
  // It holds the key that signs tokens: no account of its own could be trusted with that.
  user: () => sharedInformers,
};

/** Before the key of an account that is to have a Secret without asking for one. */
const UNASKED = 'account:';

/** A controller manager of v1.23 or older. */
const secretForEach = (ctx: ComponentContext): boolean => serverConfig(ctx.tx).authentication.serviceAccounts?.secretForEach === true;

/** upstream: ensureReferencedToken (v1.23) */
function giveSecret(ctx: ComponentContext, key: string): void {
  const [namespace, name] = splitKey(key);
  const account = liveAccount(ctx, namespace, name);
  if (!account || (account.secrets ?? []).length > 0) return;
  const secret = ctx.client.create<Secret>('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      generateName: `${name}-token-`,
      namespace,
      annotations: {[SERVICE_ACCOUNT_NAME]: name, [SERVICE_ACCOUNT_UID]: account.metadata.uid},
    },
    type: SERVICE_ACCOUNT_TOKEN_SECRET,
  });
  ctx.client.update<ServiceAccount>('serviceaccounts', {...account, secrets: [{name: secret.metadata.name!}]});
  tell(ctx, 'act', `serviceaccount/${key}`, () => `secret ${secret.metadata.name} with its token made`);
}

function reconcile(ctx: ComponentContext, key: string): void {
  if (key.startsWith(UNASKED)) return giveSecret(ctx, key.slice(UNASKED.length));
  const [namespace, name] = splitKey(key);
  const secret = ctx.lister<Secret>('secrets').get(namespace, name);
  if (!secret || !accountOf(secret)) return;
  const account = liveAccount(ctx, namespace, accountOf(secret));
  // 1. Its account is gone, or is another of the same name.
  const wantedUid = secret.metadata.annotations?.[SERVICE_ACCOUNT_UID];
  if (!account || (wantedUid && wantedUid !== account.metadata.uid)) {
    ignoring([404, 409], () => ctx.client.delete('secrets', namespace, name, {preconditions: {uid: secret.metadata.uid}}));
    tell(ctx, 'act', `secret/${key}`, () => 'deleted: its service account is gone');
    return;
  }
  // 2. Complete?
  if (wantedUid && secret.data?.['token'] && secret.data['ca.crt'] && secret.data['namespace']) return;
  const token = legacyToken(account, name, serverConfig(ctx.tx).authentication.serviceAccounts!);
  ctx.client.update<Secret>('secrets', {
    ...secret,
    metadata: {...secret.metadata, annotations: {...secret.metadata.annotations, [SERVICE_ACCOUNT_UID]: account.metadata.uid}},
    data: {...secret.data, 'ca.crt': btoa(ROOT_CA), namespace: btoa(namespace), token: btoa(token)},
  });
  tell(ctx, 'act', `secret/${key}`, () => `token of service account ${account.metadata.name} put in`);
}

/** Asked of the server: a cache that lags would cost the learner a secret. */
function liveAccount(ctx: ComponentContext, namespace: string, name: string): Stored<ServiceAccount> | undefined {
  try {
    return ctx.client.get<ServiceAccount>('serviceaccounts', namespace, name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
