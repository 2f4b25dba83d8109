/** upstream: staging/src/k8s.io/apiserver/pkg/authentication/request/x509/x509.go */
import type {Authenticator, ClientCertificate} from './types.ts';

/** Why a certificate does not hold for an authority; undefined when it does. */
export function certificateError(certificate: ClientCertificate, authority: string, now: number): string | undefined {
  const failed = (why: string): string => `verifying certificate CN=${certificate.commonName} failed: x509: ${why}`;
  if (certificate.notAfter !== undefined && now > certificate.notAfter)
    return failed(`certificate has expired or is not yet valid: current time ${rfc3339(now)} is after ${rfc3339(certificate.notAfter)}`);
  return certificate.issuer === authority ? undefined : failed('certificate signed by unknown authority');
}

const rfc3339 = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** The common name is the user, the organizations are the groups. */
export const x509Authenticator: Authenticator = {
  name: 'x509',
  authenticate({connection}, {config, now}) {
    const certificate = connection?.clientCertificate;
    if (!config.clientCA || !certificate) return undefined;
    const error = certificateError(certificate, config.clientCA, now);
    if (error) return {error};
    return certificate.commonName ? {user: {username: certificate.commonName, groups: certificate.organizations}} : undefined;
  },
};
