/**
 * Whether a private key belongs to a certificate. What a key says of its public half is compared and not worked out: of one that says nothing, as most Ed25519 keys, it is
 * taken for granted. upstream: Go's crypto/tls X509KeyPair, crypto/x509
 */
import {contentOf, contextTag, type DerValue, derValues, numberOf, oidOf, sequence, TAG} from './der.ts';
import {type PemBlock, pemBlocks} from './pem.ts';

type Algorithm = 'rsa' | 'ecdsa' | 'ed25519';

/** What tells two public keys of one algorithm apart. */
interface PublicKey {
  readonly algorithm: Algorithm;
  /** Undefined: it is not told. */
  readonly identity: string | undefined;
}

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  '1.2.840.113549.1.1.1': 'rsa',
  '1.2.840.10045.2.1': 'ecdsa',
  '1.3.101.112': 'ed25519',
};

/** P-224, P-256, P-384, P-521: those that Go's crypto/x509 knows. */
const CURVES: ReadonlySet<string> = new Set(['1.3.132.0.33', '1.2.840.10045.3.1.7', '1.3.132.0.34', '1.3.132.0.35']);

const MALFORMED = 'x509: malformed certificate';
const UNPARSABLE_KEY = 'tls: failed to parse private key';
const UNKNOWN_CURVE = 'x509: unsupported elliptic curve';
const UNKNOWN_ALGORITHM = 'tls: unknown public key algorithm';
const OTHER_TYPE = 'tls: private key type does not match public key type';
const OTHER_KEY = 'tls: private key does not match public key';

/** The first byte says how many bits at the end are none. */
const bitsOf = (value: DerValue | undefined): Uint8Array => contentOf(value, TAG.bitString).subarray(1);

const rsaKey = (modulus: DerValue | undefined): PublicKey => ({
  algorithm: 'rsa',
  identity: numberOf(contentOf(modulus, TAG.integer)).toString(16),
});

/** Undefined where the bytes are not of the form. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The public key of a certificate, or why there is none. */
function publicKeyOf(certificate: Uint8Array): PublicKey | string {
  const read = (): PublicKey | string => {
    const [whole] = derValues(certificate);
    const fields = sequence(sequence(whole)[0]);
    // Without a version, the serial number comes first.
    const info = sequence(fields[fields[0]?.tag === contextTag(0) ? 6 : 5]);
    const [oid, parameters] = sequence(info[0]);
    const key = bitsOf(info[1]);
    const algorithm = ALGORITHMS[oidOf(oid)];
    if (algorithm === 'rsa') return rsaKey(sequence(derValues(key)[0])[0]);
    if (algorithm === 'ed25519') return {algorithm, identity: key.join()};
    if (algorithm !== 'ecdsa') return UNKNOWN_ALGORITHM;
    const curve = oidOf(parameters);
    return CURVES.has(curve) ? {algorithm, identity: `${curve} ${key.join()}`} : UNKNOWN_CURVE;
  };
  return attempt(read) ?? MALFORMED;
}

/** `named`: the curve, where the key itself does not say it. */
function ecKey(bytes: Uint8Array, named?: string): PublicKey {
  const [version, secret, ...more] = sequence(derValues(bytes)[0]);
  if (numberOf(contentOf(version, TAG.integer)) !== 1n) throw new RangeError('another version');
  const own = more.find(({tag}) => tag === contextTag(0));
  const curve = named ?? oidOf(derValues(own?.content ?? new Uint8Array())[0]);
  if (!CURVES.has(curve)) throw new RangeError('another curve');
  contentOf(secret, TAG.octetString);
  const half = more.find(({tag}) => tag === contextTag(1));
  return {algorithm: 'ecdsa', identity: half && `${curve} ${bitsOf(derValues(half.content)[0]).join()}`};
}

function pkcs1(bytes: Uint8Array): PublicKey {
  const [, modulus, exponent] = sequence(derValues(bytes)[0]);
  contentOf(exponent, TAG.integer);
  return rsaKey(modulus);
}

function pkcs8(bytes: Uint8Array): PublicKey {
  const [, kind, wrapped] = sequence(derValues(bytes)[0]);
  const [oid, parameters] = sequence(kind);
  const key = contentOf(wrapped, TAG.octetString);
  switch (ALGORITHMS[oidOf(oid)]) {
    case 'rsa':
      return pkcs1(key);
    case 'ecdsa':
      return ecKey(key, oidOf(parameters));
    case 'ed25519':
      contentOf(derValues(key)[0], TAG.octetString);
      return {algorithm: 'ed25519', identity: undefined};
    default:
      throw new RangeError('another algorithm');
  }
}

const privateKeyForms = [pkcs1, pkcs8, ecKey] as const;

/** The public key that belongs to a private one; undefined where it is in none of the forms. */
function publicKeyFor(key: Uint8Array): PublicKey | undefined {
  for (const form of privateKeyForms) {
    const found = attempt(() => form(key));
    if (found) return found;
  }
  return undefined;
}

const CERTIFICATE = 'CERTIFICATE';
const PRIVATE_KEY = 'PRIVATE KEY';

const typesOf = (blocks: readonly PemBlock[]): string => `[${blocks.map(({type}) => type).join(' ')}]`;

function noCertificate(blocks: readonly PemBlock[]): string {
  if (blocks.length === 0) return 'tls: failed to find any PEM data in certificate input';
  if (blocks.length === 1 && blocks[0]!.type.endsWith(PRIVATE_KEY))
    return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
  return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${typesOf(blocks)}`;
}

function noKey(blocks: readonly PemBlock[]): string {
  if (blocks.length === 0) return 'tls: failed to find any PEM data in key input';
  if (blocks.length === 1 && blocks[0]!.type === CERTIFICATE)
    return 'tls: found a certificate rather than a key in the PEM for the private key';
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${typesOf(blocks)}`;
}

const isPrivateKey = ({type}: PemBlock): boolean => type === PRIVATE_KEY || type.endsWith(` ${PRIVATE_KEY}`);

/** Why a certificate and a key, both in PEM, are no pair; undefined where they are one. Of a chain the first certificate counts. */
export function keyPairFault(certificateText: string, keyText: string): string | undefined {
  const certificates = pemBlocks(certificateText);
  const keys = pemBlocks(keyText);
  const certificate = certificates.find(({type}) => type === CERTIFICATE);
  if (!certificate) return noCertificate(certificates);
  const key = keys.find(isPrivateKey);
  if (!key) return noKey(keys);
  const wanted = publicKeyOf(certificate.bytes);
  if (typeof wanted === 'string' && wanted !== UNKNOWN_ALGORITHM) return wanted;
  const given = publicKeyFor(key.bytes);
  if (!given) return UNPARSABLE_KEY;
  if (typeof wanted === 'string') return wanted;
  if (given.algorithm !== wanted.algorithm) return OTHER_TYPE;
  return given.identity === undefined || given.identity === wanted.identity ? undefined : OTHER_KEY;
}
