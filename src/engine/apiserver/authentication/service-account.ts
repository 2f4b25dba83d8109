/**
 * Tokens of service accounts: bound ones (issued for a pod, with an end) and legacy ones (kept in a secret, without).
 * upstream: pkg/serviceaccount/{jwt,claims,legacy,util}.go
 */
import {goQuotedList} from '../../api/go-text.ts';
import type {KubeObject, UserInfo} from '../../api/types.ts';
import {type Claims, parseJwt, signJwt} from './jwt.ts';
import type {Answer, AuthenticationConfig, AuthenticationContext, TokenAuthenticator} from './types.ts';

const USERNAME_PREFIX = 'system:serviceaccount:';
const ALL_GROUP = 'system:serviceaccounts';
const LEGACY_ISSUER = 'kubernetes/serviceaccount';
const LEGACY_CLAIM = 'kubernetes.io/serviceaccount';
/** An object that is being deleted keeps its tokens good for this long. */
const LEEWAY_MS = 60_000;
/** Pods' tokens are asked for one hour and seven seconds; that very number is stretched to a year, with a warning after the time asked for. */
export const POD_TOKEN_SECONDS = 3607;
const EXTENDED_SECONDS = 365 * 24 * 3600;
const INVALIDATED = 'service account token has been invalidated';

/** e.g. `system:serviceaccount:default:builder`. */
export const serviceAccountUsername = (namespace: string, name: string): string => `${USERNAME_PREFIX}${namespace}:${name}`;
export const serviceAccountGroups = (namespace: string): string[] => [ALL_GROUP, `${ALL_GROUP}:${namespace}`];

/** Namespace and name out of a user name; undefined when it is no service account's. */
export function splitServiceAccountUsername(username: string): {namespace: string; name: string} | undefined {
  const [namespace, name, more] = username.startsWith(USERNAME_PREFIX) ? username.slice(USERNAME_PREFIX.length).split(':') : [];
  return namespace && name && more === undefined ? {namespace, name} : undefined;
}

interface Reference {
  readonly name: string;
  readonly uid?: string | undefined;
}

export interface TokenRequest {
  readonly serviceAccount: KubeObject;
  /** What the token lives and dies with. */
  readonly pod?: Reference;
  readonly secret?: Reference;
  readonly node?: Reference;
  readonly audiences?: readonly string[];
  readonly expirationSeconds: number;
  /** UTC milliseconds. */
  readonly now: number;
  /** A unique id. */
  readonly id: string;
}

/** Issues a bound token (the subresource serviceaccounts/token). Returns it and when it runs out, in UTC seconds, as the client is told. */
export function issueToken(
  request: TokenRequest,
  config: NonNullable<AuthenticationConfig['serviceAccounts']>,
): {token: string; expires: number} {
  const {serviceAccount, now, expirationSeconds, pod, secret, node} = request;
  const {name = '', namespace = '', uid} = serviceAccount.metadata;
  const issued = Math.floor(now / 1000);
  const audiences = request.audiences?.length ? request.audiences : (config.audiences ?? [config.issuer]);
  const extended =
    pod !== undefined && expirationSeconds === POD_TOKEN_SECONDS && audiences.includes((config.audiences ?? [config.issuer])[0]!);
  const claims = {
    aud: audiences,
    exp: issued + (extended ? EXTENDED_SECONDS : expirationSeconds),
    iat: issued,
    iss: config.issuer,
    jti: request.id,
    'kubernetes.io': {
      namespace,
      ...(node && {node}),
      ...(pod && {pod}),
      ...(secret && {secret}),
      serviceaccount: {name, uid},
      ...(extended && {warnafter: issued + expirationSeconds}),
    },
    nbf: issued,
    sub: serviceAccountUsername(namespace, name),
  };
  return {token: signJwt(claims, config.signingKey, keyId(config)), expires: issued + expirationSeconds};
}

/** A token for a secret of type kubernetes.io/service-account-token. */
export function legacyToken(
  serviceAccount: KubeObject,
  secretName: string,
  config: NonNullable<AuthenticationConfig['serviceAccounts']>,
): string {
  const {name = '', namespace = '', uid} = serviceAccount.metadata;
  const claims = {
    iss: LEGACY_ISSUER,
    [`${LEGACY_CLAIM}/namespace`]: namespace,
    [`${LEGACY_CLAIM}/secret.name`]: secretName,
    [`${LEGACY_CLAIM}/service-account.name`]: name,
    [`${LEGACY_CLAIM}/service-account.uid`]: uid,
    sub: serviceAccountUsername(namespace, name),
  };
  return signJwt(claims, config.signingKey, keyId(config));
}

const keyId = ({issuer}: {readonly issuer: string}): string => issuer;

export const serviceAccountAuthenticator: TokenAuthenticator = {
  name: 'serviceAccount',
  authenticateToken(token, context) {
    const config = context.config.serviceAccounts;
    const jwt = parseJwt(token);
    const issuer = jwt?.claims['iss'];
    if (!config || !jwt || (issuer !== config.issuer && issuer !== LEGACY_ISSUER)) return undefined;
    if (!jwt.verify(config.signingKey)) return {error: 'invalid signature'};
    return issuer === LEGACY_ISSUER ? legacyUser(token, jwt.claims, context) : boundUser(jwt.claims, config, context);
  },
};

interface BoundClaims {
  readonly namespace: string;
  readonly serviceaccount: Reference;
  readonly pod?: Reference;
  readonly secret?: Reference;
  readonly node?: Reference;
}

/** upstream: pkg/serviceaccount/claims.go validator.Validate */
function boundUser(claims: Claims, config: NonNullable<AuthenticationConfig['serviceAccounts']>, context: AuthenticationContext): Answer {
  // 1. For whom, and until when
  const accepted = config.audiences ?? [config.issuer];
  const audiences = [claims['aud'] ?? []].flat().map(String);
  if (!audiences.some(audience => accepted.includes(audience)))
    return {error: `token audiences ${goQuotedList(audiences)} is invalid for the target audiences ${goQuotedList(accepted)}`};
  if (context.now > Number(claims['exp']) * 1000 + LEEWAY_MS) return {error: 'service account token has expired'};
  if (context.now < Number(claims['nbf']) * 1000 - LEEWAY_MS) return {error: 'service account token is not valid yet'};
  // 2. Is what it is bound to still there, and still the same?
  const bound = claims['kubernetes.io'] as BoundClaims;
  const {namespace, serviceaccount, pod, secret, node} = bound;
  const error =
    accountError(namespace, serviceaccount, context) ??
    (secret && boundError('secrets', 'secret', namespace, secret, context)) ??
    (pod && boundError('pods', 'pod', namespace, pod, context)) ??
    (node && !pod ? boundError('nodes', 'node', '', node, context) : undefined);
  if (error) return {error};
  return {user: userOf(bound, String(claims['jti'] ?? ''))};
}

function userOf({namespace, serviceaccount, pod, node}: BoundClaims, jti: string): UserInfo {
  const extra: Record<string, readonly string[]> = {};
  const add = (key: string, value: string | undefined): void => {
    if (value) extra[`authentication.kubernetes.io/${key}`] = [value];
  };
  add('credential-id', jti && `JTI=${jti}`);
  add('node-name', node?.name);
  add('node-uid', node?.uid);
  add('pod-name', pod?.name);
  add('pod-uid', pod?.uid);
  return {
    username: serviceAccountUsername(namespace, serviceaccount.name),
    ...(serviceaccount.uid && {uid: serviceaccount.uid}),
    groups: serviceAccountGroups(namespace),
    ...(Object.keys(extra).length > 0 && {extra}),
  };
}

/** upstream: pkg/serviceaccount/legacy.go legacyValidator.Validate */
function legacyUser(token: string, claims: Claims, context: AuthenticationContext): Answer {
  const claim = (key: string): string => String(claims[`${LEGACY_CLAIM}/${key}`] ?? '');
  const [namespace, secretName, name, uid] = [
    claim('namespace'),
    claim('secret.name'),
    claim('service-account.name'),
    claim('service-account.uid'),
  ];
  if (claims['sub'] !== serviceAccountUsername(namespace, name)) return {error: 'sub claim is invalid'};
  const secret = context.get('secrets', namespace, secretName);
  const stored = secret && ((secret['data'] as Record<string, string> | undefined)?.['token'] ?? '');
  if (!secret || secret.metadata.deletionTimestamp || stored !== btoa(token)) return {error: 'service account token has been invalidated'};
  const error = accountError(namespace, {name, uid}, context);
  return error ? {error} : {user: userOf({namespace, serviceaccount: {name, uid}}, '')};
}

function accountError(namespace: string, {name, uid}: Reference, context: AuthenticationContext): string | undefined {
  const account = context.get('serviceaccounts', namespace, name);
  if (!account) return `serviceaccounts "${name}" not found`;
  if (goneFor(account, context.now)) return `service account ${namespace}/${name} has been deleted`;
  const actual = account.metadata.uid ?? '';
  return actual === (uid ?? '') ? undefined : `service account UID (${actual}) does not match claim (${uid})`;
}

function boundError(
  resource: string,
  noun: string,
  namespace: string,
  {name, uid}: Reference,
  context: AuthenticationContext,
): string | undefined {
  const object = context.get(resource, namespace, name);
  if (!object || goneFor(object, context.now)) return INVALIDATED;
  const actual = object.metadata.uid ?? '';
  return actual === (uid ?? '') ? undefined : `${noun} UID (${actual}) does not match service account ${noun} ref claim (${uid})`;
}

function goneFor({metadata}: KubeObject, now: number): boolean {
  return metadata.deletionTimestamp !== undefined && Date.parse(metadata.deletionTimestamp) < now - LEEWAY_MS;
}
