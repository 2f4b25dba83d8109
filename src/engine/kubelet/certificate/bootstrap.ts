/**
 * How a machine that has only a bootstrap token comes by its client certificate: it asks for one, waits until somebody approves and signs it, and is system:node:NAME
 * from then on. upstream: pkg/kubelet/certificate/bootstrap/bootstrap.go
 */
import {encodeRequest, readSigned, type SignedCertificate} from '../../api/certificate-request.ts';
import {ApiError, type certificates, type KubeObject, type UserInfo} from '../../api/types.ts';
import {clientOf} from '../../client/client.ts';
import {findHost} from '../../client/hosts.ts';
import {readMemory} from '../../client/memory.ts';
import {restart} from '../../client/processes.ts';
import type {ComponentContext} from '../../client/types.ts';
import type {ReadTable} from '../../machine/types.ts';
import {KUBELET, NODE} from '../types.ts';

type Csr = KubeObject & certificates.CertificateSigningRequest;

export const BOOTSTRAP = 'bootstrap';

/** The file that holds the certificate, and the request that is under way. */
const CERTIFICATE = 'kubelet-client-current.pem';
const REQUESTED = 'certificate-request';

const POLL_MS = 500;
/** After a denial, or while the API server refuses the token. */
const RETRY_MS = 10_000;

const REQUESTS = 'certificatesigningrequests';

export const nodeUser = (node: string): UserInfo => ({
  username: `system:node:${node}`,
  groups: ['system:nodes', 'system:authenticated'],
});

type From = {table<T extends object>(name: string): ReadTable<T>};

/** Whether the kubelet knows who it is: machines without a token were given their certificates by hand, the others can at first only ask for one. */
export const hasCertificate = (from: From, node: string): boolean =>
  findHost(from, node)?.bootstrapToken === undefined ||
  readMemory(from, `${KUBELET}/${node}`).get<SignedCertificate>(NODE, CERTIFICATE) !== undefined;

/** One turn: asks, looks whether there is an answer, and begins the kubelet's own work once there is. */
export function bootstrapTurn(ctx: ComponentContext): void {
  const node = ctx.instance;
  const token = findHost(ctx.tx, node)?.bootstrapToken;
  if (token === undefined || hasCertificate(ctx.tx, node)) return;
  const client = clientOf(ctx.tx, {token}, KUBELET);
  const subject = `node/${node}`;
  const again = (ms: number): void => ctx.after(ms, BOOTSTRAP, null, {key: '', periodic: true});
  const asked = ctx.memory.get<{name: string}>(NODE, REQUESTED);
  try {
    if (!asked) {
      const {metadata} = client.create<Csr>(REQUESTS, requestFor(node));
      ctx.memory.put(NODE, REQUESTED, {name: metadata.name});
      ctx.trace('Bootstrap', subject, `asked for a client certificate: ${metadata.name}`);
      return again(POLL_MS);
    }
    const {status} = client.get<Csr>(REQUESTS, '', asked.name);
    const certificate = status?.certificate && readSigned(status.certificate);
    if (certificate) {
      ctx.memory.delete(NODE, REQUESTED);
      ctx.memory.put(NODE, CERTIFICATE, certificate);
      ctx.trace('Bootstrap', subject, `has the certificate of ${certificate.commonName}, signed by ${certificate.issuer}`);
      return restart(ctx.tx, `${KUBELET}/${node}`);
    }
    const refused = status?.conditions?.find(c => c.type === 'Denied' || c.type === 'Failed');
    if (!refused) return again(POLL_MS);
    ctx.memory.delete(NODE, REQUESTED);
    ctx.trace('Bootstrap', subject, `certificate signing request is ${refused.type.toLowerCase()}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (asked && error.code === 404) ctx.memory.delete(NODE, REQUESTED);
    ctx.trace('Bootstrap', subject, error.message);
  }
  again(RETRY_MS);
}

const requestFor = (node: string): Csr => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: {generateName: 'csr-'} as Csr['metadata'],
  spec: {
    request: encodeRequest({commonName: `system:node:${node}`, organizations: ['system:nodes']}),
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['digital signature', 'client auth'],
  },
});
