/** A fixed list of tokens. upstream: staging/src/k8s.io/apiserver/pkg/authentication/token/tokenfile/tokenfile.go */
import type {TokenAuthenticator} from './types.ts';

export const tokenFileAuthenticator: TokenAuthenticator = {
  name: 'tokenFile',
  authenticateToken(token, {config}) {
    const user = config.tokens && Object.hasOwn(config.tokens, token) ? config.tokens[token] : undefined;
    return user && {user};
  },
};
