/** Name and password from a file, until it was removed in v1.19. upstream: plugin/pkg/auth/authenticator/password/passwordfile (v1.18) */
import {type Authenticator, header} from './types.ts';

export const basicAuthAuthenticator: Authenticator = {
  name: 'basicAuth',
  authenticate(credentials, {config}) {
    const [scheme = '', encoded = ''] = header(credentials, 'authorization').split(' ');
    if (!config.basicAuth || scheme.toLowerCase() !== 'basic') return undefined;
    const [, username = '', password = ''] = /^([^:]*):(.*)$/s.exec(decode(encoded)) ?? [];
    const known = Object.hasOwn(config.basicAuth, username) ? config.basicAuth[username]! : undefined;
    if (!known || known.password !== password) return {error: 'invalid username/password combination'};
    return {user: {username, groups: known.groups ?? [], ...(known.uid && {uid: known.uid})}};
  },
};

function decode(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}
