/** Who may approve, sign and attest for a signer. upstream: plugin/pkg/admission/certificates/{approval,signing,subjectrestriction,ctbattest} */

import type {CertificateSigningRequest} from '../../api/types.ts';
import {SYSTEM_PRIVILEGED_GROUP} from '../../api/well-known.ts';
import {isAbout, isAboutSubresource} from './matching.ts';
import {refusal} from './refusal.ts';
import type {AdmissionContext, AdmissionPlugin} from './types.ts';

const GROUP = 'certificates.k8s.io';
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

/** By name, or for all signers of a domain. upstream: plugin/pkg/admission/certificates/util.go */
function mayForSigner(verb: string, signerName: string, context: AdmissionContext): boolean {
  const domain = signerName.split('/')[0];
  return [signerName, `${domain}/*`].some(
    name => context.authorize({verb, apiGroup: GROUP, resource: 'signers', name}).decision === 'Allow',
  );
}

export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  handles: attributes => isAboutSubresource(attributes, GROUP, 'certificatesigningrequests', 'approval', 'UPDATE'),
  validate(attributes, context) {
    const {signerName} = (attributes.oldObject as CertificateSigningRequest).spec;
    if (!mayForSigner('approve', signerName, context))
      throw refusal(attributes, `user not permitted to approve requests with signerName "${signerName}"`);
  },
};

export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  handles: attributes => isAboutSubresource(attributes, GROUP, 'certificatesigningrequests', 'status', 'UPDATE'),
  validate(attributes, context) {
    const old = attributes.oldObject as CertificateSigningRequest;
    const {status} = attributes.object as CertificateSigningRequest;
    // Only what a signer writes is looked at.
    if (status?.certificate === old.status?.certificate && failed(status) === failed(old.status)) return;
    const {signerName} = old.spec;
    if (!mayForSigner('sign', signerName, context))
      throw refusal(attributes, `user not permitted to sign requests with signerName "${signerName}"`);
  },
};

const failed = (status: CertificateSigningRequest['status']): boolean => status?.conditions?.some(({type}) => type === 'Failed') ?? false;

/** Nobody gets into the group that may do everything by asking for a certificate. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: attributes => isAbout(attributes, GROUP, 'certificatesigningrequests', 'CREATE'),
  validate(attributes) {
    const {signerName, request = ''} = (attributes.object as Partial<CertificateSigningRequest>).spec ?? {};
    if (signerName === CLIENT_SIGNER && organizationsText(request).includes(SYSTEM_PRIVILEGED_GROUP))
      throw refusal(attributes, `use of ${CLIENT_SIGNER} signer with ${SYSTEM_PRIVILEGED_GROUP} group is not allowed`);
  },
};

/** Names stand as plain text inside the DER of a PEM block, so they can be found without reading its structure. */
function organizationsText(request: string): string {
  try {
    const pem = atob(request);
    return atob(pem.replace(/-----[^-]+-----|\s/g, ''));
  } catch {
    return '';
  }
}

export const clusterTrustBundleAttest: AdmissionPlugin = {
  name: 'ClusterTrustBundleAttest',
  handles: attributes => isAbout(attributes, GROUP, 'clustertrustbundles', 'CREATE', 'UPDATE'),
  validate(attributes, context) {
    const signerName = (attributes.object as {spec?: {signerName?: string}}).spec?.signerName ?? '';
    if (signerName && !mayForSigner('attest', signerName, context))
      throw refusal(attributes, `user not permitted to attest for signerName "${signerName}"`);
  },
};
