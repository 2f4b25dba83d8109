/** CertificateSigningRequests. upstream: pkg/apis/certificates/validation/validation.go, pkg/registry/certificates/certificates/strategy.go */
import {duplicate, forbiddenField, invalidValue, notSupported, required, tooLong} from '../../../api/field-errors.ts';
import {byteLength, isDNS1123Label, isDNS1123Subdomain, isValidPathSegmentName} from '../../../api/names.ts';
import {type Errors, type Fields, has, semanticEqual} from '../fields.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate} from '../meta.ts';
import type {GroupRules} from '../rules.ts';

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const MIN_EXPIRATION = 600;
const DOMAIN_MAX = 253;
/** A domain, a slash, a namespace, a dot, a name. */
const SIGNER_NAME_MAX = 2 * DOMAIN_MAX + 63 + 2;

/** upstream: pkg/apis/core/validation ValidateSignerName */
function validateSignerName(errors: Errors, name: string): void {
  const at = 'spec.signerName';
  if (!name) {
    errors.push(required(at));
    return;
  }
  const segments = name.split('/');
  if (segments.length !== 2) {
    errors.push(invalidValue(at, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
    return;
  }
  const [domain, path] = segments as [string, string];
  const labels = domain.split('.');
  if (byteLength(domain) > DOMAIN_MAX) errors.push(tooLong(at, DOMAIN_MAX));
  validateFirstBad(errors, labels, isDNS1123Label, domain);
  if (labels.length < 2) errors.push(invalidValue(at, domain, 'should be a domain with at least two segments separated by dots'));
  validateFirstBad(errors, path.split('.'), isDNS1123Subdomain, path);
  if (byteLength(name) > SIGNER_NAME_MAX) errors.push(tooLong(at, SIGNER_NAME_MAX));
}

/** Only the first that is wrong is told of. */
function validateFirstBad(errors: Errors, labels: readonly string[], check: (text: string) => string[], value: string): void {
  const bad = labels.find(label => check(label).length > 0);
  if (bad !== undefined)
    for (const message of check(bad))
      errors.push(invalidValue('spec.signerName', value, `validating label ${JSON.stringify(bad)}: ${message}`));
}

const PEM = /-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/;

function requestComplaint(request: string): string | undefined {
  let text: string;
  try {
    text = atob(request);
  } catch {
    return 'illegal base64 data';
  }
  return PEM.exec(text)?.[1] === 'CERTIFICATE REQUEST' ? undefined : 'PEM block type must be CERTIFICATE REQUEST';
}

const BLOCKS = /-----BEGIN ([A-Z0-9 ]+)-----\n([\s\S]*?)-----END \1-----/g;

/** What a signer may not write: anything but certificates. What stands in one is not looked at. */
function certificateComplaint(certificate: string): string | undefined {
  if (certificate === '') return undefined;
  const blocks = [...atob(certificate).matchAll(BLOCKS)];
  const other = blocks.find(([, type]) => type !== 'CERTIFICATE');
  if (other) return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(other[1])}`;
  if (blocks.some(([, , content]) => content!.includes(':'))) return 'no PEM block headers are permitted';
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}

const DECISIONS = ['Approved', 'Denied', 'Failed'];

function validateCertificateConditions(errors: Errors, conditions: readonly Fields[]): void {
  const seen = new Set<string>();
  for (const [i, {type = '', status = ''}] of conditions.entries()) {
    const at = `status.conditions[${i}]`;
    const allowed = DECISIONS.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (!type) errors.push(required(`${at}.type`));
    if (!status) errors.push(required(`${at}.status`));
    else if (!allowed.includes(status)) errors.push(notSupported(`${at}.status`, status, allowed));
    if ((type === 'Approved' && seen.has('Denied')) || (type === 'Denied' && seen.has('Approved')))
      errors.push(invalidValue('status.conditions', type, 'Approved and Denied conditions are mutually exclusive'));
    if (seen.has(type)) errors.push(duplicate(`${at}.type`, type));
    seen.add(type);
  }
}

function validateRequest(errors: Errors, csr: Fields): void {
  const {request, usages = [], signerName = '', expirationSeconds} = csr['spec'];
  validateCoreObjectMeta(errors, csr['metadata'], false, name => isValidPathSegmentName(name));
  const complaint = requestComplaint(request ?? '');
  if (complaint) errors.push(invalidValue('spec.request', request ?? '', complaint));
  if (!has(usages)) errors.push(required('spec.usages'));
  for (const [i, usage] of (usages as string[]).entries())
    if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${i}]`, usage, USAGES));
  for (const [i, usage] of (usages as string[]).entries())
    if (usages.indexOf(usage) < i) errors.push(duplicate(`spec.usages[${i}]`, usage));
  if (signerName === LEGACY_SIGNER)
    errors.push(invalidValue('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version'));
  else validateSignerName(errors, signerName);
  if (expirationSeconds < MIN_EXPIRATION)
    errors.push(invalidValue('spec.expirationSeconds', expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)'));
  validateCertificateConditions(errors, csr['status']?.conditions ?? []);
}

const conditionsOf = (csr: Fields, type: string): Fields[] => (csr['status']?.conditions ?? []).filter((c: Fields) => c['type'] === type);

function validateRequestUpdate(errors: Errors, csr: Fields, old: Fields, subresource: string): void {
  validateRequest(errors, csr);
  const at = 'status.conditions';
  for (const type of DECISIONS)
    if (conditionsOf(csr, type).length < conditionsOf(old, type).length)
      errors.push(forbiddenField(at, `updates may not remove a condition of type "${type}"`));
  if (subresource !== 'approval')
    for (const type of ['Approved', 'Denied']) {
      const [now, before] = [conditionsOf(csr, type), conditionsOf(old, type)];
      if (now.length > before.length) errors.push(forbiddenField(at, `updates may not add a condition of type "${type}"`));
      else if (now.length === before.length && !semanticEqual(now, before))
        errors.push(forbiddenField(at, `updates may not modify a condition of type "${type}"`));
    }
  const [certificate, before]: [string, string] = [csr['status']?.certificate ?? '', old['status']?.certificate ?? ''];
  const complaint = certificate === before || certificateComplaint(before) ? undefined : certificateComplaint(certificate);
  if (complaint) errors.push(invalidValue('status.certificate', '<certificate data>', complaint));
  if (certificate !== before) {
    if (subresource !== 'status') errors.push(forbiddenField('status.certificate', 'updates may not set certificate content'));
    else if (before) errors.push(forbiddenField('status.certificate', 'updates may not modify existing certificate content'));
  }
  validateCoreObjectMetaUpdate(errors, csr['metadata'], old['metadata']);
}

export const certificateRules: GroupRules = {
  CertificateSigningRequest: {
    validate: validateRequest,
    prepareForUpdate(csr, old) {
      csr['spec'] = old['spec'];
    },
    validateUpdate(errors, csr, old) {
      validateRequestUpdate(errors, csr, old, '');
    },
    subresources: {
      status: {
        prepare(csr, old) {
          csr['spec'] = old['spec'];
        },
        validate(errors, csr, old) {
          validateRequestUpdate(errors, csr, old, 'status');
        },
      },
      approval: {
        prepare(csr, old) {
          csr['spec'] = old['spec'];
          const conditions = csr['status']?.conditions;
          csr['status'] = {...old['status'], ...(conditions && {conditions})};
        },
        validate(errors, csr, old) {
          validateRequestUpdate(errors, csr, old, 'approval');
        },
      },
    },
  },
};
