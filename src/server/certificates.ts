/** Real certificates, made on the spot: an authority that nobody else knows, and what it signs. upstream: RFC 5280, as far as TLS in one's own house goes */
import {createHash, generateKeyPairSync, type KeyObject, randomBytes, sign} from 'node:crypto';
import {bits, bool, explicit, implicit, integer, octets, oid, sequence, set, time, utf8} from './der.ts';

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
  /** Of the certificate, SHA-256, in hex without colons. */
  readonly fingerprint: string;
}

export interface Authority extends KeyPair {
  /** A certificate for 127.0.0.1 and localhost; `expired`: it ran out an hour ago. */
  serving(expired?: boolean): KeyPair;
  /** A client's; the groups are the organizations. */
  client(name: string, groups: readonly string[]): KeyPair;
}

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** Who it is: one name, and organizations. */
const nameOf = (commonName: string, organizations: readonly string[] = []): Buffer =>
  sequence(...organizations.map(value => set(sequence(oid('2.5.4.10'), utf8(value)))), set(sequence(oid('2.5.4.3'), utf8(commonName))));

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [bool(true)] : []), octets(value));

const basicConstraints = (authority: boolean): Buffer => extension('2.5.29.19', authority ? sequence(bool(true)) : sequence(), authority);
/** digitalSignature and keyCertSign. */
const keyUsage = extension('2.5.29.15', bits(Buffer.from([0b1000_0100]), 2), true);
const usedBy = (who: 'serverAuth' | 'clientAuth'): Buffer =>
  extension('2.5.29.37', sequence(oid(who === 'serverAuth' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2')));
const atHome = extension('2.5.29.17', sequence(implicit(2, Buffer.from('localhost')), implicit(7, Buffer.from([127, 0, 0, 1]))));

interface Signer {
  readonly name: Buffer;
  readonly key: KeyObject;
}

interface Wanted {
  readonly subject: Buffer;
  readonly from: number;
  readonly until: number;
  readonly extensions: readonly Buffer[];
  /** Default: its own key. */
  readonly signer?: Signer;
}

function issue({subject, from, until, extensions, signer}: Wanted): KeyPair & {readonly privateKey: KeyObject} {
  const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  const toBeSigned = sequence(
    explicit(0, integer(2n)),
    integer(BigInt(`0x${randomBytes(16).toString('hex')}`)),
    ECDSA_WITH_SHA256,
    signer?.name ?? subject,
    sequence(time(from), time(until)),
    subject,
    publicKey.export({type: 'spki', format: 'der'}),
    explicit(3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, signer?.key ?? privateKey);
  const der = sequence(toBeSigned, ECDSA_WITH_SHA256, bits(signature));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({type: 'pkcs8', format: 'pem'}).toString(),
    fingerprint: createHash('sha256').update(der).digest('hex').toUpperCase(),
    privateKey,
  };
}

/** Makes an authority. Its name holds random letters, so that no two are taken for one another. */
export function createAuthority(): Authority {
  const now = Date.now();
  const life = {from: now - 2 * HOUR_MS, until: now + YEAR_MS};
  const name = nameOf(`podyssey-${randomBytes(4).toString('hex')}`);
  const {privateKey, ...own} = issue({...life, subject: name, extensions: [basicConstraints(true), keyUsage]});
  const signed = (wanted: Pick<Wanted, 'subject' | 'extensions'> & {until?: number}): KeyPair => {
    const {privateKey: _, ...pair} = issue({...life, ...wanted, signer: {name, key: privateKey}});
    return pair;
  };
  return {
    ...own,
    serving: expired =>
      signed({
        subject: nameOf('kube-apiserver'),
        extensions: [basicConstraints(false), usedBy('serverAuth'), atHome],
        ...(expired && {until: now - HOUR_MS}),
      }),
    client: (user, groups) => signed({subject: nameOf(user, groups), extensions: [basicConstraints(false), usedBy('clientAuth')]}),
  };
}
