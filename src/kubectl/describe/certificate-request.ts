/** Reads the subject and alternative names out of a PEM certificate request (PKCS #10, DER). */

import {contextTag, derValues, oidOf} from '../tls/der.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const NAMES = {
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  country: '2.5.4.6',
  locality: '2.5.4.7',
  province: '2.5.4.8',
  street: '2.5.4.9',
  organization: '2.5.4.10',
  organizationalUnit: '2.5.4.11',
  postalCode: '2.5.4.17',
} as const;

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALT_NAME = '2.5.29.17';

export interface CertificateRequest {
  subject: Record<keyof typeof NAMES, string[]>;
  dnsNames: string[];
  emails: string[];
  uris: string[];
  ips: string[];
}

function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return [...bytes].join('.');
  return Array.from({length: bytes.length / 2}, (_, i) => (bytes[2 * i]! * 256 + bytes[2 * i + 1]!).toString(16)).join(':');
}

/** By the number of their choice. upstream: RFC 5280 GeneralName */
const GENERAL_NAMES: Readonly<Record<number, 'emails' | 'dnsNames' | 'uris' | 'ips'>> = {1: 'emails', 2: 'dnsNames', 6: 'uris', 7: 'ips'};

function alternativeNames(attributes: Uint8Array): Pick<CertificateRequest, 'dnsNames' | 'emails' | 'uris' | 'ips'> {
  const names = {dnsNames: [] as string[], emails: [] as string[], uris: [] as string[], ips: [] as string[]};
  for (const attribute of derValues(attributes)) {
    const [id, values] = derValues(attribute.content);
    if (!id || !values || oidOf(id) !== EXTENSION_REQUEST) continue;
    for (const extension of derValues(derValues(values.content)[0]!.content)) {
      const parts = derValues(extension.content);
      if (oidOf(parts[0]) !== SUBJECT_ALT_NAME) continue;
      for (const {tag, content} of derValues(derValues(parts.at(-1)!.content)[0]!.content)) {
        const kind = GENERAL_NAMES[tag & 0x1f];
        if (kind) names[kind].push(kind === 'ips' ? ipText(content) : text(content));
      }
    }
  }
  return names;
}

/** `request` is the base64 of a PEM block, as spec.request holds it. Throws Error where it is none. */
export function parseCertificateRequest(request: string): CertificateRequest {
  const pem = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]*?)-----END CERTIFICATE REQUEST-----/.exec(atob(request));
  if (!pem) throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const der = Uint8Array.from(atob(pem[1]!.replace(/\s/g, '')), c => c.charCodeAt(0));
  const info = derValues(derValues(derValues(der)[0]!.content)[0]!.content);
  const subject = Object.fromEntries(Object.keys(NAMES).map(key => [key, [] as string[]])) as CertificateRequest['subject'];
  for (const set of derValues(info[1]!.content))
    for (const pair of derValues(set.content)) {
      const [id, value] = derValues(pair.content);
      const key = (Object.keys(NAMES) as (keyof typeof NAMES)[]).find(k => NAMES[k] === oidOf(id));
      if (key) subject[key].push(text(value!.content));
    }
  const attributes = info.find(element => element.tag === contextTag(0));
  return {subject, ...alternativeNames(attributes?.content ?? new Uint8Array())};
}
