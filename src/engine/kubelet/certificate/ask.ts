/**
 * How a kubelet comes by a certificate: it makes a request, waits until somebody approves and signs it, and keeps what comes; before that runs out it asks for
 * the next one.
 * upstream: pkg/kubelet/certificate, staging/src/k8s.io/client-go/util/certificate
 */
import {encodeRequest, readSigned, type SignedCertificate} from '../../api/certificate-request.ts';
import {EPOCH} from '../../api/clock.ts';
import {ApiError, type certificates, type KubeObject} from '../../api/types.ts';
import type {Client, ComponentContext, Watch, WatchEvent} from '../../client/types.ts';
import {NODE} from '../types.ts';

type Csr = KubeObject & certificates.CertificateSigningRequest;

export interface Wish {
  /** `client`, `serving`: for the story. */
  readonly what: string;
  /** Whether this kubelet has its certificate from the cluster at all. */
  wanted(ctx: ComponentContext): boolean;
  /** Under which identity it asks. */
  client(ctx: ComponentContext): Client;
  /** Memory keys: the certificate's file, and the request that is under way. */
  readonly file: string;
  readonly requested: string;
  readonly signerName: string;
  readonly usages: readonly string[];
  /** The timer that takes the next turn. */
  readonly timer: string;
  /** The first one has come. */
  first?(ctx: ComponentContext): void;
  /** Another has come: connections that were made with the one before are closed, and what was watched over them is watched anew. */
  next?(ctx: ComponentContext): void;
}

interface Asked {
  /** The request that an answer is awaited to. */
  readonly name?: string;
  /** How often it has asked for nothing. */
  readonly failures: number;
}

/** How long it waits for an answer until it asks anew. */
const ANSWER_MS = 15 * 60_000;
/** Between two tries: doubled each time, and from the fifth on always the same. */
const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 32_000;
const JITTER = 0.1;

const REQUESTS = 'certificatesigningrequests';

const certificateIn = (ctx: ComponentContext, {file}: Pick<Wish, 'file'>): SignedCertificate | undefined =>
  ctx.memory.get<SignedCertificate>(NODE, file);

const askedFor = (ctx: ComponentContext, {requested}: Wish): Asked | undefined => ctx.memory.get<Asked>(NODE, requested);

const turnIn = (ctx: ComponentContext, {timer}: Wish, ms: number): void => {
  ctx.cancel(timer, '');
  ctx.after(ms, timer, null, {key: '', periodic: true});
};

/** When seven to nine tenths of its time have gone: not all nodes of a cluster that was made in one go ask at the same moment. */
function rotationIn(ctx: ComponentContext, {notBefore, notAfter}: SignedCertificate): number {
  const now = EPOCH + ctx.now;
  const begin = notBefore ?? now;
  return Math.max(0, begin + (notAfter - begin) * (0.7 + 0.2 * ctx.random()) - now);
}

/** The program begins: the key of a request that was under way was in its memory. */
export function beginAsking(ctx: ComponentContext, wish: Wish): void {
  ctx.memory.delete(NODE, wish.requested);
  if (!wish.wanted(ctx)) return;
  const certificate = certificateIn(ctx, wish);
  if (certificate) turnIn(ctx, wish, rotationIn(ctx, certificate));
  else ctx.after(0, wish.timer, null, {key: ''});
}

/** A turn: it is time for a new certificate, or nobody has answered. */
export function ask(ctx: ComponentContext, wish: Wish): void {
  const asked = askedFor(ctx, wish);
  if (asked?.name) return failed(ctx, wish, 'certificate request was not signed: timed out waiting for the condition');
  let name: string;
  try {
    const csr = wish.client(ctx).create<Csr>(REQUESTS, {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: {generateName: 'csr-'} as Csr['metadata'],
      spec: {
        request: encodeRequest({commonName: `system:node:${ctx.instance}`, organizations: ['system:nodes']}),
        signerName: wish.signerName,
        usages: [...wish.usages],
      },
    });
    name = csr.metadata.name;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return failed(ctx, wish, `cannot create certificate signing request: ${error.message}`);
  }
  ctx.memory.put<Asked>(NODE, wish.requested, {name, failures: asked?.failures ?? 0});
  ctx.trace('Certificate', `node/${ctx.instance}`, `asked for a ${wish.what} certificate: ${name}`);
  turnIn(ctx, wish, ANSWER_MS);
  ctx.follow(REQUESTS);
}

function failed(ctx: ComponentContext, wish: Wish, why: string): void {
  const asked = askedFor(ctx, wish);
  const failures = (asked?.failures ?? 0) + 1;
  ctx.memory.put<Asked>(NODE, wish.requested, {failures});
  ctx.trace('Certificate', `node/${ctx.instance}`, why);
  const pause = FIRST_RETRY_MS * 2 ** (failures - 1);
  turnIn(ctx, wish, pause < LAST_RETRY_MS ? pause * (1 + JITTER * ctx.random()) : LAST_RETRY_MS);
  if (asked?.name) ctx.follow(REQUESTS);
}

/** What stands in a request that keeps it from being signed. */
const refusal = ({status}: Csr): string | undefined => {
  const verdict = status?.conditions?.find(({type}) => type === 'Denied' || type === 'Failed');
  if (!verdict) return undefined;
  const what = verdict.type === 'Denied' ? 'is denied' : 'failed';
  return `certificate signing request ${what}, reason: ${verdict.reason ?? ''}, message: ${verdict.message ?? ''}`;
};

function answered(ctx: ComponentContext, wish: Wish, {type, object}: WatchEvent<Csr>): void {
  const {name} = object.metadata;
  const why = type === 'DELETED' ? `csr "${name}" was deleted` : refusal(object);
  if (why) return failed(ctx, wish, `certificate request was not signed: ${why}`);
  const certificate = object.status?.certificate && readSigned(object.status.certificate);
  if (!certificate) return;
  const first = !certificateIn(ctx, wish);
  ctx.memory.delete(NODE, wish.requested);
  ctx.memory.put<SignedCertificate>(NODE, wish.file, certificate);
  ctx.trace(
    'Certificate',
    `node/${ctx.instance}`,
    `has the ${wish.what} certificate of ${certificate.commonName}, signed by ${certificate.issuer}`,
  );
  turnIn(ctx, wish, rotationIn(ctx, certificate));
  ctx.follow(REQUESTS);
  if (first) wish.first?.(ctx);
  else wish.next?.(ctx);
}

/** The request that is under way is watched, and no other. Of two the first wish comes first: the second's answer is read after it. */
export const requestWatch = (wishes: readonly Wish[]): Watch => ({
  resource: REQUESTS,
  one(ctx) {
    const wish = wishes.find(wish => askedFor(ctx, wish)?.name);
    return wish && {name: askedFor(ctx, wish)!.name!, client: wish.client(ctx)};
  },
  on(ctx, event) {
    const wish = wishes.find(wish => askedFor(ctx, wish)?.name === event.object.metadata.name);
    if (wish) answered(ctx, wish, event as WatchEvent<Csr>);
  },
});
