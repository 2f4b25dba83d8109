/** The impersonation of v1.3, kept for ever: the verb `impersonate` on each part of the wanted user. upstream: staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation */
import type {UserInfo} from '../../api/types.ts';
import type {Attributes} from '../authorization/types.ts';
import type {Wanted} from './impersonation.ts';
import {type Allows, type Impersonated, impersonatedUser, type Mode} from './impersonation-modes.ts';
import {splitServiceAccountUsername} from './service-account.ts';

const AUTHENTICATION = 'authentication.k8s.io';

/** Applies to every user. */
export const legacyMode: Mode = (wanted: Wanted, {user}: {readonly user: UserInfo}, allows: Allows): Impersonated => {
  for (const attributes of partsOf(wanted, user)) {
    const {allowed, reason} = allows(attributes);
    if (!allowed) return {forbidden: attributes, reason};
  }
  return {constraint: '', user: impersonatedUser(wanted, false)};
};

/** What was said, with a 500, to who wanted everything but a user: Go prints references, of which most fields are empty. */
export function withoutUser({groups, extra}: Wanted): string {
  const extras = Object.entries(extra).flatMap(([key, values]) =>
    values.map(value => `{UserExtra  ${value}  ${AUTHENTICATION}/v1  ${key}}`),
  );
  return `requested [${[...groups.map(group => `{Group  ${group}    }`), ...extras].join(' ')}] without impersonating a user`;
}

/** What must be granted, in the order in which it is asked for. */
function partsOf({name, uid, groups, extra}: Wanted, user: UserInfo): Attributes[] {
  const part = (apiGroup: string, resource: string, of: string, more: {namespace?: string; subresource?: string} = {}): Attributes => ({
    ...{user, verb: 'impersonate', isResourceRequest: true, apiGroup, resource, subresource: '', namespace: '', name: of, path: ''},
    ...more,
  });
  const account = splitServiceAccountUsername(name);
  return [
    account ? part('', 'serviceaccounts', account.name, {namespace: account.namespace}) : part('', 'users', name),
    ...(uid ? [part(AUTHENTICATION, 'uids', uid)] : []),
    ...groups.map(group => part('', 'groups', group)),
    ...Object.entries(extra).flatMap(([key, values]) => values.map(value => part(AUTHENTICATION, 'userextras', value, {subresource: key}))),
  ];
}
