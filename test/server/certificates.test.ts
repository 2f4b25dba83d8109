import {spawnSync} from 'node:child_process';
import {createPrivateKey, X509Certificate} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {createAuthority} from '../../src/server/certificates.ts';
import {integer, oid, sequence, time} from '../../src/server/der.ts';

const hex = (bytes: Buffer): string => bytes.toString('hex');

describe('DER', () => {
  it('writes numbers, names and times as others do', () => {
    expect(hex(integer(0n))).toBe('020100');
    expect(hex(integer(127n))).toBe('02017f');
    expect(hex(integer(128n))).toBe('02020080');
    expect(hex(integer(65_537n))).toBe('0203010001');
    expect(hex(oid('1.2.840.10045.4.3.2'))).toBe('06082a8648ce3d040302');
    expect(hex(oid('2.5.29.19'))).toBe('0603551d13');
    expect(time(Date.UTC(2049, 11, 31, 23, 59, 59)).toString('latin1')).toBe('\u0017\r491231235959Z');
    expect(time(Date.UTC(2050, 0, 1)).toString('latin1')).toBe('\u0018\u000f20500101000000Z');
  });

  it('says how long what is inside is, however long', () => {
    expect(hex(sequence(Buffer.alloc(127)).subarray(0, 2))).toBe('307f');
    expect(hex(sequence(Buffer.alloc(128)).subarray(0, 3))).toBe('308180');
    expect(hex(sequence(Buffer.alloc(256)).subarray(0, 4))).toBe('30820100');
  });
});

describe('an authority', () => {
  const authority = createAuthority();
  const ca = new X509Certificate(authority.certificate);

  it('is one, and has signed itself', () => {
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(createAuthority().certificate).not.toBe(authority.certificate);
  });

  it('signs for this machine, and for clients with their groups', () => {
    const serving = authority.serving();
    const server = new X509Certificate(serving.certificate);
    expect(server.checkIssued(ca) && server.verify(ca.publicKey)).toBe(true);
    expect([server.checkHost('localhost'), server.checkIP('127.0.0.1'), server.checkHost('example.com')]).toEqual([
      'localhost',
      '127.0.0.1',
      undefined,
    ]);
    expect(server.checkPrivateKey(createPrivateKey(serving.key))).toBe(true);
    expect(server.fingerprint256.replaceAll(':', '')).toBe(serving.fingerprint);
    const client = new X509Certificate(authority.client('jürgen', ['system:masters', 'dev']).certificate);
    expect(client.subject.split('\n')).toEqual(['O=system:masters', 'O=dev', 'CN=jürgen']);
    expect([client.ca, client.verify(ca.publicKey), server.ca]).toEqual([false, true, false]);
  });

  it('can give out what has run out', () => {
    const {validTo, validFrom} = new X509Certificate(authority.serving(true).certificate);
    expect(Date.parse(validTo)).toBeLessThan(Date.now());
    expect(Date.parse(validFrom)).toBeLessThan(Date.parse(validTo));
  });

  it.skipIf(spawnSync('openssl', ['version']).status !== 0)('is read by others without a complaint', () => {
    const {stdout, status} = spawnSync('openssl', ['x509', '-noout', '-text'], {input: authority.serving().certificate, encoding: 'utf8'});
    expect(status).toBe(0);
    expect(stdout).toContain('DNS:localhost, IP Address:127.0.0.1');
    expect(stdout).toContain('TLS Web Server Authentication');
  });
});
