/** Acting as somebody else, by header. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation.go */
import type {UserInfo} from '../../api/types.ts';
import type {Attributes} from '../authorization/types.ts';
import {serviceAccountGroups, serviceAccountUsername, splitServiceAccountUsername} from './service-account.ts';
import {ANONYMOUS_USER, AUTHENTICATED_GROUP, type Credentials, header, headerValues, UNAUTHENTICATED_GROUP} from './types.ts';

const EXTRA_PREFIX = 'impersonate-extra-';

export type Impersonation =
  /** No such header: the user stays who they are. */
  | undefined
  /** From here on the request is this user's. */
  | {readonly user: UserInfo}
  /** The first thing the real user may not take on. */
  | {readonly forbidden: Attributes; readonly reason: string}
  /** A 500: the headers make no sense together. */
  | {readonly error: string};

/** One thing to take on. */
interface Part {
  readonly kind: 'ServiceAccount' | 'User' | 'Group' | 'UserExtra' | 'UID';
  readonly namespace: string;
  readonly name: string;
  readonly apiVersion: string;
  /** The key of an extra value. */
  readonly fieldPath: string;
}

const RESOURCES: Readonly<Record<Part['kind'], {resource: string; group: string}>> = {
  ServiceAccount: {resource: 'serviceaccounts', group: ''},
  User: {resource: 'users', group: ''},
  Group: {resource: 'groups', group: ''},
  UserExtra: {resource: 'userextras', group: 'authentication.k8s.io'},
  UID: {resource: 'uids', group: 'authentication.k8s.io'},
};

/** Reads the headers Impersonate-*; `authorize` is asked, as the real user, for each thing they take on. */
export function impersonate(
  credentials: Credentials,
  user: UserInfo,
  authorize: (attributes: Attributes) => {allowed: boolean; reason: string},
): Impersonation {
  const parts = requestedParts(credentials);
  if (parts.length === 0) return undefined;
  const groups = headerValues(credentials, 'impersonate-group');
  if (!header(credentials, 'impersonate-user')) return {error: `requested [${parts.map(describe).join(' ')}] without impersonating a user`};

  // 1. May the real user take on all of it?
  for (const part of parts) {
    const attributes = attributesOf(part, user);
    const {allowed, reason} = authorize(attributes);
    if (!allowed) return {forbidden: attributes, reason};
  }

  // 2. Then this is who they are
  const account = parts.find(part => part.kind === 'ServiceAccount');
  const username = account ? serviceAccountUsername(account.namespace, account.name) : header(credentials, 'impersonate-user');
  const base = account && groups.length === 0 ? serviceAccountGroups(account.namespace) : groups;
  const extra: Record<string, string[]> = {};
  for (const part of parts) if (part.kind === 'UserExtra') (extra[part.fieldPath] ??= []).push(part.name);
  const uid = header(credentials, 'impersonate-uid');
  return {
    user: {username, groups: withStandingGroup(username, base), ...(uid && {uid}), ...(Object.keys(extra).length > 0 && {extra})},
  };
}

function requestedParts(credentials: Credentials): Part[] {
  const none = {namespace: '', apiVersion: '', fieldPath: ''};
  const parts: Part[] = [];
  const user = header(credentials, 'impersonate-user');
  const account = splitServiceAccountUsername(user);
  if (account) parts.push({...none, kind: 'ServiceAccount', ...account});
  else if (user) parts.push({...none, kind: 'User', name: user});
  for (const name of headerValues(credentials, 'impersonate-group')) parts.push({...none, kind: 'Group', name});
  const apiVersion = 'authentication.k8s.io/v1';
  for (const key of Object.keys(credentials.headers)
    .filter(name => name.startsWith(EXTRA_PREFIX))
    .sort()) {
    const fieldPath = decodeURIComponent(key.slice(EXTRA_PREFIX.length));
    for (const name of headerValues(credentials, key)) parts.push({...none, kind: 'UserExtra', name, apiVersion, fieldPath});
  }
  const uid = header(credentials, 'impersonate-uid');
  if (uid) parts.push({...none, kind: 'UID', name: uid, apiVersion});
  return parts;
}

function attributesOf({kind, namespace, name, fieldPath}: Part, user: UserInfo): Attributes {
  const {resource, group} = RESOURCES[kind];
  return {user, verb: 'impersonate', isResourceRequest: true, apiGroup: group, resource, subresource: fieldPath, namespace, name, path: ''};
}

/** As Go prints an object reference. */
const describe = ({kind, namespace, name, apiVersion, fieldPath}: Part): string =>
  `{${kind} ${namespace} ${name}  ${apiVersion}  ${fieldPath}}`;

/** Everybody but the anonymous user is authenticated, unless the groups already say. */
function withStandingGroup(username: string, groups: readonly string[]): readonly string[] {
  if (username === ANONYMOUS_USER) return groups.includes(UNAUTHENTICATED_GROUP) ? groups : [...groups, UNAUTHENTICATED_GROUP];
  const settled = groups.includes(AUTHENTICATED_GROUP) || groups.includes(UNAUTHENTICATED_GROUP);
  return settled ? groups : [...groups, AUTHENTICATED_GROUP];
}
