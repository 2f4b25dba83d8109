/** The gates before a handler: who is it (401), do they act for another, and may they (403). */
import {EPOCH} from '../api/clock.ts';
import {byResource, type Kind} from '../api/kinds.ts';
import * as status from '../api/status.ts';
import type {KubeObject, PersistentVolume, Pod, rbac, UserInfo} from '../api/types.ts';
import {type KeyValue, KV} from '../etcd/etcd.ts';
import type {Tx} from '../machine/types.ts';
import {authenticate as ask} from './authentication/authenticate.ts';
import {impersonate as readImpersonation, wantedUser} from './authentication/impersonation.ts';
import type {Allows} from './authentication/impersonation-modes.ts';
import {legacyMode, withoutUser} from './authentication/legacy-impersonation.ts';
import {serviceAccountUsername} from './authentication/service-account.ts';
import {AUTHENTICATED_GROUP, type Credentials} from './authentication/types.ts';
import {certificateError} from './authentication/x509.ts';
import {abacAuthorizer} from './authorization/abac.ts';
import {alwaysAllow, alwaysDeny, privilegedGroups} from './authorization/always.ts';
import {forbiddenError} from './authorization/forbidden.ts';
import {nodeAuthorizer} from './authorization/node.ts';
import {rbacAuthorizer} from './authorization/rbac/authorizer.ts';
import type {Attributes, Authorizer, PolicyReader} from './authorization/types.ts';
import {authorize as askAuthorizers} from './authorization/union.ts';
import {webhookAuthorizer} from './authorization/webhook.ts';
import {nodeRules} from './bootstrap/rbac.ts';
import {collection} from './collections.ts';
import {type AuthorizationMode, CLUSTER_CA, type ServerConfig, serverConfig} from './config.ts';
import {readObject} from './registry.ts';
import type {Walk} from './request.ts';
import {storageKey} from './resources.ts';
import {objectsAt} from './watch.ts';

/** Sets walk.user. Throws ApiError 401. */
export function authenticate(walk: Walk): void {
  const {request, tx} = walk;
  if (request.user) {
    walk.user = vouchedFor(walk, request.user);
    return;
  }
  const credentials: Credentials = {
    headers: request.headers ?? {},
    path: request.path,
    ...(request.clientCertificate && {connection: {clientCertificate: request.clientCertificate}}),
  };
  const {authentication: config} = serverConfig(tx);
  const answer = ask(credentials, {config, now: EPOCH + tx.now, get: readerOf(tx)});
  const tried = answer.tried.map(t => `${t.authenticator}: ${t.detail || t.verdict}`).join('; ');
  if ('error' in answer) {
    walk.stage('authentication', 'denied', tried || answer.error);
    throw status.unauthorized();
  }
  walk.user = answer.user;
  walk.stage('authentication', 'ok', tried);
}

/** Reads what a token is bound to. */
export const readerOf =
  (tx: Tx) =>
  (resource: string, namespace: string, name: string): KubeObject | undefined => {
    const kind = byResource(resource);
    return kind && readObject(tx, kind, namespace, name);
  };

/** A component of the cluster holds a certificate of the cluster's authority or a token of its service account; both die with what signed them. */
function vouchedFor(walk: Walk, user: UserInfo): UserInfo {
  const {authentication} = serverConfig(walk.tx);
  const account = user.username.startsWith(serviceAccountUsername('', '').slice(0, -1));
  const error = account
    ? authentication.serviceAccounts
      ? undefined
      : 'service account tokens are not accepted'
    : certificateError(
        {commonName: user.username, organizations: user.groups, issuer: CLUSTER_CA},
        authentication.clientCA ?? '',
        EPOCH + walk.tx.now,
      );
  if (error) {
    walk.stage('authentication', 'denied', error);
    throw status.unauthorized();
  }
  const anonymous = user.groups.includes('system:unauthenticated');
  walk.stage(
    'authentication',
    'ok',
    anonymous ? `anonymous: ${user.username}` : `${account ? 'service account token' : 'x509'}: ${user.username}`,
  );
  return anonymous || user.groups.includes(AUTHENTICATED_GROUP) ? user : {...user, groups: [...user.groups, AUTHENTICATED_GROUP]};
}

const attributesOf = ({info, user}: Walk): Attributes => ({
  user,
  verb: info.verb,
  isResourceRequest: info.isResourceRequest,
  apiGroup: info.apiGroup,
  apiVersion: info.apiVersion,
  resource: info.resource,
  subresource: info.subresource,
  namespace: info.namespace,
  name: info.name,
  path: info.path,
  fieldSelector: info.fieldSelector,
  labelSelector: info.labelSelector,
});

/** Headers Impersonate-*: from here on the request is somebody else's. Throws ApiError 400, 403. */
export function impersonate(walk: Walk): void {
  const {request, tx} = walk;
  if (!request.headers || !Object.keys(request.headers).some(name => name.startsWith('impersonate-'))) return;
  const credentials: Credentials = {headers: request.headers, path: request.path};
  const chain = authorizers(serverConfig(tx));
  const policy = policyOf(tx);
  const allows: Allows = attributes => {
    const verdict = askAuthorizers(chain, attributes, policy);
    return {allowed: verdict.decision === 'Allow', reason: verdict.reason};
  };
  // ConstrainedImpersonation (KEP-5284) is on since 1.36
  const modes = (request.asOf?.minor ?? 36) < 36 ? [legacyMode] : undefined;
  const answer = readImpersonation(credentials, attributesOf(walk), allows, modes);
  if (!answer) return;
  if ('error' in answer) throw modes ? status.plainError(withoutUser(wantedUser(credentials)!)) : status.badRequest(answer.error);
  if ('forbidden' in answer) {
    walk.stage('impersonation', 'denied', answer.reason);
    throw forbiddenError(answer.forbidden, answer.reason);
  }
  walk.stage(
    'impersonation',
    'changed',
    `${walk.user.username} acts as ${answer.user.username}${answer.constraint && ` by ${answer.constraint}`}`,
  );
  walk.user = answer.user;
}

/** Throws ApiError 403. */
export function authorize(walk: Walk): void {
  const attributes = attributesOf(walk);
  const verdict = askAuthorizers(authorizers(serverConfig(walk.tx)), attributes, policyOf(walk.tx));
  if (verdict.decision === 'Allow') {
    walk.stage('authorization', 'ok', [verdict.decidedBy, verdict.reason].filter(Boolean).join(': '));
    return;
  }
  walk.stage('authorization', 'denied', `${verdict.decidedBy ?? 'nobody'}: ${verdict.decision}${verdict.reason && ` (${verdict.reason})`}`);
  throw forbiddenError(attributes, verdict.reason);
}

/** Whether a user may do this with all objects of a kind, by what stands in the policy now. */
export function may(tx: Tx, user: UserInfo, verb: string, {group, resource}: Kind): boolean {
  const attributes = {user, verb, isResourceRequest: true, apiGroup: group, resource, subresource: '', namespace: '', name: '', path: ''};
  return askAuthorizers(authorizers(serverConfig(tx)), attributes, policyOf(tx)).decision === 'Allow';
}

const chains = new WeakMap<ServerConfig, readonly Authorizer[]>();

const modes: Record<AuthorizationMode, (config: ServerConfig) => Authorizer> = {
  Node: () => nodeAuthorizer(nodeRules()),
  RBAC: () => rbacAuthorizer,
  ABAC: ({authorization}) => abacAuthorizer(authorization.abac ?? []),
  Webhook: ({authorization}) => webhookAuthorizer(authorization.webhook ?? {name: 'webhook', rules: []}),
  AlwaysAllow: () => alwaysAllow,
  AlwaysDeny: () => alwaysDeny,
};

/** The configured chain, the privileged group before it. */
export function authorizers(config: ServerConfig): readonly Authorizer[] {
  let chain = chains.get(config);
  if (!chain) chains.set(config, (chain = [privilegedGroups, ...config.authorization.modes.map(mode => modes[mode](config))]));
  return chain;
}

const PREFIX = {
  clusterRoleBindings: '/registry/clusterrolebindings/',
  roleBindings: '/registry/rolebindings/',
  pods: '/registry/pods/',
  persistentVolumes: '/registry/persistentvolumes/',
};

/** The policy as it stands in the store. */
export function policyOf(tx: Tx): PolicyReader {
  const read = <T>(resource: string, namespace: string, name: string): T | undefined => {
    const kind = byResource(resource);
    return kind && valueAt<T>(tx, storageKey(kind, namespace, name));
  };
  return {
    clusterRole: name => read<rbac.ClusterRole>('clusterroles', '', name),
    role: (namespace, name) => read<rbac.Role>('roles', namespace, name),
    clusterRoleBindings: () => collection<rbac.ClusterRoleBinding>(tx, PREFIX.clusterRoleBindings),
    roleBindings: namespace => collection<rbac.RoleBinding>(tx, `${PREFIX.roleBindings}${namespace}/`),
    podsOnNode: node => objectsAt(tx, PREFIX.pods, tx.root.revision, 'node', node) as unknown as Pod[],
    persistentVolumes: () => collection<PersistentVolume>(tx, PREFIX.persistentVolumes),
    get: (resource, namespace, name) => read<KubeObject>(resource, namespace, name),
  };
}

const valueAt = <T>(tx: Tx, key: string): T | undefined => tx.table<KeyValue<T>>(KV).find('key', key)?.value;
