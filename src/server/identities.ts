/**
 * Who may come in. Every user of the learner's kubeconfig gets a real certificate and a random token; a connection that shows one of them brings the simulation's own
 * certificate into the cluster, so that authentication happens there, and whatever breaks it there breaks it here.
 */
import {randomBytes} from 'node:crypto';
import type {PeerCertificate, TLSSocket} from 'node:tls';
import {stringify} from 'yaml';
import type {KubeObject} from '../engine/api/types.ts';
import {parseYaml} from '../engine/api/yaml.ts';
import type {ClientCertificate} from '../engine/apiserver/authentication/types.ts';
import type {ApiRequest} from '../engine/apiserver/request.ts';
import {type Cluster, lookRequest, SUPER_ADMIN} from '../engine/cluster/cluster.ts';
import {CLUSTER, decodeCertificate, SERVER} from '../session/shell/kubeconfig.ts';
import type {Authority} from './certificates.ts';

interface NamedUser {
  name: string;
  user: Record<string, unknown>;
}

interface Kubeconfig {
  clusters: {name: string; cluster: Record<string, string>}[];
  users: NamedUser[];
  contexts: {name: string; context: {cluster: string; user: string; namespace?: string}}[];
  [field: string]: unknown;
}

export interface Identities {
  /** Text of a kubeconfig for the real server. */
  kubeconfig(url: string): string;
  /** What a connection's certificate and a request's headers say of who sends it. */
  credentials(
    socket: TLSSocket,
    headers: NonNullable<ApiRequest['headers']>,
  ): Pick<ApiRequest, 'headers'> & {clientCertificate?: ClientCertificate};
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Makes certificates and tokens for the users of a kubeconfig of the simulation, and takes up the service accounts of the world. */
export async function createIdentities(authority: Authority, text: string, cluster: Cluster | undefined): Promise<Identities> {
  const config = parseYaml(text) as Kubeconfig;
  const byFingerprint = new Map<string, ClientCertificate>();
  const byToken = new Map<string, ClientCertificate>();

  const reissue = async ({name, user}: NamedUser): Promise<NamedUser> => {
    const data = user['client-certificate-data'];
    const simulated = typeof data === 'string' ? decodeCertificate(data) : undefined;
    if (!simulated) return {name, user};
    const pair = await authority.client(simulated.commonName, simulated.organizations);
    const token = randomBytes(32).toString('base64url');
    byFingerprint.set(pair.fingerprint, simulated);
    byToken.set(token, simulated);
    return {name, user: {'client-certificate-data': base64(pair.certificate), 'client-key-data': base64(pair.key), token}};
  };
  const accounts = cluster ? accountTokens(cluster) : [];
  const users = [...(await Promise.all(config.users.map(reissue))), ...accounts.map(({name, token}) => ({name, user: {token}}))];
  const contexts = [
    ...config.contexts,
    ...accounts.map(({name, namespace}) => ({name: `${name}@${CLUSTER}`, context: {cluster: CLUSTER, user: name, namespace}})),
  ];

  const shown = new WeakMap<TLSSocket, ClientCertificate | undefined>();
  const certificateOf = (socket: TLSSocket): ClientCertificate | undefined => {
    if (!shown.has(socket)) {
      const peer = socket.getPeerCertificate();
      shown.set(socket, peer?.raw && (byFingerprint.get(peer.fingerprint256.replaceAll(':', '')) ?? stranger(peer)));
    }
    return shown.get(socket);
  };
  return {
    kubeconfig: url =>
      stringify({
        ...config,
        clusters: config.clusters.map(({name, cluster: known}) => ({
          name,
          cluster: known['server'] === SERVER ? {server: url, 'certificate-authority-data': base64(authority.certificate)} : known,
        })),
        users,
        contexts,
      }),
    credentials(socket, headers) {
      const certificate = certificateOf(socket);
      const bearer = /^Bearer +(\S+)$/i.exec(String(headers['authorization'] ?? ''))?.[1];
      const known = bearer === undefined ? undefined : byToken.get(bearer);
      if (!known) return {headers, ...(certificate && {clientCertificate: certificate})};
      const {authorization: _told, ...rest} = headers;
      return {headers: rest, clientCertificate: certificate ?? known};
    },
  };
}

/** A certificate that this authority did not make: the cluster is told so, and will not believe it. */
const stranger = (peer: PeerCertificate): ClientCertificate => ({
  commonName: [peer.subject?.CN].flat()[0] ?? '',
  organizations: [peer.subject?.O ?? []].flat(),
  issuer: `${[peer.issuer?.CN].flat()[0] ?? ''} (unknown)`,
});

const SYSTEM_NAMESPACE = /^kube-/;
const ACCOUNTS = '/api/v1/serviceaccounts';
/** As long as a token may live, so that it outlasts a lesson whose clock runs fast. */
const TOKEN_SECONDS = 2 ** 32;

/** A token for each service account outside of the system's namespaces. Looked up, so asking for them leaves no trace. */
function accountTokens({machine}: Cluster): {name: string; namespace: string; token: string}[] {
  const ask = (method: string, path: string, body?: unknown) =>
    lookRequest(machine, {method, path, user: SUPER_ADMIN, ...(body !== undefined && {body})});
  const list = (ask('GET', ACCOUNTS).body as {items?: KubeObject[]}).items ?? [];
  return list
    .filter(({metadata}) => !SYSTEM_NAMESPACE.test(metadata.namespace ?? ''))
    .flatMap(({metadata: {name = '', namespace = ''}}) => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const answer = ask('POST', path, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {expirationSeconds: TOKEN_SECONDS},
      });
      const token = (answer.body as {status?: {token?: string}}).status?.token;
      return token ? [{name: `system:serviceaccount:${namespace}:${name}`, namespace, token}] : [];
    });
}
