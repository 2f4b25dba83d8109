import {describe, expect, it} from 'vitest';
import {createWorld} from '../world.ts';
import * as pairs from './pairs.ts';

/** What `kubectl create secret tls` says of two files. */
function create(certificate: string, key: string): string {
  const world = createWorld({nodes: 0});
  Object.assign(world.files, {'tls.crt': certificate, 'tls.key': key});
  const {stdout, stderr} = world.run('kubectl create secret tls shop --cert=tls.crt --key=tls.key');
  return (stdout + stderr).trim();
}

const CREATED = 'secret/shop created';
const broken = (type: string): string => `-----BEGIN ${type}-----\nMIIBxxxx\n-----END ${type}-----\n`;

describe('kubectl create secret tls', () => {
  it.each([
    ['RSA', pairs.rsa, pairs.rsaKey],
    ['RSA in PKCS #1', pairs.rsa, pairs.rsaKeyPkcs1],
    ['P-224', pairs.p224, pairs.p224Key],
    ['P-256', pairs.p256, pairs.p256Key],
    ['P-256 in SEC 1', pairs.p256, pairs.p256KeySec1],
    ['P-384', pairs.p384, pairs.p384Key],
    ['P-521', pairs.p521, pairs.p521Key],
    ['Ed25519', pairs.ed25519, pairs.ed25519Key],
    ['a key that does not say whose it is', pairs.ed25519, pairs.otherEd25519Key],
    ['a chain', pairs.p256 + pairs.rsa, pairs.p256Key],
    ['both in one file', pairs.p256Key + pairs.p256, pairs.p256Key + pairs.p256],
    ['lines that end as on Windows', pairs.p256.replaceAll('\n', '\r\n'), pairs.p256Key],
  ])('takes a pair: %s', (_name, certificate, key) => {
    expect(create(certificate, key)).toBe(CREATED);
  });

  it.each([
    ['another RSA key', pairs.rsa, pairs.otherRsaKey, 'tls: private key does not match public key'],
    ['another P-256 key', pairs.p256, pairs.otherP256Key, 'tls: private key does not match public key'],
    ['a key of another curve', pairs.p256, pairs.p384Key, 'tls: private key does not match public key'],
    ['a key of another kind', pairs.rsa, pairs.p256Key, 'tls: private key type does not match public key type'],
    ['no PEM', 'nothing', 'nothing', 'tls: failed to find any PEM data in certificate input'],
    ['no PEM for a key', pairs.p256, 'nothing', 'tls: failed to find any PEM data in key input'],
    [
      'both the wrong way round',
      pairs.p256Key,
      pairs.p256,
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
    ['the certificate twice', pairs.p256, pairs.p256, 'tls: found a certificate rather than a key in the PEM for the private key'],
    [
      'another block',
      broken('TRUSTED CERTIFICATE'),
      pairs.p256Key,
      'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [TRUSTED CERTIFICATE]',
    ],
    [
      'other blocks for a key',
      pairs.p256,
      broken('DH PARAMETERS') + broken('PUBLIC KEY'),
      'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [DH PARAMETERS PUBLIC KEY]',
    ],
    ['no certificate within', broken('CERTIFICATE'), pairs.p256Key, 'x509: malformed certificate'],
    ['no key within', pairs.p256, broken('PRIVATE KEY'), 'tls: failed to parse private key'],
    ['a key under a pass phrase', pairs.p256, pairs.encryptedKey, 'tls: failed to parse private key'],
    ['a curve that Go does not know', pairs.secp256k1, pairs.secp256k1Key, 'x509: unsupported elliptic curve'],
    ['broken base64', pairs.p256.replace('MII', 'M!I'), pairs.p256Key, 'tls: failed to find any PEM data in certificate input'],
  ])('refuses %s', (_name, certificate, key, message) => {
    expect(create(certificate, key)).toBe(`error: ${message}`);
  });
});
