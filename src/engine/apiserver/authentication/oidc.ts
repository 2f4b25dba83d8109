/** Tokens of an identity provider. upstream: staging/src/k8s.io/apiserver/plugin/pkg/authenticator/token/oidc/oidc.go */
import {type Claims, parseJwt} from './jwt.ts';
import type {Answer, OidcIssuer, TokenAuthenticator} from './types.ts';

export const oidcAuthenticator: TokenAuthenticator = {
  name: 'oidc',
  authenticateToken(token, {config, now}) {
    const jwt = parseJwt(token);
    const issuer = jwt && config.oidc?.find(candidate => candidate.issuerURL === jwt.claims['iss']);
    if (!jwt || !issuer) return undefined;
    const error = jwt.verify(issuer.signingKey)
      ? claimsError(jwt.claims, issuer, now)
      : 'failed to verify signature: failed to verify id token signature';
    return error ? {error: `oidc: verify token: ${error}`} : user(jwt.claims, issuer);
  },
};

function claimsError(claims: Claims, {clientID}: OidcIssuer, now: number): string | undefined {
  const audiences = [claims['aud'] ?? []].flat();
  if (!audiences.includes(clientID)) return `oidc: expected audience in ["${clientID}"] got ${JSON.stringify(audiences)}`;
  const expiry = Number(claims['exp'] ?? 0) * 1000;
  if (now >= expiry)
    return `oidc: token is expired (Token Expiry: ${new Date(expiry)
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, ' +0000 UTC')})`;
  return undefined;
}

function user(claims: Claims, issuer: OidcIssuer): Answer {
  const {usernameClaim = 'sub', groupsClaim, issuerURL, requiredClaims = {}} = issuer;
  const name = claims[usernameClaim];
  if (typeof name !== 'string') return {error: `oidc: parse username claims "${usernameClaim}": claim not present`};
  if (usernameClaim === 'email' && claims['email_verified'] === false) return {error: 'oidc: email not verified'};
  for (const [claim, value] of Object.entries(requiredClaims)) {
    if (!(claim in claims)) return {error: `oidc: required claim ${claim} not present in ID token`};
    if (claims[claim] !== value)
      return {error: `oidc: required claim ${claim} value does not match. Got = ${claims[claim]}, want = ${value}`};
  }
  // Without a prefix of its own a provider could name anybody; an email address is taken to be unique.
  const prefix = issuer.usernamePrefix ?? (usernameClaim === 'email' ? '' : `${issuerURL}#`);
  const groups = groupsClaim ? [claims[groupsClaim] ?? []].flat().map(String) : [];
  return {
    user: {
      username: prefix === '-' ? name : `${prefix}${name}`,
      groups: groups.map(group => `${issuer.groupsPrefix ?? ''}${group}`),
    },
  };
}
