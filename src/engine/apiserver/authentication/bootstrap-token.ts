/** Tokens that machines join with: a Secret of kube-system each, good until a time, for who asks for a certificate. upstream: plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go */
import {fromBase64} from '../../api/base64.ts';
import type {Secret} from '../../api/types.ts';
import type {TokenAuthenticator} from './types.ts';

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const SECRET_TYPE = 'bootstrap.kubernetes.io/token';
const GROUP = 'system:bootstrappers';
const EXTRA_GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/** Whatever is wrong with a token, it is nobody's: others may know it. */
export const bootstrapTokenAuthenticator: TokenAuthenticator = {
  name: 'bootstrapToken',
  authenticateToken(token, {get, now}) {
    const [, id, secret] = TOKEN.exec(token) ?? [];
    const stored = id && (get('secrets', 'kube-system', `bootstrap-token-${id}`) as Secret | undefined);
    if (!stored || stored.type !== SECRET_TYPE || stored.metadata.deletionTimestamp) return undefined;
    const field = (name: string): string => fromBase64(stored.data?.[name] ?? '');
    if (field('token-secret') !== secret || field('token-id') !== id) return undefined;
    const expiration = field('expiration');
    if (expiration && !(Date.parse(expiration) > now)) return undefined;
    if (field('usage-bootstrap-authentication') !== 'true') return undefined;
    const extra = field('auth-extra-groups').split(',').filter(Boolean);
    if (extra.some(group => !EXTRA_GROUP.test(group))) return undefined;
    return {user: {username: `system:bootstrap:${id}`, groups: [...new Set([GROUP, ...extra])].sort()}};
  },
};
