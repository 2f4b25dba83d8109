/** A proxy in front says who it is. upstream: staging/src/k8s.io/apiserver/pkg/authentication/request/headerrequest/requestheader.go */
import {type Authenticator, type Credentials, header, headerValues} from './types.ts';
import {certificateError} from './x509.ts';

const EXTRA_PREFIX = 'x-remote-extra-';

export const requestHeaderAuthenticator: Authenticator = {
  name: 'requestHeader',
  authenticate(credentials, {config, now}) {
    const certificate = credentials.connection?.clientCertificate;
    if (!config.requestHeader || !certificate) return undefined;
    // 1. Only a proxy that proves itself is believed
    const {clientCA, allowedNames = []} = config.requestHeader;
    const error = certificateError(certificate, clientCA, now);
    if (error) return {error};
    if (allowedNames.length > 0 && !allowedNames.includes(certificate.commonName))
      return {error: `x509: subject with cn=${certificate.commonName} is not in the allowed list`};
    // 2. Then its headers are
    const username = header(credentials, 'x-remote-user');
    if (!username) return undefined;
    const uid = header(credentials, 'x-remote-uid');
    const extra = remoteExtra(credentials);
    return {user: {username, groups: headerValues(credentials, 'x-remote-group'), ...(uid && {uid}), ...(extra && {extra})}};
  },
};

function remoteExtra(credentials: Credentials): Record<string, readonly string[]> | undefined {
  const entries = Object.keys(credentials.headers)
    .filter(name => name.startsWith(EXTRA_PREFIX))
    .sort()
    .map(name => [decodeURIComponent(name.slice(EXTRA_PREFIX.length)), headerValues(credentials, name)] as const);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
