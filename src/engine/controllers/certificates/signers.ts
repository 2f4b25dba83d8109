/** Who signs what, and for whom. upstream: pkg/controller/certificates/signer, staging/src/k8s.io/kubernetes/pkg/apis/certificates helpers */
import type {CertificateSigningRequest} from '../../api/types.ts';

const CLIENT = 'kubernetes.io/kube-apiserver-client';
const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
const KUBELET_SERVING = 'kubernetes.io/kubelet-serving';
const LEGACY_UNKNOWN = 'kubernetes.io/legacy-unknown';

/** --cluster-signing-duration */
export const SIGNING_DURATION_SECONDS = 365 * 24 * 3600;

const kubeletClientUsages = [
  ['client auth', 'digital signature'],
  ['client auth', 'digital signature', 'key encipherment'],
];
const kubeletServingUsages = [
  ['digital signature', 'server auth'],
  ['digital signature', 'key encipherment', 'server auth'],
];

const hasUsages = ({spec}: CertificateSigningRequest, allowed: readonly (readonly string[])[]): boolean =>
  allowed.some(usages => usages.join() === [...(spec?.usages ?? [])].sort().join());

const isNode = ({spec}: CertificateSigningRequest): boolean => Boolean(spec?.username?.startsWith('system:node:'));
const isBootstrapper = ({spec}: CertificateSigningRequest): boolean => Boolean(spec?.groups?.includes('system:bootstrappers'));

/** Whether a request is one that a kubelet makes for its client certificate. */
export const isKubeletClient = (csr: CertificateSigningRequest): boolean =>
  csr.spec?.signerName === KUBELET_CLIENT && hasUsages(csr, kubeletClientUsages) && (isNode(csr) || isBootstrapper(csr));

/** Whether a signer may sign a request of its own: undefined, or why not. */
export const signers: Readonly<Record<string, (csr: CertificateSigningRequest) => string | undefined>> = {
  [CLIENT]: csr => (csr.spec?.usages?.includes('client auth') ? undefined : 'invalid usage for client certificate'),
  [KUBELET_CLIENT]: csr => (hasUsages(csr, kubeletClientUsages) ? undefined : 'invalid usage for kubelet client certificate'),
  [KUBELET_SERVING]: csr =>
    hasUsages(csr, kubeletServingUsages) && isNode(csr) ? undefined : 'invalid usage for kubelet serving certificate',
  [LEGACY_UNKNOWN]: () => undefined,
};

type Verdict = 'Approved' | 'Denied' | 'Failed';

/** Whether a request has been given this verdict. */
export const hasVerdict = (csr: CertificateSigningRequest, verdict: Verdict): boolean =>
  Boolean(csr.status?.conditions?.some(condition => condition.type === verdict));
