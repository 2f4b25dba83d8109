/** Certificate requests: approved where they are a kubelet's own, signed where they are approved, cleared away in time. upstream: pkg/controller/certificates/{approver,signer,cleaner} */
import {encodeSigned, requestSubject} from '../../api/certificate-request.ts';
import {EPOCH, timeOf} from '../../api/clock.ts';
import type {CertificateSigningRequest, certificates, KubeObject, Stored} from '../../api/types.ts';
import type {ComponentContext, Watch} from '../../client/types.ts';
import {ignoring} from '../common/claim.ts';
import {controller} from '../common/controller.ts';
import {tell} from '../common/tell.ts';
import {hasVerdict, isKubeletClient, SIGNING_DURATION_SECONDS, signers} from './signers.ts';

const REQUESTS = 'certificatesigningrequests';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What is signed to last holds from a little before on: not every clock is right. */
const BACKDATE_MS = 5 * MINUTE;
const SHORT_SECONDS = (8 * HOUR) / 1000;

const watch: Watch = {resource: REQUESTS, on: (ctx, {type, object}) => void (type !== 'DELETED' && ctx.queue.add(object.metadata.name))};

const requestOf = (ctx: ComponentContext, name: string) => ctx.lister<CertificateSigningRequest>(REQUESTS).get('', name);

const condition = (ctx: ComponentContext, type: string, reason: string, message: string) => ({
  type,
  status: 'True',
  reason,
  message,
  lastUpdateTime: ctx.time(),
  lastTransitionTime: ctx.time(),
});

const withCondition = (
  csr: Stored<CertificateSigningRequest>,
  added: certificates.CertificateSigningRequestCondition,
): Stored<CertificateSigningRequest> => ({
  ...csr,
  status: {...csr.status, conditions: [...(csr.status?.conditions ?? []), added]},
});

interface Recognizer {
  subresource: string;
  applies(csr: CertificateSigningRequest): boolean;
  message: string;
}

/** In the order in which they are asked. */
const recognizers: readonly Recognizer[] = [
  {
    subresource: 'selfnodeclient',
    applies: csr => Boolean(csr.spec?.username?.startsWith('system:node:')),
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  },
  {
    subresource: 'nodeclient',
    applies: () => true,
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  },
];

export const csrApprovingController = controller({
  name: 'csrapproving',
  account: 'certificate-controller',
  watches: [watch],
  reconcile(ctx, name) {
    const csr = requestOf(ctx, name);
    if (!csr || csr.status?.certificate || hasVerdict(csr, 'Approved') || hasVerdict(csr, 'Denied') || !isKubeletClient(csr)) return;
    const recognized = recognizers.find(({applies, subresource}) => applies(csr) && mayRequest(ctx, csr, subresource));
    if (!recognized)
      throw new Error(
        `recognized csr "${name}" as [${recognizers.map(r => r.subresource).join(' ')}] but subject access review was not approved`,
      );
    const approved = withCondition(csr, condition(ctx, 'Approved', 'AutoApproved', recognized.message));
    ctx.client.update<CertificateSigningRequest>(REQUESTS, approved, {subresource: 'approval'});
    tell(ctx, 'act', `certificatesigningrequest/${name}`, () => recognized.message);
  },
});

function mayRequest(ctx: ComponentContext, {spec}: CertificateSigningRequest, subresource: string): boolean {
  const review = ctx.client.create<KubeObject & {spec: object; status?: {allowed?: boolean}}>('subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: {
      user: spec!.username,
      uid: spec!.uid,
      groups: spec!.groups,
      resourceAttributes: {group: 'certificates.k8s.io', version: '*', verb: 'create', resource: REQUESTS, subresource},
    },
  });
  return Boolean(review.status?.allowed);
}

export const csrSigningController = controller({
  name: 'csrsigning',
  account: 'certificate-controller',
  watches: [watch],
  reconcile(ctx, name) {
    const csr = requestOf(ctx, name);
    const refusalOf = csr && signers[csr.spec?.signerName ?? ''];
    if (!csr || !refusalOf || csr.status?.certificate || !hasVerdict(csr, 'Approved') || hasVerdict(csr, 'Failed')) return;
    const refusal = refusalOf(csr);
    const signed = refusal
      ? withCondition(csr, condition(ctx, 'Failed', 'SignerValidationFailure', refusal))
      : {...csr, status: {...csr.status, certificate: certificateFor(ctx, csr)}};
    ctx.client.update<CertificateSigningRequest>(REQUESTS, signed, {subresource: 'status'});
    tell(ctx, 'act', `certificatesigningrequest/${name}`, () => refusal ?? 'signed');
  },
});

/** Who the request says it is for; where it does not say it in a form that can be read, who asked. */
function certificateFor(ctx: ComponentContext, {metadata, spec}: Stored<CertificateSigningRequest>): string {
  const seconds = Math.min(spec?.expirationSeconds ?? SIGNING_DURATION_SECONDS, SIGNING_DURATION_SECONDS);
  const subject = requestSubject(spec?.request ?? '') ?? {
    commonName: spec?.username ?? '',
    organizations: spec?.groups?.filter(group => group !== 'system:authenticated') ?? [],
  };
  return encodeSigned({
    issuer: 'kubernetes',
    ...subject,
    usages: spec?.usages ?? [],
    request: metadata.uid,
    notBefore: EPOCH + ctx.now - (seconds < SHORT_SECONDS ? 0 : BACKDATE_MS),
    notAfter: EPOCH + ctx.now + seconds * 1000,
  });
}

const POLLING_INTERVAL_MS = HOUR;
/** How long a request is kept: with a verdict, and without one. */
const DECIDED_MS = HOUR;
const PENDING_MS = 24 * HOUR;

const age = (ctx: ComponentContext, time: string | undefined): number => ctx.now - timeOf(time);

const isOutdated = (ctx: ComponentContext, csr: Stored<CertificateSigningRequest>): boolean =>
  age(ctx, csr.metadata.creationTimestamp) > PENDING_MS ||
  Boolean(csr.status?.conditions?.some(({lastUpdateTime}) => age(ctx, lastUpdateTime ?? csr.metadata.creationTimestamp) > DECIDED_MS));

export const csrCleanerController = controller({
  name: 'csrcleaner',
  account: 'certificate-controller',
  watches: [{resource: REQUESTS}],
  start: ctx => ctx.after(POLLING_INTERVAL_MS, 'clean', null, {key: '', periodic: true}),
  timers: {
    clean(ctx) {
      for (const csr of ctx.lister<CertificateSigningRequest>(REQUESTS).list())
        if (isOutdated(ctx, csr)) ignoring([404], () => ctx.client.delete(REQUESTS, '', csr.metadata.name));
      ctx.after(POLLING_INTERVAL_MS, 'clean', null, {key: '', periodic: true});
    },
  },
});
