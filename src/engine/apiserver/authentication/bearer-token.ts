/** upstream: staging/src/k8s.io/apiserver/pkg/authentication/request/bearertoken/bearertoken.go */
import {aggregate} from '../authorization/union.ts';
import {bootstrapTokenAuthenticator} from './bootstrap-token.ts';
import {oidcAuthenticator} from './oidc.ts';
import {serviceAccountAuthenticator} from './service-account.ts';
import {tokenFileAuthenticator} from './token-file.ts';
import {type Authenticator, header, type TokenAuthenticator} from './types.ts';

/** Those at hand first, then those far away. upstream: pkg/kubeapiserver/authenticator/config.go */
const TOKEN_AUTHENTICATORS: readonly TokenAuthenticator[] = [
  tokenFileAuthenticator,
  serviceAccountAuthenticator,
  bootstrapTokenAuthenticator,
  oidcAuthenticator,
];

export const bearerTokenAuthenticator: Authenticator = {
  name: 'bearerToken',
  authenticate(credentials, context) {
    const [scheme = '', token = ''] = header(credentials, 'authorization').trim().split(' ');
    if (scheme.toLowerCase() !== 'bearer' || !token) return undefined;
    const errors: string[] = [];
    for (const authenticator of TOKEN_AUTHENTICATORS) {
      const answer = authenticator.authenticateToken(token, context);
      if (answer && 'user' in answer) return answer;
      if (answer) errors.push(answer.error);
    }
    return {error: errors.length > 0 ? aggregate(errors) : 'invalid bearer token'};
  },
};
