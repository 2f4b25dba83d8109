/**
 * Who is it? The authenticators in the order kube-apiserver asks them.
 * upstream: pkg/kubeapiserver/authenticator/config.go, apiserver/pkg/authentication/request/union/union.go
 */
import type {UserInfo} from '../../api/types.ts';
import {aggregate} from '../authorization/union.ts';
import {basicAuthAuthenticator} from './basic-auth.ts';
import {bearerTokenAuthenticator} from './bearer-token.ts';
import {requestHeaderAuthenticator} from './request-header.ts';
import {
  ANONYMOUS_USER,
  type Answer,
  AUTHENTICATED_GROUP,
  type AuthenticationConfig,
  type AuthenticationContext,
  type Authenticator,
  type Credentials,
  UNAUTHENTICATED_GROUP,
} from './types.ts';
import {x509Authenticator} from './x509.ts';

/** In the order in which they are asked. Who reads passwords is there only in a server that is told to be one of v1.18 or older. */
const authenticatorsOf = ({basicAuth}: AuthenticationConfig): readonly Authenticator[] => [
  requestHeaderAuthenticator,
  ...(basicAuth ? [basicAuthAuthenticator] : []),
  x509Authenticator,
  bearerTokenAuthenticator,
];

export type Authentication =
  | {readonly user: UserInfo; readonly by: string; readonly tried: readonly Attempt[]}
  /** The client is told no more than `Unauthorized`; the error is for the server's log. */
  | {readonly error: string; readonly tried: readonly Attempt[]};

/** What one authenticator said, for the screen. */
export interface Attempt {
  readonly authenticator: string;
  readonly verdict: 'user' | 'no opinion' | 'error';
  readonly detail: string;
}

/** Who sends a request, or why nobody knows. A bad credential is an error, never anonymous. */
export function authenticate(credentials: Credentials, context: AuthenticationContext): Authentication {
  const tried: Attempt[] = [];
  const answer = union(authenticatorsOf(context.config), credentials, context, false, tried);
  if (answer && 'user' in answer) return {user: inAuthenticatedGroup(answer.user), by: tried.at(-1)!.authenticator, tried};
  if (answer) return {error: answer.error, tried};
  const {enabled, paths} = context.config.anonymous ?? {enabled: false};
  if (!enabled || (paths && !paths.includes(credentials.path))) return {error: 'no credentials', tried};
  const user = {username: ANONYMOUS_USER, groups: [UNAUTHENTICATED_GROUP]};
  return {user, by: 'anonymous', tried: [...tried, {authenticator: 'anonymous', verdict: 'user', detail: ANONYMOUS_USER}]};
}

/** The first user stands. An error is kept and the next one asked; with `failOnError` it ends the matter. */
export function union(
  authenticators: readonly Authenticator[],
  credentials: Credentials,
  context: AuthenticationContext,
  failOnError: boolean,
  tried: Attempt[] = [],
): Answer {
  const errors: string[] = [];
  for (const {name, authenticate: ask} of authenticators) {
    const answer = ask(credentials, context);
    if (!answer) tried.push({authenticator: name, verdict: 'no opinion', detail: ''});
    else if ('user' in answer) {
      tried.push({authenticator: name, verdict: 'user', detail: answer.user.username});
      return answer;
    } else {
      tried.push({authenticator: name, verdict: 'error', detail: answer.error});
      if (failOnError) return answer;
      errors.push(answer.error);
    }
  }
  return errors.length > 0 ? {error: aggregate(errors)} : undefined;
}

/** upstream: apiserver/pkg/authentication/group/authenticated_group_adder.go */
function inAuthenticatedGroup(user: UserInfo): UserInfo {
  const settled = user.groups.some(group => group === AUTHENTICATED_GROUP || group === UNAUTHENTICATED_GROUP);
  return settled || user.username === ANONYMOUS_USER ? user : {...user, groups: [...user.groups, AUTHENTICATED_GROUP]};
}
