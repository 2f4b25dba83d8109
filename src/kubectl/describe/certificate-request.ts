/** Reads the subject and alternative names out of a PEM certificate request (PKCS #10, DER). */

interface Element {
  tag: number;
  bytes: Uint8Array;
}

/** The elements that follow one another in DER. Throws RangeError where a length leads out of the data. */
function elements(data: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let i = 0; i < data.length; ) {
    const tag = data[i]!;
    let length = data[i + 1] ?? 0;
    let start = i + 2;
    if (length & 0x80) {
      const size = length & 0x7f;
      length = 0;
      for (const byte of data.subarray(start, start + size)) length = length * 256 + byte;
      start += size;
    }
    if (start + length > data.length) throw new RangeError('asn1: syntax error: data truncated');
    found.push({tag, bytes: data.subarray(start, start + length)});
    i = start + length;
  }
  return found;
}

function objectId(bytes: Uint8Array): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (parts.length === 0) parts.push(Math.min(Math.floor(value / 40), 2), value - 40 * Math.min(Math.floor(value / 40), 2));
    else parts.push(value);
    value = 0;
  }
  return parts.join('.');
}

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
  for (const attribute of elements(attributes)) {
    const [id, values] = elements(attribute.bytes);
    if (!id || !values || objectId(id.bytes) !== EXTENSION_REQUEST) continue;
    for (const extension of elements(elements(values.bytes)[0]!.bytes)) {
      const parts = elements(extension.bytes);
      if (objectId(parts[0]!.bytes) !== SUBJECT_ALT_NAME) continue;
      for (const {tag, bytes} of elements(elements(parts.at(-1)!.bytes)[0]!.bytes)) {
        const kind = GENERAL_NAMES[tag & 0x1f];
        if (kind) names[kind].push(kind === 'ips' ? ipText(bytes) : text(bytes));
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
  const info = elements(elements(elements(der)[0]!.bytes)[0]!.bytes);
  const subject = Object.fromEntries(Object.keys(NAMES).map(key => [key, [] as string[]])) as CertificateRequest['subject'];
  for (const set of elements(info[1]!.bytes))
    for (const pair of elements(set.bytes)) {
      const [id, value] = elements(pair.bytes);
      const key = (Object.keys(NAMES) as (keyof typeof NAMES)[]).find(k => NAMES[k] === objectId(id!.bytes));
      if (key) subject[key].push(text(value!.bytes));
    }
  const attributes = info.find(element => element.tag === 0xa0);
  return {subject, ...alternativeNames(attributes?.bytes ?? new Uint8Array())};
}
