/** The learner's ~/.kube/config, and who its credentials are. A certificate of the simulation is a PEM block around what a certificate says. */
import {stringify} from 'yaml';
import type {Credential} from '../../course/types.ts';
import {EPOCH} from '../../engine/api/clock.ts';
import {signJwt} from '../../engine/apiserver/authentication/jwt.ts';
import type {ClientCertificate} from '../../engine/apiserver/authentication/types.ts';
import {CLUSTER_CA} from '../../engine/apiserver/config.ts';

export const SERVER = 'https://192.168.0.2:6443';
export const CLUSTER = 'podyssey';
export const KUBECONFIG_PATH = '~/.kube/config';
export const ADMIN_USER = 'kubernetes-admin';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

const AUTHORITY = `${BEGIN}\n${btoa(CLUSTER_CA)}\n${END}\n`;

/** Whether a certificate-authority, as PEM text or as base64 data, is the cluster's own. */
export const isClusterAuthority = (given = ''): boolean => given.trim() === AUTHORITY.trim() || given === btoa(AUTHORITY);

/** Base64 of the PEM text, as client-certificate-data holds it. */
function encodeCertificate(certificate: ClientCertificate): string {
  return btoa(`${BEGIN}\n${btoa(JSON.stringify(certificate))}\n${END}\n`);
}

/** What a client-certificate-data says; undefined where it is no certificate of the simulation. */
export function decodeCertificate(data: string): ClientCertificate | undefined {
  try {
    const pem = data.includes(BEGIN) ? data : atob(data);
    const body = pem.slice(pem.indexOf(BEGIN) + BEGIN.length, pem.indexOf(END)).trim();
    const {commonName, organizations, issuer, notAfter} = JSON.parse(atob(body)) as ClientCertificate;
    return {commonName, organizations, issuer, ...(notAfter !== undefined && {notAfter})};
  } catch {
    return undefined;
  }
}

/** The entry of a kubeconfig's user. */
function userEntry(name: string, credential: Credential): Record<string, string> {
  if ('token' in credential) return {token: credential.token};
  if ('password' in credential) return {username: name, password: credential.password};
  if ('idToken' in credential) {
    const {claims, key, expires} = credential.idToken;
    return {token: signJwt({...claims, exp: Math.floor((EPOCH + expires) / 1000)}, key, String(claims['iss']))};
  }
  const {groups, issuer = CLUSTER_CA, expires} = credential.certificate;
  const notAfter = expires === undefined ? {} : {notAfter: EPOCH + expires};
  return {
    'client-certificate-data': encodeCertificate({commonName: name, organizations: groups, issuer, ...notAfter}),
    'client-key-data': btoa(`key of ${name}`),
  };
}

/** A kubeconfig with a context for the administrator, for each of these people (name -> groups) and for each credential, as YAML. */
export function kubeconfigText(
  people: Readonly<Record<string, readonly string[]>>,
  current: {user: string; namespace: string},
  credentials: Readonly<Record<string, Credential>> = {},
): string {
  const certificates: Record<string, readonly string[]> = {[ADMIN_USER]: ['kubeadm:cluster-admins'], ...people};
  const all: Record<string, Credential> = {
    ...Object.fromEntries(Object.entries(certificates).map(([name, groups]) => [name, {certificate: {groups}}])),
    ...credentials,
  };
  const contextOf = (user: string): string => `${user}@${CLUSTER}`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{name: CLUSTER, cluster: {server: SERVER, 'certificate-authority-data': btoa(AUTHORITY)}}],
    users: Object.entries(all).map(([name, credential]) => ({name, user: userEntry(name, credential)})),
    contexts: Object.keys(all).map(user => ({
      name: contextOf(user),
      context: {cluster: CLUSTER, user, ...(user === current.user && current.namespace !== 'default' && {namespace: current.namespace})},
    })),
    'current-context': contextOf(current.user),
    preferences: {},
  });
}
