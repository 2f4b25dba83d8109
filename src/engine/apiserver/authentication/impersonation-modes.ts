/**
 * Constrained impersonation (on since v1.36): who may act as another is said by kind of user, and for what by verb, in two grants: `impersonate:MODE` for the user,
 * `impersonate-on:MODE:VERB` for the request. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation/mode.go
 */

import {isDomainPrefixedPath, nameIsDNSSubdomain} from '../../api/names.ts';
import type {UserInfo} from '../../api/types.ts';
import {NODES_GROUP, SYSTEM_PRIVILEGED_GROUP} from '../../api/well-known.ts';
import type {Attributes} from '../authorization/types.ts';
import type {Wanted} from './impersonation.ts';
import {serviceAccountGroups, splitServiceAccountUsername} from './service-account.ts';
import {ANONYMOUS_USER, AUTHENTICATED_GROUP, UNAUTHENTICATED_GROUP} from './types.ts';

/** Whether the real user may do this, and the authorizers' reason. */
export type Allows = (attributes: Attributes) => {readonly allowed: boolean; readonly reason: string};

export type Refused = {readonly forbidden: Attributes; readonly reason: string};
export type Impersonated = {readonly user: UserInfo; readonly constraint: string} | Refused;

/** Undefined where the mode is not for the wanted user. */
export type Mode = (wanted: Wanted, request: Attributes, allows: Allows) => Impersonated | undefined;

const NODE_PREFIX = 'system:node:';
const AUTHENTICATION = 'authentication.k8s.io';
const NODE_NAME = 'authentication.kubernetes.io/node-name';
const ASSOCIATED_KEYS = 'authentication.kubernetes.io/associated-node-keys';
/** From so many on, a grant of all of them is asked for first. */
const MANY = 4;

function nodeOf(username: string): string | undefined {
  const name = username.startsWith(NODE_PREFIX) ? username.slice(NODE_PREFIX.length) : '';
  return nameIsDNSSubdomain(name, false).length === 0 ? name : undefined;
}

const onlyNamed = ({uid, groups, extra}: Wanted): boolean => !uid && groups.length === 0 && Object.keys(extra).length === 0;

interface ModeRow {
  readonly name: string;
  /** Whether it is for this user, wanted by this one. */
  applies(wanted: Wanted, requestor: UserInfo): boolean;
  /** As whom, and for which user, the grants are asked for. */
  readonly asks?: (attributes: Attributes) => Attributes;
}

const isOnNode = (requestor: UserInfo, node: string | undefined): boolean =>
  node !== undefined && splitServiceAccountUsername(requestor.username) !== undefined && requestor.extra?.[NODE_NAME]?.join() === node;

/** A grant for one's own node holds for whatever node that is. */
const onAnyNode = (attributes: Attributes): Attributes => ({
  ...attributes,
  user: {...attributes.user, extra: {[ASSOCIATED_KEYS]: Object.keys(attributes.user.extra ?? {}).sort()}},
  ...(attributes.verb === 'impersonate:associated-node' && {name: '*'}),
});

const rows: readonly ModeRow[] = [
  {
    name: 'associated-node',
    applies: (wanted, requestor) => onlyNamed(wanted) && isOnNode(requestor, nodeOf(wanted.name)),
    asks: onAnyNode,
  },
  {name: 'arbitrary-node', applies: wanted => onlyNamed(wanted) && nodeOf(wanted.name) !== undefined},
  {name: 'serviceaccount', applies: wanted => onlyNamed(wanted) && splitServiceAccountUsername(wanted.name) !== undefined},
  {name: 'user-info', applies: ({name}) => nodeOf(name) === undefined && splitServiceAccountUsername(name) === undefined},
];

export const constrainedModes: readonly Mode[] = rows.map(row => (wanted, request, allows) => {
  if (!row.applies(wanted, request.user)) return undefined;
  const ask = (attributes: Attributes): Refused | undefined => {
    const asked = row.asks?.(attributes) ?? attributes;
    const {allowed, reason} = allows(asked);
    return allowed ? undefined : {forbidden: asked, reason};
  };
  const constraint = `impersonate:${row.name}`;
  const refused =
    // 1. May the request be made in somebody else's name?
    ask({...request, verb: `impersonate-on:${row.name}:${request.verb}`}) ??
    // 2. May it be made in this one's?
    userRefused(wanted, request.user, constraint, ask);
  return refused ?? {constraint, user: impersonatedUser(wanted)};
});

/** Asks for each part of the wanted user. */
function userRefused(
  {name, uid, groups, extra}: Wanted,
  user: UserInfo,
  verb: string,
  ask: (attributes: Attributes) => Refused | undefined,
): Refused | undefined {
  const part = (resource: string, of: string, subresource = '', namespace = ''): Attributes => ({
    ...{user, verb, isResourceRequest: true, apiGroup: AUTHENTICATION, apiVersion: 'v1', path: ''},
    ...{resource, subresource, namespace, name: of},
  });
  const account = splitServiceAccountUsername(name);
  const node = nodeOf(name);
  const groupsRefused = (): Refused | undefined => {
    if (groups.includes('')) return {forbidden: part('groups', ''), reason: 'impersonating the empty string group is not allowed'};
    if (groups.includes(SYSTEM_PRIVILEGED_GROUP))
      return {
        forbidden: part('groups', SYSTEM_PRIVILEGED_GROUP),
        reason: `impersonating the ${SYSTEM_PRIVILEGED_GROUP} group is not allowed`,
      };
    if (groups.length >= MANY && !ask(part('groups', '*'))) return undefined;
    return firstRefused(groups, group => ask(part('groups', group)));
  };
  const extraRefused = (): Refused | undefined => {
    const pairs = Object.entries(extra).flatMap(([key, values]) => values.map(value => [key, value] as const));
    const invalid = extraFault(extra);
    if (invalid) return {forbidden: part('userextras', ''), reason: invalid};
    const many = pairs.length >= MANY || Object.keys(extra).length >= MANY;
    if (many && !ask(part('userextras', '*', '*'))) return undefined;
    return firstRefused(pairs, ([key, value]) => ask(part('userextras', value, key)));
  };
  return (
    ask(account ? part('serviceaccounts', account.name, '', account.namespace) : node ? part('nodes', node) : part('users', name)) ??
    (uid ? ask(part('uids', uid)) : undefined) ??
    groupsRefused() ??
    extraRefused()
  );
}

function firstRefused<T>(items: readonly T[], refused: (item: T) => Refused | undefined): Refused | undefined {
  for (const item of items) {
    const answer = refused(item);
    if (answer) return answer;
  }
  return undefined;
}

function extraFault(extra: Wanted['extra']): string | undefined {
  for (const [key, values] of Object.entries(extra)) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    const [invalid] = isDomainPrefixedPath(key);
    if (invalid)
      return `impersonating an invalid key in extra is not allowed: extra.key: Invalid value: ${JSON.stringify(key)}: ${invalid}`;
    if (key !== key.toLowerCase()) return `impersonating a non-lowercase key in extra is not allowed: ${JSON.stringify(key)}`;
    if (values.length === 0) return 'impersonating empty values in extra is not allowed';
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

/** The wanted user with the groups that everybody of their kind has. */
export function impersonatedUser({name, uid, groups, extra}: Wanted, nodesAreKnown = true): UserInfo {
  const account = splitServiceAccountUsername(name);
  const own =
    nodesAreKnown && nodeOf(name) !== undefined && groups.length === 0
      ? [NODES_GROUP]
      : account && groups.length === 0
        ? serviceAccountGroups(account.namespace)
        : groups;
  return {
    username: name,
    groups: withStandingGroup(name, own),
    ...(uid && {uid}),
    ...(Object.keys(extra).length > 0 && {extra}),
  };
}

/** Everybody but the anonymous user is authenticated, unless the groups already say. */
function withStandingGroup(username: string, groups: readonly string[]): readonly string[] {
  const standing = username === ANONYMOUS_USER ? UNAUTHENTICATED_GROUP : AUTHENTICATED_GROUP;
  return groups.includes(UNAUTHENTICATED_GROUP) || groups.includes(standing) ? groups : [...groups, standing];
}
