/** upstream: kubectl/pkg/describe describeCertificateSigningRequest */

import {humanDuration} from '../../engine/api/duration.ts';
import type {certificates} from '../../engine/api/types.ts';
import {csrStatus} from '../../engine/apiserver/printers/cluster.ts';
import {formatLabels} from '../../engine/apiserver/printers/format.ts';
import {eventsAbout} from '../reader.ts';
import {rfc1123} from '../text/go-time.ts';
import {type CertificateRequest, parseCertificateRequest} from './certificate-request.ts';
import type {Describer} from './describer.ts';
import {type Page, writeEvents} from './page.ts';

function writeNames(page: Page, title: string, values: readonly string[]): void {
  if (values.length > 0) page.write(0, `\t${title}:\t${values.join('\n\t\t')}\n`);
}

function parse(request: string): CertificateRequest {
  try {
    return parseCertificateRequest(request);
  } catch (error) {
    throw new Error(`Error parsing CSR: ${(error as Error).message}`);
  }
}

export const describeCertificateSigningRequest: Describer<certificates.CertificateSigningRequest> = function* (
  csr,
  page,
  {reader, showEvents},
) {
  const {metadata, spec} = csr;
  const {subject, dnsNames, emails, uris, ips} = parse(spec.request);
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Labels:\t${formatLabels(metadata?.labels)}\n`);
  page.write(0, `Annotations:\t${formatLabels(metadata?.annotations)}\n`);
  page.write(0, `CreationTimestamp:\t${rfc1123(metadata?.creationTimestamp)}\n`);
  page.write(0, `Requesting User:\t${spec.username ?? ''}\n`);
  if (spec.signerName) page.write(0, `Signer:\t${spec.signerName}\n`);
  if (spec.expirationSeconds !== undefined) page.write(0, `Requested Duration:\t${humanDuration(spec.expirationSeconds * 1000)}\n`);
  page.write(0, `Status:\t${csrStatus(csr)}\n`);
  page.write(0, 'Subject:\n');
  page.write(0, `\tCommon Name:\t${subject.commonName.at(-1) ?? ''}\n`);
  page.write(0, `\tSerial Number:\t${subject.serialNumber.at(-1) ?? ''}\n`);
  writeNames(page, 'Organization', subject.organization);
  writeNames(page, 'Organizational Unit', subject.organizationalUnit);
  writeNames(page, 'Country', subject.country);
  writeNames(page, 'Locality', subject.locality);
  writeNames(page, 'Province', subject.province);
  writeNames(page, 'StreetAddress', subject.street);
  writeNames(page, 'PostalCode', subject.postalCode);
  if (dnsNames.length + emails.length + uris.length + ips.length > 0) {
    page.write(0, 'Subject Alternative Names:\n');
    writeNames(page, 'DNS Names', dnsNames);
    writeNames(page, 'Email Addresses', emails);
    writeNames(page, 'URIs', uris);
    writeNames(page, 'IP Addresses', ips);
  }
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...metadata, kind: 'CertificateSigningRequest'}));
};
