/** Certificate requests and certificates in name: what they say stands in their PEM block for everyone to read. */

export interface Subject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** What a signer has put its name to. */
export interface SignedCertificate extends Subject {
  readonly issuer: string;
  readonly usages?: readonly string[];
  /** Uid of the request. */
  readonly request?: string;
  /** UTC milliseconds. */
  readonly notBefore?: number;
  readonly notAfter: number;
}

const wrap = (type: string, content: object): string =>
  btoa(`-----BEGIN ${type}-----\n${btoa(JSON.stringify(content))}\n-----END ${type}-----\n`);

/** What stands in a block; undefined where it is a real one, or none. */
function unwrap<T extends Subject>(data: string): T | undefined {
  try {
    const content = JSON.parse(atob(atob(data).replace(/-----[^-]+-----|\s/g, ''))) as Partial<T>;
    return typeof content.commonName === 'string' ? (content as T) : undefined;
  } catch {
    return undefined;
  }
}

/** For spec.request of a CertificateSigningRequest. */
export const encodeRequest = (subject: Subject): string => wrap('CERTIFICATE REQUEST', subject);

/** Who a request asks to be; undefined where it cannot be read. */
export const requestSubject = (data: string): Subject | undefined => unwrap<Subject>(data);

/** For status.certificate. */
export const encodeSigned = (certificate: SignedCertificate): string => wrap('CERTIFICATE', certificate);

/** What a signed certificate says; undefined where it cannot be read. */
export const readSigned = (data: string): SignedCertificate | undefined => unwrap<SignedCertificate>(data);
