/** upstream: staging/src/k8s.io/apiserver/pkg/authentication/authenticator/interfaces.go */

import type {KubeObject, UserInfo} from '../../api/types.ts';
import {firstOf} from '../request-info.ts';

/** A certificate as far as it says who its holder is. */
export interface ClientCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Name of the authority that signed it. */
  readonly issuer: string;
  /** UTC milliseconds; without it the certificate does not run out. */
  readonly notAfter?: number;
}

/** What a request brings to be known by. Header names are in lower case; a header may stand several times. */
export interface Credentials {
  readonly connection?: {readonly clientCertificate?: ClientCertificate};
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly path: string;
}

/** upstream: apiserver AuthenticationConfiguration `jwt`, flags --oidc-* */
export interface OidcIssuer {
  readonly issuerURL: string;
  readonly clientID: string;
  /** The key the issuer signs with, a plain text in the simulation. */
  readonly signingKey: string;
  readonly usernameClaim?: string;
  /** `-` for none; by default the issuer's URL and `#`, except for the claim `email`. */
  readonly usernamePrefix?: string;
  readonly groupsClaim?: string;
  readonly groupsPrefix?: string;
  readonly requiredClaims?: Readonly<Record<string, string>>;
}

/** The part of the API server's configuration that says who is known. What is absent is switched off. */
export interface AuthenticationConfig {
  /** --anonymous-auth; with `paths` only for those (AuthenticationConfiguration anonymous.conditions). */
  readonly anonymous?: {readonly enabled: boolean; readonly paths?: readonly string[]};
  /** --client-ca-file: name of the authority. */
  readonly clientCA?: string;
  /** --requestheader-client-ca-file, --requestheader-allowed-names. */
  readonly requestHeader?: {readonly clientCA: string; readonly allowedNames?: readonly string[]};
  /** --token-auth-file. */
  readonly tokens?: Readonly<Record<string, UserInfo>>;
  readonly serviceAccounts?: {
    /** --service-account-issuer. */
    readonly issuer: string;
    /** --service-account-key-file and --service-account-signing-key-file: a plain text in the simulation. */
    readonly signingKey: string;
    /** --api-audiences; by default the issuer. */
    readonly audiences?: readonly string[];
    /** Every account gets a Secret with a token, as the controller manager gave it until v1.23. */
    readonly secretForEach?: boolean;
  };
  readonly oidc?: readonly OidcIssuer[];
  /** --basic-auth-file: name -> password; looked at only by a server of 1.18 or older. */
  readonly basicAuth?: Readonly<Record<string, {readonly password: string; readonly groups?: readonly string[]; readonly uid?: string}>>;
}

export interface AuthenticationContext {
  readonly config: AuthenticationConfig;
  /** UTC milliseconds. */
  readonly now: number;
  /** Reads service accounts, pods, secrets and nodes, to see whether what a token is bound to still exists. */
  get(resource: string, namespace: string, name: string): KubeObject | undefined;
}

/** A user, or why the credential is bad, or undefined: no credential of this authenticator's kind. */
export type Answer = {readonly user: UserInfo} | {readonly error: string} | undefined;

export interface Authenticator {
  readonly name: string;
  authenticate(credentials: Credentials, context: AuthenticationContext): Answer;
}

/** One who knows tokens, whatever header they came in. */
export interface TokenAuthenticator {
  readonly name: string;
  authenticateToken(token: string, context: AuthenticationContext): Answer;
}

export const ANONYMOUS_USER = 'system:anonymous';
export const AUTHENTICATED_GROUP = 'system:authenticated';
export const UNAUTHENTICATED_GROUP = 'system:unauthenticated';

/** The first value of a header, '' when it is absent. */
export const header = (credentials: Credentials, name: string): string => firstOf(credentials.headers[name]);

/** All values of a header. */
export function headerValues(credentials: Credentials, name: string): readonly string[] {
  const value = credentials.headers[name];
  return typeof value === 'string' ? [value] : (value ?? []);
}
