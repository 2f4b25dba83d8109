/** How a kubelet comes by a certificate: it makes a request, waits until somebody approves and signs it, and keeps what comes. upstream: pkg/kubelet/certificate */
import {encodeRequest, readSigned, type SignedCertificate} from '../../api/certificate-request.ts';
import {ApiError, type certificates, type KubeObject} from '../../api/types.ts';
import type {ComponentContext} from '../../client/types.ts';
import {NODE} from '../types.ts';

type Csr = KubeObject & certificates.CertificateSigningRequest;

export interface Wish {
  /** `client`, `serving`: for the story. */
  readonly what: string;
  /** Under which identity it asks. */
  readonly client: ComponentContext['client'];
  /** Memory keys: the certificate's file, and the request that is under way. */
  readonly file: string;
  readonly requested: string;
  readonly signerName: string;
  readonly usages: readonly string[];
  /** The timer that takes the next turn. */
  readonly timer: string;
}

const POLL_MS = 1000;
/** After a denial, or while the API server refuses. */
const RETRY_MS = 10_000;

const REQUESTS = 'certificatesigningrequests';

/** One turn: asks, looks whether there is an answer. True once the certificate is there; until then the timer is set again. */
export function askForCertificate(ctx: ComponentContext, {what, client, file, requested, signerName, usages, timer}: Wish): boolean {
  const subject = `node/${ctx.instance}`;
  const again = (ms: number): false => {
    ctx.after(ms, timer, null, {key: '', periodic: true});
    return false;
  };
  const asked = ctx.memory.get<{name: string}>(NODE, requested);
  try {
    if (!asked) {
      const {metadata} = client.create<Csr>(REQUESTS, {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: {generateName: 'csr-'} as Csr['metadata'],
        spec: {
          request: encodeRequest({commonName: `system:node:${ctx.instance}`, organizations: ['system:nodes']}),
          signerName,
          usages: [...usages],
        },
      });
      ctx.memory.put(NODE, requested, {name: metadata.name});
      ctx.trace('Certificate', subject, `asked for a ${what} certificate: ${metadata.name}`);
      return again(POLL_MS);
    }
    const {status} = client.get<Csr>(REQUESTS, '', asked.name);
    const certificate = status?.certificate && readSigned(status.certificate);
    if (certificate) {
      ctx.memory.delete(NODE, requested);
      ctx.memory.put<SignedCertificate>(NODE, file, certificate);
      ctx.trace('Certificate', subject, `has the ${what} certificate of ${certificate.commonName}, signed by ${certificate.issuer}`);
      return true;
    }
    const refused = status?.conditions?.find(c => c.type === 'Denied' || c.type === 'Failed');
    if (!refused) return again(POLL_MS);
    ctx.memory.delete(NODE, requested);
    ctx.trace('Certificate', subject, `certificate signing request is ${refused.type.toLowerCase()}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (asked && error.code === 404) ctx.memory.delete(NODE, requested);
    ctx.trace('Certificate', subject, error.message);
  }
  return again(RETRY_MS);
}
